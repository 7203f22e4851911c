//! Who hears of what: every proven e-mail address, those that were just taken away too, but not the one
//! that the change brought; a phone only when no mailbox is left to hear.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{
    Address, Notice, NoticeId, Security,
    security::{SECURITY, SecurityFacts},
};
use crate::platform::{language::Language, masked::Masked};

/// How a person can be reached, and in which words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Keycloak's id.
    pub user_id: String,
    /// Their language.
    pub language: Language,
    /// Their IANA zone.
    pub time_zone: Option<String>,
    /// Every address that is proven to be theirs, or was until now.
    pub proven: BTreeSet<Address>,
}

/// The notices of what happened, one an address; `brought` is the address that came with it.
pub fn hears(
    reach: &Reach,
    what: &Security,
    at: DateTime<Utc>,
    brought: Option<&Address>,
    mut new_id: impl FnMut() -> NoticeId,
) -> Vec<Notice> {
    let others = || reach.proven.iter().filter(|address| Some(*address) != brought);
    let mut hearing: Vec<&Address> =
        others().filter(|address| matches!(address, Address::Email(_))).collect();
    if hearing.is_empty() {
        hearing = others().collect();
    }
    let facts = SecurityFacts { what: what.clone(), at, time_zone: reach.time_zone.clone() };
    // Serialising texts and times cannot fail.
    let facts = Masked::new(serde_json::to_value(&facts).unwrap_or_default());
    hearing
        .into_iter()
        .map(|address| Notice {
            notice_id: new_id(),
            user_id: Some(reach.user_id.clone()),
            kind: SECURITY,
            to: address.clone(),
            language: reach.language,
            facts: facts.clone(),
            hourly: Some(what.matter()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn email(address: &str) -> Address {
        Address::Email(Masked::new(address.to_owned()))
    }

    fn phone(number: &str) -> Address {
        Address::Phone(Masked::new(number.to_owned()))
    }

    fn who_hears(proven: &[Address], brought: Option<&Address>) -> Vec<Address> {
        let reach = Reach {
            user_id: "siti".to_owned(),
            language: Language::Indonesian,
            time_zone: None,
            proven: proven.iter().cloned().collect(),
        };
        let at = DateTime::from_timestamp(1_795_340_100, 0).unwrap();
        let notices = hears(&reach, &Security::PasswordChanged, at, brought, || NoticeId(Uuid::nil()));
        notices.into_iter().map(|notice| notice.to).collect()
    }

    #[test]
    fn every_mailbox_hears_and_no_phone_beside_it() {
        let proven = [email("a@x.example"), email("b@x.example"), phone("+6281")];
        assert_eq!(who_hears(&proven, None), [email("a@x.example"), email("b@x.example")]);
    }

    #[test]
    fn what_the_change_brought_does_not_hear_of_it() {
        let proven = [email("new@x.example"), email("old@x.example")];
        assert_eq!(who_hears(&proven, Some(&email("new@x.example"))), [email("old@x.example")]);
    }

    #[test]
    fn a_phone_hears_when_no_mailbox_is_left() {
        let proven = [email("new@x.example"), phone("+6281")];
        assert_eq!(who_hears(&proven, Some(&email("new@x.example"))), [phone("+6281")]);
        assert_eq!(who_hears(&[phone("+6281")], Some(&phone("+6281"))), []);
    }
}
