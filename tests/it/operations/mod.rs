//! What wakes somebody is explained, rests on metrics that exist, and comes when its condition is there.

mod alerts;
mod prometheus;
mod scene;

use std::{collections::BTreeSet, fs, path::Path};

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn words_with<'a>(text: &'a str, prefix: &str) -> BTreeSet<&'a str> {
    text.split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_'))
        .filter(|word| word.starts_with(prefix))
        .collect()
}

#[test]
fn every_alert_has_a_paragraph_in_the_operations_page_and_the_other_way_round() {
    let alerts = read("charts/gatehouse/alerts.yaml");
    let page = read("docs/operations.md");
    let named: BTreeSet<&str> = alerts.lines().filter_map(|line| line.strip_prefix("  - name: ")).collect();
    let explained: BTreeSet<&str> = page.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    assert!(named.len() > 10, "{named:?}");
    assert_eq!(named, explained);
}

#[test]
fn alerts_and_dashboard_ask_for_metrics_that_the_service_has() {
    let mut sources = String::new();
    // What the extension shows among Keycloak's metrics has a dot where Prometheus has an underscore.
    let age = "keycloak-extension/src/main/java/io/gatehouse/keycloak/events/relay/OutboxAge.java";
    assert!(read(age).contains("\"gatehouse.outbox.oldest\""));
    sources.push_str("gatehouse_outbox_oldest_seconds ");
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                sources.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    let known = words_with(&sources, "gatehouse_");
    for file in ["charts/gatehouse/alerts.yaml", "charts/gatehouse/dashboards/gatehouse.json"] {
        let text = read(file);
        let missing: Vec<_> = words_with(&text, "gatehouse_").difference(&known).copied().collect::<Vec<_>>();
        assert!(missing.is_empty(), "{file}: the service has no {missing:?}");
    }
}
