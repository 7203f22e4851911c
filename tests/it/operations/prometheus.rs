//! What Prometheus would see and say: scrapes of a service or of Keycloak, and its own `promtool` with the chart's own alerts.

use std::{collections::BTreeMap, fmt::Write as _, time::Instant};

use serde_json::{Value, json};
use tokio::process::Command;

/// The alerts as the chart has them.
const ALERTS: &str = include_str!("../../../charts/gatehouse/alerts.yaml");
/// Minutes for which the first scrape holds.
const BEFORE: usize = 10;
/// Minutes after that for which the second one holds.
const AFTER: usize = 30;
/// What Prometheus adds to each series.
const TARGET: &str = r#"job="gatehouse",instance="1""#;

/// What one scrape brought.
#[derive(Debug, Clone)]
pub struct Scrape {
    at: Instant,
    answered: bool,
    samples: BTreeMap<String, Sample>,
}

#[derive(Debug, Clone, Copy)]
struct Sample {
    is_counter: bool,
    value: f64,
}

/// How it goes on after the second scrape.
#[derive(Debug, Clone, Copy)]
pub enum Then<'a> {
    /// Nothing more happens. It is looked ten minutes later.
    Nothing,
    /// Counters go on at the pace that they had since this scrape. It is looked half an hour later.
    AsSince(&'a Scrape),
}

impl Scrape {
    /// Reads what `/metrics` answered.
    pub fn of(text: &str) -> Self {
        let mut kinds = BTreeMap::new();
        let mut samples = BTreeMap::new();
        for line in text.lines() {
            if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
                kinds.insert(name, kind);
            }
            let Some((series, value)) = line.rsplit_once(' ').filter(|_| !line.starts_with('#')) else {
                continue;
            };
            let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
            let Some(kind @ ("counter" | "gauge")) = kinds.get(name).copied() else { continue };
            let more = if labels == "}" { "" } else { "," };
            let sample = Sample { is_counter: kind == "counter", value: value.parse().unwrap() };
            samples.insert(format!("{name}{{{TARGET}{more}{labels}"), sample);
        }
        Self { at: Instant::now(), answered: true, samples }
    }

    /// Nobody answered.
    pub fn of_nobody() -> Self {
        Self { at: Instant::now(), answered: false, samples: BTreeMap::new() }
    }

    /// Whether somebody answered.
    pub const fn answered(&self) -> bool {
        self.answered
    }

    /// The sum of the series whose names and labels hold all these words.
    pub fn sum(&self, words: &[&str]) -> f64 {
        let fits = |series: &&String| words.iter().all(|word| series.contains(word));
        self.samples.keys().filter(fits).map(|series| self.samples[series].value).sum()
    }
}

/// Lays the two scrapes on Prometheus' time and has `promtool` say which alerts fire: none while the first holds, and
/// exactly these after the second.
pub async fn fires(before: &Scrape, after: &Scrape, then: Then<'_>, alerts: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("alerts.yaml"), rules()).unwrap();
    let test = folder.path().join("test.yaml");
    std::fs::write(&test, timeline(before, after, then, alerts).to_string()).unwrap();
    let promtool = xtask::testing::promtool().await.unwrap();
    let ended = Command::new(promtool).args(["test", "rules"]).arg(&test).output().await.unwrap();
    let said = String::from_utf8_lossy(&[ended.stdout, ended.stderr].concat()).into_owned();
    assert!(ended.status.success(), "{said}\nbefore {before:#?}\nafter {after:#?}");
}

/// The alerts as Prometheus reads them: the chart's template writes the same.
fn rules() -> String {
    let mut rules = String::from("groups:\n- name: gatehouse\n  rules:\n");
    for line in ALERTS.lines().skip_while(|line| *line != "alerts:").skip(1) {
        let line = line
            .replace("  - name: ", "  - alert: ")
            .replace("    severity: ", "    labels:\n      severity: ")
            .replace("    summary: ", "    annotations:\n      summary: ");
        writeln!(rules, "{line}").unwrap();
    }
    rules
}

fn timeline(before: &Scrape, after: &Scrape, then: Then<'_>, alerts: &[&str]) -> Value {
    let names: std::collections::BTreeSet<&String> =
        before.samples.keys().chain(after.samples.keys()).collect();
    let mut series = vec![json!({
        "series": format!("up{{{TARGET}}}"),
        "values": format!("{}x{BEFORE} {}x{AFTER}", u8::from(before.answered), u8::from(after.answered)),
    })];
    for name in names {
        let (first, second) = (before.samples.get(name), after.samples.get(name));
        let first_values =
            first.map_or(format!("_x{}", BEFORE + 1), |it| format!("{:.6}x{BEFORE}", it.value));
        let second_values = second.map_or(format!("stale _x{AFTER}"), |it| {
            let pace = if it.is_counter { pace(name, after, then) } else { 0.0 };
            format!("{:.6}+{pace:.6}x{AFTER}", it.value)
        });
        series.push(json!({"series": name, "values": format!("{first_values} {second_values}")}));
    }
    let firing: Vec<Value> = alerts
        .iter()
        .map(|alert| json!({"labels": format!("{{alertname=\"{alert}\"}}"), "value": 1}))
        .collect();
    let look = BEFORE + if matches!(then, Then::Nothing) { 10 } else { AFTER };
    let asked = r#"max by (alertname) (ALERTS{alertstate="firing"})"#;
    json!({"rule_files": ["alerts.yaml"], "evaluation_interval": "1m", "tests": [{
        "interval": "1m",
        "input_series": series,
        "promql_expr_test": [
            {"expr": asked, "eval_time": format!("{BEFORE}m"), "exp_samples": []},
            {"expr": asked, "eval_time": format!("{look}m"), "exp_samples": firing},
        ],
    }]})
}

/// How much a counter grows in a minute.
fn pace(counter: &String, after: &Scrape, then: Then<'_>) -> f64 {
    let Then::AsSince(since) = then else { return 0.0 };
    let value = |scrape: &Scrape| scrape.samples.get(counter).map_or(0.0, |sample| sample.value);
    (value(after) - value(since)) * 60.0 / after.at.duration_since(since.at).as_secs_f64()
}
