//! The schemas hold together, and only ever gain.

use serde_json::Value;

use crate::support::schemas::{folder, read};

const TOPICS: [&str; 2] = ["gatehouse.users.v1", "gatehouse.companies.v1"];

#[test]
fn every_example_is_as_the_schema_says() {
    for topic in TOPICS {
        let schema = read(&folder(topic).join("schema.json"));
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        let examples: Vec<_> = std::fs::read_dir(folder(topic).join("examples")).unwrap().collect();
        assert!(examples.len() >= 2, "{topic}: examples");
        for example in examples {
            let path = example.unwrap().path();
            let errors: Vec<String> =
                validator.iter_errors(&read(&path)).map(|error| format!("{error}")).collect();
            assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
        }
    }
}

#[test]
fn a_schema_only_ever_gains() {
    for topic in TOPICS {
        let current = read(&folder(topic).join("schema.json"));
        for released in std::fs::read_dir(folder(topic).join("released")).unwrap() {
            let path = released.unwrap().path();
            let mut lost = Vec::new();
            compare(&read(&path), &current, "", &mut lost);
            assert!(lost.is_empty(), "{} promised more: {lost:#?}", path.display());
        }
    }
}

#[test]
fn a_loss_is_found() {
    let old = read(&folder(TOPICS[0]).join("schema.json"));
    for (pointer, change) in [
        ("/properties/emails/items/properties/primary/type", Value::from("string")),
        ("/properties/username/type", Value::from(vec!["string", "null", "number"])),
        ("/properties/status/description", Value::Null),
    ] {
        let mut new = old.clone();
        *new.pointer_mut(pointer).unwrap() = change;
        let mut lost = Vec::new();
        compare(&old, &new, "", &mut lost);
        assert_eq!(lost.is_empty(), pointer.ends_with("description"), "{pointer}: {lost:?}");
    }
    let mut new = old.clone();
    new["required"].as_array_mut().unwrap().retain(|name| name != "phones");
    let mut lost = Vec::new();
    compare(&old, &new, "", &mut lost);
    assert_eq!(lost.len(), 1, "{lost:?}");
}

/// Every promise of the old schema must still be one: types, required fields, formats and bounds.
fn compare(old: &Value, new: &Value, path: &str, lost: &mut Vec<String>) {
    for word in ["type", "format", "pattern", "minimum", "maximum", "maxLength", "minItems", "uniqueItems"] {
        if old.get(word).is_some() && old.get(word) != new.get(word) {
            lost.push(format!("{path}: {word} was {} and is {:?}", old[word], new.get(word)));
        }
    }
    let names = |schema: &Value| schema["required"].as_array().cloned().unwrap_or_default();
    for name in names(old).iter().filter(|name| !names(new).contains(name)) {
        lost.push(format!("{path}: {name} was always there"));
    }
    for (name, property) in old["properties"].as_object().into_iter().flatten() {
        match new["properties"].get(name) {
            Some(kept) => compare(property, kept, &format!("{path}/{name}"), lost),
            None => lost.push(format!("{path}: {name} is gone")),
        }
    }
    if let Some(items) = old.get("items") {
        compare(items, &new["items"], &format!("{path}[]"), lost);
    }
}
