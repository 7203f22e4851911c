//! The words of the pages and mails, in four languages.

use std::collections::{BTreeMap, BTreeSet};

use super::read;

const OWN_PAGES: &str = "keycloak-extension/src/main/resources/theme-resources/messages";
const LOGIN: &str = "keycloak-theme/gatehouse/login/messages";
const ACCOUNT: &str = "keycloak-theme/gatehouse/account/messages";
const EMAIL: &str = "keycloak-theme/gatehouse/email/messages";
const ALL: [&str; 4] = [OWN_PAGES, LOGIN, ACCOUNT, EMAIL];
/// Files whose words go through `java.text.MessageFormat`; the account console is read by i18next.
const MESSAGE_FORMAT: [&str; 3] = [OWN_PAGES, LOGIN, EMAIL];
const LANGUAGES: [&str; 4] = ["en", "id", "zh_Hans", "ms"];

pub(super) type Messages = BTreeMap<String, String>;

/// Reads `key=value` lines. The files use neither continued lines nor escaped keys, which is asserted here.
pub(super) fn messages(folder: &str, language: &str) -> Messages {
    let path = format!("{folder}/messages_{language}.properties");
    let text = read(&path);
    assert!(!text.contains(['\r', '\u{feff}', '\t']), "{path}: a carriage return, tab or byte-order mark");
    let mut found = Messages::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (key, value) = line.split_once('=').unwrap_or_else(|| panic!("{path}: {line:?} is no message"));
        assert!(!key.contains([' ', '\\', ':']), "{path}: {key:?} is no plain key");
        assert!(
            !value.trim().is_empty() && value.trim() == value,
            "{path}: {key} is empty or has spaces around it"
        );
        assert!(!value.ends_with('\\'), "{path}: {key} goes on in the next line");
        assert!(found.insert(key.to_owned(), value.to_owned()).is_none(), "{path}: {key} is there twice");
    }
    assert!(found.len() > 20, "{path} has {} messages only", found.len());
    found
}

/// The places to fill: `{0}` (of `MessageFormat`), `{{name}}` and `<0>` (of i18next), `${…}` (of Keycloak).
fn places(value: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in value.match_indices('{') {
        let inner: String =
            value[at + 1..].chars().take_while(|c| c.is_alphanumeric() || *c == '.' || *c == '_').collect();
        if !inner.is_empty() {
            found.insert(format!("{{{inner}}}"));
        }
    }
    for digit in 0..3 {
        let tag = format!("<{digit}>");
        if value.contains(&tag) {
            found.insert(tag);
        }
    }
    found
}

fn keys(messages: &Messages) -> BTreeSet<&str> {
    messages.keys().map(String::as_str).collect()
}

#[test]
fn every_language_says_everything() {
    for folder in ALL {
        let english = messages(folder, "en");
        for language in LANGUAGES {
            let other = messages(folder, language);
            let missing: Vec<_> = keys(&english).difference(&keys(&other)).copied().collect::<Vec<_>>();
            assert!(missing.is_empty(), "{folder}: {language} lacks {missing:?}");
            // Malay may say more: Keycloak itself has no Malay to fall back to
            let more: Vec<_> = keys(&other).difference(&keys(&english)).copied().collect::<Vec<_>>();
            let allowed = language == "ms" && [LOGIN, ACCOUNT].contains(&folder);
            assert!(more.is_empty() || allowed, "{folder}: {language} has {more:?}, English has not");
        }
    }
}

#[test]
fn places_to_fill_are_the_same_in_every_language() {
    for folder in ALL {
        let english = messages(folder, "en");
        for language in LANGUAGES {
            for (key, value) in messages(folder, language) {
                let Some(original) = english.get(&key) else { continue };
                // names of units: the number only picks the plural, which three of the languages do not have
                if key.starts_with("linkExpirationFormatter.") {
                    continue;
                }
                assert_eq!(places(&value), places(original), "{folder}: {key} in {language}: {value:?}");
            }
        }
    }
}

/// In a `MessageFormat` a single apostrophe quotes what follows: `{0}` would be shown as it stands.
#[test]
fn apostrophes_are_written_as_their_reader_needs() {
    for folder in ALL {
        let doubled = MESSAGE_FORMAT.contains(&folder);
        for language in LANGUAGES {
            for (key, value) in messages(folder, language) {
                let runs: Vec<usize> =
                    value.split(|c| c != '\'').map(str::len).filter(|&run| run > 0).collect();
                let good = if doubled {
                    runs.iter().all(|run| run % 2 == 0)
                } else {
                    runs.iter().all(|&run| run == 1)
                };
                assert!(good, "{folder}: apostrophe in {key} ({language}): {value:?}");
            }
        }
    }
}

#[test]
fn braces_are_balanced() {
    for folder in ALL {
        for language in LANGUAGES {
            for (key, value) in messages(folder, language) {
                let mut depth = 0_i32;
                for c in value.chars() {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    assert!(depth >= 0, "{folder}: {key} ({language}) closes what is not open: {value:?}");
                }
                assert_eq!(depth, 0, "{folder}: {key} ({language}) leaves a brace open: {value:?}");
            }
        }
    }
}

/// A mail is sent as text and as HTML; who reads one of them must not learn less than who reads the other.
#[test]
fn text_and_html_of_a_mail_fill_the_same_places() {
    for language in LANGUAGES {
        let mails = messages(EMAIL, language);
        let mut pairs = 0;
        for (key, html) in &mails {
            let Some(text) = key
                .strip_suffix("Html")
                .and_then(|stem| mails.get(stem).or_else(|| mails.get(&format!("{stem}Body"))))
            else {
                assert!(!key.ends_with("Html"), "{key} ({language}) has no plain text");
                continue;
            };
            assert_eq!(places(text), places(html), "{key} ({language})");
            assert!(!text.contains('<'), "{key} ({language}): markup in the plain text {text:?}");
            assert!(!html.contains("<img") && !html.contains("\\n"), "{key} ({language}): {html:?}");
            pairs += 1;
        }
        assert!(pairs >= 14, "only {pairs} mails in {language}");
    }
}

#[test]
fn every_country_has_a_name() {
    for language in LANGUAGES {
        let pages = messages(OWN_PAGES, language);
        let codes: Vec<_> = pages.keys().filter_map(|key| key.strip_prefix("gatehouse.country.")).collect();
        assert_eq!(codes.len(), 249, "ISO 3166-1 has 249 codes ({language})");
        assert!(codes.iter().all(|code| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase())));
    }
}

/// The codes of the problems that people may meet (the contract of one-time codes) each have a sentence.
#[test]
fn every_problem_has_a_sentence() {
    const PROBLEMS: [&str; 9] = [
        "code-wrong",
        "code-expired",
        "already-used",
        "not-found",
        "locked",
        "rate-limited",
        "destination-invalid",
        "no-factor",
        "delivery-unavailable",
    ];
    let pages = messages(OWN_PAGES, "en");
    for problem in PROBLEMS {
        assert!(pages.contains_key(&format!("gatehouse.otp.{problem}")), "{problem}");
    }
}
