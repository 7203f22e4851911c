//! The mails about passwords. A token is made when its mail is written, and never lies in a queue.

use async_trait::async_trait;
use serde_json::json;
use url::Url;

use super::{
    Passwords, Reset,
    model::Recipient,
    store,
    words::{LetterWords, duration},
};
use crate::{
    notices::{Address, Button, Composer, Due, Letter, Notice, NoticeId},
    platform::{jobs::Failed, language::Language, masked::Masked},
};

const LINK: &str = "passwords.link";
const TICKET: &str = "passwords.reset_ticket";

/// The mail with the link.
pub(super) fn link(notice_id: NoticeId, user_id: &str, to: Recipient) -> Notice {
    let facts = json!({"account": user_id, "name": to.name.expose(), "occasion": to.occasion});
    Notice {
        notice_id,
        user_id: None,
        kind: LINK,
        to: Address::Email(to.address),
        language: to.language,
        facts: Masked::new(facts),
        hourly: None,
    }
}

/// The ticket for the help desk: who, never the PIN.
pub(super) fn ticket(notice_id: NoticeId, help_desk: &str, reset: &Reset) -> Notice {
    let facts = json!({"name": reset.name.expose().trim(), "account": reset.email.expose().trim()});
    Notice {
        notice_id,
        user_id: None,
        kind: TICKET,
        to: Address::Email(Masked::new(help_desk.to_owned())),
        language: Language::English,
        facts: Masked::new(facts),
        hourly: None,
    }
}

/// Writes them.
pub struct PasswordLetters {
    /// Where tokens are made.
    pub passwords: Passwords,
    /// The public address of this service.
    pub public_url: Url,
}

#[async_trait]
impl Composer for PasswordLetters {
    fn kinds(&self) -> &'static [&'static str] {
        &[LINK, TICKET]
    }

    async fn compose(&self, due: &Due) -> Result<Option<Letter>, Failed> {
        let text = |name: &str| due.facts.expose()[name].as_str().unwrap_or_default().to_owned();
        if due.kind == TICKET {
            return Ok(Some(ticket_letter(&text("name"), &text("account"))));
        }
        let inner = &self.passwords.0;
        let mut conn = inner.pool.acquire().await?;
        let Some(link) = store::find(&mut conn, &text("account")).await? else { return Ok(None) };
        drop(conn);
        let token = inner
            .keys
            .token(link.token_version, &link.user_id, &link.token_nonce)
            .ok_or_else(|| Failed::Park("the key that made the link is gone".to_owned()))?;
        let url = self
            .address(token.expose())
            .map_err(|error| Failed::Park(format!("http.public_url cannot hold the link: {error}")))?;
        let is_reset = due.facts.expose()["occasion"] == "reset";
        let words = LetterWords::of(due.language);
        let valid = duration(due.language, inner.config.validity_seconds);
        Ok(Some(link_letter(&words, is_reset, &text("name"), &valid, url)))
    }
}

impl PasswordLetters {
    fn address(&self, token: &str) -> Result<Url, url::ParseError> {
        let base = self.public_url.as_str().trim_end_matches('/');
        Url::parse(&format!("{base}/first-password/?token={token}"))
    }
}

fn link_letter(words: &LetterWords, is_reset: bool, name: &str, valid: &str, url: Url) -> Letter {
    let (title, opening) = if is_reset {
        (words.reset_title, words.reset_opening)
    } else {
        (words.first_title, words.first_opening)
    };
    let mut letter = Letter::new(title, format!("{} {opening}", words.greeting.replacen("{}", name, 1)));
    letter.paragraphs.push(words.pin.to_owned());
    letter.button = Some(Button { label: words.button.to_owned(), url });
    letter.small = vec![words.valid.replacen("{}", valid, 1), words.not_you.to_owned()];
    letter
}

fn ticket_letter(name: &str, account: &str) -> Letter {
    let mut letter = Letter::new(
        "Password Reset: a person asks for a new password",
        "Check who is asking by your own means, then start the reset on the person's page in the back office, or with \
         `gatehouse first-password renew`. The link goes only to the address on file, and the person has chosen a PIN.",
    );
    let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    letter.facts = vec![
        fact("CSR Type", "Password Reset"),
        fact("Priority", "High"),
        fact("Full name", name),
        fact("User name", account),
    ];
    letter
}
