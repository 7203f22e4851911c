//! A contact.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{platform::masked::Masked, typed_id};

typed_id!(
    /// A contact of a person.
    ContactId
);

/// What kind of address it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Kind {
    /// An e-mail address.
    Email,
    /// A phone number in E.164.
    Phone,
}

/// What an address is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Purpose {
    /// Signing in; kept by Keycloak.
    Login,
    /// Receiving codes; kept by the one-time codes.
    SecondFactor,
    /// Invoices and what belongs to them.
    Billing,
    /// Notices about security and operation.
    Notice,
    /// Maintenance and faults.
    Technical,
    /// Warnings about the account's security.
    Security,
}

impl Purpose {
    /// The purposes that people choose from.
    pub const CHOICES: [Self; 3] = [Self::Billing, Self::Technical, Self::Security];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::SecondFactor => "second_factor",
            Self::Billing => "billing",
            Self::Notice => "notice",
            Self::Technical => "technical",
            Self::Security => "security",
        }
    }

    /// Whether Keycloak or the one-time codes decide it, not the person.
    #[must_use]
    pub fn is_followed(self) -> bool {
        matches!(self, Self::Login | Self::SecondFactor)
    }
}

/// How an address was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Proof {
    /// Keycloak holds it as verified: its link was followed, or an administrator said so.
    Keycloak,
    /// A code sent to it was entered.
    Code,
}

/// An address of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Its id.
    pub contact_id: ContactId,
    /// Whose it is: Keycloak's id of the person.
    pub user_id: String,
    /// What kind of address it is.
    pub kind: Kind,
    /// The address itself, an e-mail address with its domain in lower case.
    pub value: Masked<String>,
    /// What it is used for; never empty.
    pub purposes: BTreeSet<Purpose>,
    /// Whether it is the first choice among those of its kind; exactly one is.
    pub is_primary: bool,
    /// When it was proven.
    pub verified_at: Option<DateTime<Utc>>,
    /// How it was proven; there exactly when `verified_at` is.
    pub proof: Option<Proof>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When something last changed.
    pub updated_at: DateTime<Utc>,
}

impl Contact {
    /// Which version of it this is: a number that grows with each change.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.updated_at.timestamp_micros()
    }
}

/// An address as staff and its owner see it in lists of what was done: `b•••@example.com`, `+62 ••• 89`.
#[must_use]
pub fn masked(kind: Kind, value: &str) -> String {
    match kind {
        Kind::Email => {
            let (local, domain) = value.rsplit_once('@').unwrap_or((value, ""));
            format!("{}•••@{domain}", local.chars().next().unwrap_or_default())
        }
        Kind::Phone => {
            let tail: String = value.chars().skip(value.chars().count().saturating_sub(2)).collect();
            let head: String = value.chars().take(3).collect();
            format!("{head} ••• {tail}")
        }
    }
}

/// An e-mail address as it is compared: the domain without regard to case, the local part as it is
/// (RFC 5321, 2.4).
#[must_use]
pub fn comparable_email(address: &str) -> String {
    match address.trim().rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", domain.to_lowercase()),
        None => address.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enough_remains_to_recognise_and_no_more() {
        assert_eq!(masked(Kind::Email, "siti@example.com"), "s•••@example.com");
        assert_eq!(masked(Kind::Phone, "+6281234567890"), "+62 ••• 90");
    }
}
