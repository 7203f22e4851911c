//! The house has floors: a module imports only from lower ones, and each library has its room.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Which floor each top-level module stands on.
const FLOORS: &[(&str, u8)] = &[
    ("platform", 0),
    ("audit", 1),
    ("access", 2),
    ("adapters", 1),
    ("events", 1),
    ("directory", 2),
    ("notices", 2),
    ("otp", 3),
    ("contacts", 4),
    ("companies", 5),
    ("account", 6),
    ("admission", 6),
    ("billing", 6),
    ("openstack", 6),
    ("passwords", 6),
    ("backoffice", 7),
    ("intake", 7),
    ("publishing", 7),
    ("portal", 8),
    ("app", 9),
    ("cli", 10),
];

/// Text that may stand only in the files whose path contains one of the fragments.
const ROOMS: &[(&str, &[&str])] = &[
    ("sqlx::query", &["/store.rs", "/store/", "src/platform/", "src/app/lifecycle.rs"]),
    ("rdkafka::", &["src/platform/kafka"]),
    ("lettre::", &["src/adapters/mail"]),
    ("aws_sdk_sns::", &["src/adapters/sms"]),
    ("use axum", &["/http.rs", "/http/", "src/platform/", "src/portal/", "src/app/"]),
    ("Utc::now()", &["src/platform/clock.rs"]),
    ("rand::rng()", &["src/platform/entropy.rs"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    sources(&root.join("src"), &mut found);
    assert!(found.len() > 10, "the sources were not found");
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

fn floor(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|(_, floor)| *floor)
}

/// The top-level modules that a source names by `crate::module`, also in `use crate::{a, b::c}`.
fn imports(source: &str) -> Vec<String> {
    let mut modules = Vec::new();
    for (start, _) in source.match_indices("crate::") {
        let rest = &source[start + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let (mut depth, mut item) = (1, String::new());
            for character in group.chars() {
                match character {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ if depth == 1 => item.push(character),
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
            }
            modules
                .extend(item.split(',').filter_map(|path| path.trim().split("::").next().map(str::to_owned)));
        } else {
            modules.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    modules.retain(|module| !module.is_empty());
    modules
}

#[test]
fn a_module_imports_only_from_lower_floors() {
    let mut broken = Vec::new();
    for (path, source) in all_sources() {
        let own = path.trim_start_matches("src/").split(['/', '.']).next().unwrap_or_default().to_owned();
        let Some(own_floor) = floor(&own) else {
            assert!(matches!(own.as_str(), "lib" | "main"), "{path}: {own} has no floor in FLOORS");
            continue;
        };
        for module in imports(&source) {
            if let Some(other) = floor(&module)
                && module != own
                && other >= own_floor
            {
                broken.push(format!("{path}: {own} (floor {own_floor}) imports {module} (floor {other})"));
            }
        }
    }
    assert!(broken.is_empty(), "a module imports only from lower floors:\n{}", broken.join("\n"));
}

#[test]
fn each_library_stays_in_its_room() {
    let mut broken = Vec::new();
    for (path, source) in all_sources() {
        for (text, rooms) in ROOMS {
            if source.contains(text) && !rooms.iter().any(|room| path.contains(room)) {
                broken.push(format!("{path}: `{text}` belongs in {}", rooms.join(" or ")));
            }
        }
    }
    assert!(broken.is_empty(), "a library stays in its room:\n{}", broken.join("\n"));
}

/// Where something secret is compared with what somebody sent.
const COMPARING: &[&str] =
    &["src/otp/code.rs", "src/adapters/sms/receipts.rs", "src/platform/webhook/signature.rs"];

#[test]
fn a06_20_what_is_secret_is_compared_in_constant_time() {
    let sources = all_sources();
    for path in COMPARING {
        let (_, source) = sources.iter().find(|(found, _)| found == path).unwrap();
        let code = source.split("#[cfg(test)]").next().unwrap();
        assert!(code.contains(".ct_eq(") || code.contains(".verify_slice("), "{path}");
        for plain in ["secret ==", "== secret", "code ==", "== code", "signature ==", "== signature"] {
            assert!(!code.contains(plain), "{path}: `{plain}`");
        }
    }
}

#[test]
fn the_check_sees_grouped_imports() {
    let found = imports("use crate::{app::{self, Config}, platform::db};\nuse crate::otp::Otp;");
    assert_eq!(found, ["app", "platform", "otp"]);
}

/// The document of the API knows schemas by the names of their types: of two with one name it would show
/// only one, and without a word.
#[test]
fn schemas_of_the_api_have_names_that_differ() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, source) in all_sources() {
        for derived in source.split("#[derive(").skip(1) {
            let Some((traits, rest)) = derived.split_once(")]") else { continue };
            if !traits.split(',').any(|it| it.trim() == "ToSchema") {
                continue;
            }
            let words = rest.split_whitespace().skip_while(|word| !matches!(*word, "struct" | "enum"));
            let name = words.skip(1).map(|word| word.split(['<', '(', ';']).next().unwrap_or(word)).next();
            places.entry(name.unwrap_or_default().to_owned()).or_default().push(path.clone());
        }
    }
    assert!(places.len() > 40, "only {} schemas were found", places.len());
    let same: Vec<_> = places.iter().filter(|(_, paths)| paths.len() > 1).collect();
    assert!(same.is_empty(), "schemas of one name: {same:?}");
}
