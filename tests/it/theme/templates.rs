//! Templates and messages belong together.

use std::{collections::BTreeSet, fs};

use super::{files, messages::messages};

const OWN_PAGES: &str = "keycloak-extension/src/main/resources/theme-resources";
const LOGIN: &str = "keycloak-theme/gatehouse/login";

/// The message keys that a template names in full: `msg("key"` and `label="key"`.
fn named_keys(template: &str) -> BTreeSet<String> {
    ["msg(\"", "label=\""]
        .iter()
        .flat_map(|start| template.split(start).skip(1))
        .filter_map(|rest| rest.split_once('"'))
        // what is put together from parts cannot be looked up here
        .filter(|(key, after)| !key.ends_with('.') && !after.trim_start().starts_with('+'))
        .map(|(key, _)| key.to_owned())
        .filter(|key| key.starts_with("gatehouse."))
        .collect()
}

#[test]
fn every_word_that_a_template_asks_for_exists() {
    let mut known: BTreeSet<String> = messages(&format!("{OWN_PAGES}/messages"), "en").into_keys().collect();
    // the theme may use the words of our own pages; our own pages must do without those of the theme
    let own: BTreeSet<String> = known.clone();
    known.extend(messages(&format!("{LOGIN}/messages"), "en").into_keys());
    let mut asked = 0;
    for (folder, known) in [(OWN_PAGES, &own), (LOGIN, &known)] {
        for path in files(folder, "ftl") {
            for key in named_keys(&fs::read_to_string(&path).unwrap()) {
                assert!(known.contains(&key), "{}: no message {key}", path.display());
                asked += 1;
            }
        }
    }
    assert!(asked > 20, "only {asked} keys were found in the templates");
}

/// The code page works without JavaScript, and Enter in the code field never means "send again".
#[test]
fn code_page_sends_again_by_a_form_of_its_own() {
    let page = super::read(&format!("{OWN_PAGES}/templates/gatehouse-code.ftl"));
    let form = page.split("<form").find(|part| part.contains("name=\"code\"")).unwrap();
    assert!(!form.contains("value=\"resend\""), "resend stands in the form of the code");
    for needed in ["inputmode=\"numeric\"", "autocomplete=\"one-time-code\"", "value=\"resend\""] {
        assert!(page.contains(needed), "{needed}");
    }
    assert!(!page.contains("onclick") && !page.contains("<script"), "the page needs a script");
}
