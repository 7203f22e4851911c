//! What is given, and what is held of a link.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use super::keys::{Hashed, Sealed};
use crate::platform::{language::Language, masked::Masked};

/// A PIN: exactly four digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin(Masked<String>);

impl Pin {
    /// The PIN of a text, blanks around it left out; none when it is not four digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_pin = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_pin.then(|| Self(Masked::new(text.to_owned())))
    }

    /// Its digits.
    #[must_use]
    pub fn digits(&self) -> &Masked<String> {
        &self.0
    }
}

/// What the call for a new link brings; what it leaves out stays.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The random password that the account has.
    pub password: Option<SecretString>,
    /// The PIN that the person chose.
    pub pin: Option<Pin>,
}

/// Who keeps a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    /// OpenStack's identity service.
    Keystone,
    /// The realm of our people.
    Keycloak,
}

impl Keeper {
    /// The word in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keystone => "keystone",
            Self::Keycloak => "keycloak",
        }
    }

    /// The keeper of a word.
    #[must_use]
    pub fn named(name: &str) -> Self {
        if name == "keycloak" { Self::Keycloak } else { Self::Keystone }
    }
}

/// Why a link is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Occasion {
    /// The account is new.
    First,
    /// The person forgot the password.
    Reset,
}

/// An account of ours that shall get a first password.
#[derive(Debug, Clone)]
pub struct Begin {
    /// The account in Keystone.
    pub user_id: String,
    /// The PIN, hashed already.
    pub pin: Hashed,
    /// Who gets the link.
    pub to: Recipient,
}

/// Who gets a link.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Recipient {
    /// The address on file, where the link goes.
    pub address: Masked<String>,
    /// How the person is called.
    pub name: Masked<String>,
    /// The person's language.
    pub language: Language,
    /// Why.
    pub occasion: Occasion,
}

/// A link as it is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Whose.
    pub user_id: String,
    /// Who keeps the password.
    pub keeper: Keeper,
    /// From which the token is made.
    pub token_nonce: Vec<u8>,
    /// With the key of this version.
    pub token_version: i16,
    /// The PIN.
    pub pin: Hashed,
    /// The random password, if the keeper is Keystone.
    pub password: Option<Sealed>,
    /// When it was made, or made anew.
    pub issued_at: DateTime<Utc>,
}

impl Link {
    /// Whether its time is over: it counts from when the link was made anew last.
    #[must_use]
    pub fn is_expired(&self, now: DateTime<Utc>, validity: std::time::Duration) -> bool {
        let validity = TimeDelta::from_std(validity).unwrap_or(TimeDelta::zero());
        now - self.issued_at >= validity
    }
}

#[cfg(test)]
mod tests {
    use super::Pin;

    #[test]
    fn a_pin_is_four_digits() {
        for right in ["1234", "0000", " 9876 "] {
            assert!(Pin::parse(right).is_some(), "{right}");
        }
        for wrong in ["", "123", "12345", "12a4", "١٢٣٤", "１２３４", "12 34", "-123"] {
            assert!(Pin::parse(wrong).is_none(), "{wrong}");
        }
    }
}
