//! How far a person has come, as billing and staff see it.

use serde::Serialize;

use super::PersonRow;

/// How a person stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The e-mail address is not proven, or there is no second factor.
    Pending,
    /// May use what they have rights for.
    Active,
    /// May not sign in, because staff said so.
    Blocked,
    /// May not sign in, because Keycloak or an admin of the company said so.
    Disabled,
}

/// A kind of second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SecondFactor {
    /// A code by SMS.
    Sms,
    /// A code by e-mail.
    Email,
    /// An authenticator app.
    Totp,
    /// A passkey or security key.
    Passkey,
}

impl SecondFactor {
    /// Recovery codes are no second factor of their own: they only replace a lost one.
    fn of_channel(channel: &str) -> Option<Self> {
        match channel {
            "sms" => Some(Self::Sms),
            "email" => Some(Self::Email),
            "totp" => Some(Self::Totp),
            "passkey" => Some(Self::Passkey),
            _ => None,
        }
    }
}

/// The kinds of second factor a person has, each once.
#[must_use]
pub fn second_factors(person: &PersonRow) -> Vec<SecondFactor> {
    let mut found: Vec<SecondFactor> =
        person.factors.iter().filter_map(|factor| SecondFactor::of_channel(&factor.channel)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// How a person stands. Whoever is disabled is so before anything else.
#[must_use]
pub fn status(person: &PersonRow) -> Status {
    if !person.enabled {
        Status::Disabled
    } else if !person.email_verified || second_factors(person).is_empty() {
        Status::Pending
    } else {
        Status::Active
    }
}
