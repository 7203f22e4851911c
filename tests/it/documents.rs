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
