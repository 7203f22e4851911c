//! What documents promise is proven by tests that there are.

use crate::support::missing_proofs;

#[test]
fn every_proof_that_the_page_on_openstack_names_is_a_test() {
    assert_eq!(missing_proofs("docs/openstack.md"), Vec::<String>::new());
}

#[test]
fn every_promise_of_the_page_on_openstack_has_a_proof_or_says_what_was_changed() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openstack.md");
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|line| {
        let first = line.strip_prefix("| ").and_then(|rest| rest.split(' ').next());
        first.is_some_and(|number| number.parse::<u32>().is_ok())
    });
    let open: Vec<&str> =
        rows.clone().filter(|row| !row.contains("::") && !row.contains("changed:")).collect();
    assert!(rows.count() > 80, "the table was not found");
    assert!(open.is_empty(), "promises without proof:\n{}", open.join("\n"));
}

#[test]
fn every_field_of_a_company_stands_in_the_mapping_sheets() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema = std::fs::read_to_string(root.join("schemas/gatehouse.companies.v1/schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let sheet = std::fs::read_to_string(root.join("docs/billing-mapping.md")).unwrap();
    let of_the_company = schema["properties"].as_object().unwrap().keys().filter(|field| *field != "billing");
    let of_billing = schema["properties"]["billing"]["properties"].as_object().unwrap().keys();
    let fields: Vec<String> =
        of_the_company.cloned().chain(of_billing.map(|field| format!("billing.{field}"))).collect();
    let missing: Vec<&String> =
        fields.iter().filter(|field| !sheet.contains(&format!("\n| `{field}` |"))).collect();
    assert_eq!(missing, Vec::<&String>::new(), "fields without a row in docs/billing-mapping.md");
    let rows = sheet.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, fields.len(), "rows of fields that the schema does not have");
}
