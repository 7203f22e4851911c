//! The schemas that readers of our records rely on.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Seen;

pub fn folder(topic: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(topic)
}

pub fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Fails at the first record that is not as the schema says.
pub fn check(topic: &str, seen: &[Seen]) {
    let schema = read(&folder(topic).join("schema.json"));
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    for record in seen.iter().filter(|record| record.value.is_some()) {
        let value = record.json();
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path)).collect();
        assert!(errors.is_empty(), "{topic}: {errors:#?} in {value:#}");
        assert_eq!(
            value["revision"].as_i64(),
            Some(record.revision()),
            "{topic}: revision in value and header"
        );
        assert_eq!(
            record.header("ce_dataschema"),
            schema["$id"].as_str(),
            "{topic}: the schema in the header"
        );
    }
}
