//! The letters: to the old address with the link to undo, and the last one of all.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sqlx::PgPool;
use url::Url;

use super::{ChangeId, UndoSecret, store, words::Words};
use crate::{
    notices::{Button, Composer, Due, Letter, Otherwise, local_time},
    platform::{clock::SharedClock, entropy::SharedEntropy, jobs::Failed},
};

/// The kind of the letter to an old sign-in address.
pub(super) const ADDRESS_CHANGED: &str = "account.address_changed";
/// The kind of the letter after a deletion.
pub(super) const DELETED: &str = "account.deleted";
/// The page that a link to undo leads to.
pub const UNDO_PATH: &str = "/undo-address";

/// What is kept of a letter to an old address until it is sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ChangedFacts {
    pub change_id: ChangeId,
    /// The new address, masked.
    pub hint: String,
    pub at: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub time_zone: Option<String>,
}

/// What is kept of a last letter until it is sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct DeletedFacts {
    pub at: DateTime<Utc>,
    pub time_zone: Option<String>,
}

/// Writes the letters.
pub struct AccountComposer {
    /// Where changes are.
    pub pool: PgPool,
    /// What time it is.
    pub clock: SharedClock,
    /// Where the secrets of links come from.
    pub entropy: SharedEntropy,
    /// How browsers reach the pages.
    pub public_url: Url,
    /// The service's name as people know it.
    pub service_name: String,
    /// Where people turn.
    pub support: Option<String>,
}

#[async_trait]
impl Composer for AccountComposer {
    fn kinds(&self) -> &'static [&'static str] {
        &[ADDRESS_CHANGED, DELETED]
    }

    async fn compose(&self, due: &Due) -> Result<Option<Letter>, Failed> {
        let words =
            Words { language: due.language, service: &self.service_name, support: self.support.as_deref() };
        if due.kind == DELETED {
            return Ok(Some(deleted(&words, &facts(due)?)));
        }
        let facts: ChangedFacts = facts(due)?;
        // The secret is made when the letter is: it is nowhere but in the mail.
        let secret = UndoSecret::generate(self.entropy.as_ref());
        let made = store::insert_link(&self.pool, facts.change_id, &secret.hash(), self.clock.now()).await?;
        Ok(made.then(|| changed(&words, &facts, self.link(&secret, due))))
    }
}

impl AccountComposer {
    fn link(&self, secret: &UndoSecret, due: &Due) -> Url {
        let mut link = self.public_url.clone();
        link.set_path(UNDO_PATH);
        link.query_pairs_mut().append_pair("token", secret.expose()).append_pair("lang", due.language.tag());
        link
    }
}

fn facts<T: DeserializeOwned>(due: &Due) -> Result<T, Failed> {
    serde_json::from_value(due.facts.expose().clone())
        .map_err(|_| Failed::Park("the facts of the notice cannot be read".to_owned()))
}

fn changed(words: &Words<'_>, facts: &ChangedFacts, link: Url) -> Letter {
    let time = |at| local_time(at, facts.time_zone.as_deref(), words.language);
    let mut letter = Letter::new(words.changed_title(), words.changed());
    letter.facts.push((words.new_address().to_owned(), facts.hint.clone()));
    letter.facts.push((words.time().to_owned(), time(facts.at)));
    letter.paragraphs.push(words.undo_until(&time(facts.until)));
    letter.button = Some(Button { label: words.undo().to_owned(), url: link });
    letter.otherwise = Some(Otherwise { title: words.not_you().to_owned(), steps: words.steps() });
    letter.small.push(words.was_you().to_owned());
    letter
}

fn deleted(words: &Words<'_>, facts: &DeletedFacts) -> Letter {
    let mut letter = Letter::new(words.deleted_title(), words.deleted());
    let at = local_time(facts.at, facts.time_zone.as_deref(), words.language);
    letter.facts.push((words.time().to_owned(), at));
    letter.paragraphs.push(words.what_stays().to_owned());
    letter.small.push(words.not_you_deleted());
    letter
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::language::Language;

    #[test]
    fn every_language_says_what_changed_until_when_it_can_be_undone_and_where_to_turn() {
        let at = DateTime::from_timestamp(1_795_340_100, 0).unwrap();
        for language in Language::ALL {
            let words = Words { language, service: "Gatehouse", support: Some("support@example.com") };
            let facts = ChangedFacts {
                change_id: "0198f7a0-0000-7000-8000-000000000000".parse().unwrap(),
                hint: "t•••@evil.example".to_owned(),
                at,
                until: at + super::super::UNDO,
                time_zone: Some("Asia/Jakarta".to_owned()),
            };
            let link: Url = "https://gatehouse.example/undo-address?token=AAAA".parse().unwrap();
            let letter = changed(&words, &facts, link);
            let text = letter.text("Gatehouse");
            for expected in ["t•••@evil.example", "16:35", "25", "token=AAAA", "support@example.com"] {
                assert!(text.contains(expected), "{expected} in {text}");
            }
            assert!(!letter.title.contains('@'), "a subject shows on locked screens");
            let last = deleted(&words, &DeletedFacts { at, time_zone: None }).text("Gatehouse");
            assert!(last.contains("support@example.com") && !last.contains("{service}"), "{last}");
            assert!(!text.contains("{service}") && !text.contains("{}"), "{text}");
        }
    }
}
