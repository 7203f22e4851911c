//! The mails: what staff have decided, and to staff that somebody waits.

use async_trait::async_trait;
use serde_json::{Value, json};
use url::Url;

use super::{Asked, Decision, words::Words};
use crate::{
    notices::{Address, Button, Composer, Due, Letter, Notice, NoticeId},
    platform::{jobs::Failed, language::Language, masked::Masked},
};

const APPROVED: &str = "admission.approved";
const REFUSED: &str = "admission.refused";
const DIGEST: &str = "admission.digest";

/// Where staff decide.
const STAFF_PAGE: &str = "/backoffice/sign-ups";

fn notice(
    notice_id: NoticeId,
    kind: &'static str,
    to: Masked<String>,
    language: Language,
    facts: Value,
) -> Notice {
    let to = Address::Email(to);
    Notice { notice_id, user_id: None, kind, to, language, facts: Masked::new(facts), hourly: None }
}

/// Tells whoever asked what was decided. Why is between staff.
pub(super) fn decided(id: NoticeId, asked: &Asked, decision: Decision) -> Notice {
    let kind = match decision {
        Decision::Approve => APPROVED,
        Decision::Refuse => REFUSED,
    };
    let name = asked.first_name.as_ref().map(|name| name.expose().clone());
    notice(id, kind, asked.email.clone(), Language::of(&asked.locale), json!({"name": name}))
}

/// Reminds staff of so many requests, of which the eldest has waited for so many hours.
pub(super) fn digest(id: NoticeId, to: &str, waiting: usize, hours: i64) -> Notice {
    let facts = json!({"waiting": waiting, "hours": hours});
    notice(id, DIGEST, Masked::new(to.to_owned()), Language::English, facts)
}

/// Writes them.
pub struct AdmissionLetters {
    /// How browsers reach the pages.
    pub public_url: Url,
    /// The service's name as people know it.
    pub service_name: String,
    /// Where people turn.
    pub support: Option<String>,
    /// For how many days an approval is good.
    pub keep_days: u32,
}

#[async_trait]
impl Composer for AdmissionLetters {
    fn kinds(&self) -> &'static [&'static str] {
        &[APPROVED, REFUSED, DIGEST]
    }

    async fn compose(&self, due: &Due) -> Result<Option<Letter>, Failed> {
        let facts = due.facts.expose();
        let words = Words { language: due.language, service: &self.service_name };
        Ok(Some(match due.kind.as_str() {
            DIGEST => self.digest(facts),
            APPROVED => self.approved(&words, facts),
            _ => self.refused(&words, facts),
        }))
    }
}

impl AdmissionLetters {
    fn approved(&self, words: &Words<'_>, facts: &Value) -> Letter {
        let mut letter = Letter::new(words.approved_title(), words.greeting(facts["name"].as_str()));
        letter.paragraphs.push(words.approved());
        letter.button = Some(Button { label: words.sign_up().to_owned(), url: self.sign_up(words.language) });
        letter.small.push(words.good_for(self.keep_days));
        letter.small.extend(self.support.as_deref().map(|support| words.support(support)));
        letter
    }

    fn refused(&self, words: &Words<'_>, facts: &Value) -> Letter {
        let mut letter = Letter::new(words.refused_title(), words.greeting(facts["name"].as_str()));
        letter.paragraphs.push(words.refused());
        letter.small.extend(self.support.as_deref().map(|support| words.support(support)));
        letter
    }

    fn digest(&self, facts: &Value) -> Letter {
        let mut letter =
            Letter::new("Requests to sign up wait", "Somebody in the back office has to decide them.");
        letter.facts.push(("Requests".to_owned(), facts["waiting"].to_string()));
        letter.facts.push(("Hours since the first".to_owned(), facts["hours"].to_string()));
        letter.button = Some(Button { label: "See the requests".to_owned(), url: self.page(STAFF_PAGE) });
        letter
    }

    fn sign_up(&self, language: Language) -> Url {
        let mut link = self.page("/sign-in");
        link.query_pairs_mut().append_pair("new", "yes").append_pair("lang", language.tag());
        link
    }

    fn page(&self, path: &str) -> Url {
        let mut link = self.public_url.clone();
        link.set_path(path);
        link
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_says_what_was_decided_and_where_to_go_on() {
        let letters = AdmissionLetters {
            public_url: "https://gatehouse.example".parse().unwrap(),
            service_name: "Gatehouse".to_owned(),
            support: Some("support@example.com".to_owned()),
            keep_days: 90,
        };
        for language in Language::ALL {
            let words = Words { language, service: "Gatehouse" };
            let facts = json!({"name": "Siti"});
            let approved = letters.approved(&words, &facts).text("Gatehouse");
            let link = format!("https://gatehouse.example/sign-in?new=yes&lang={}", language.tag());
            for expected in ["Siti", "90", &link, "support@example.com"] {
                assert!(approved.contains(expected), "{expected} in {approved}");
            }
            let refused = letters.refused(&words, &json!({"name": null})).text("Gatehouse");
            for text in [&approved, &refused] {
                assert!(!text.contains("{}") && !text.contains("{service}"), "{text}");
            }
            assert!(!refused.contains("sign-in"), "{refused}");
        }
    }
}
