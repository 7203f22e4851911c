//! The `[passwords]` section.

use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

use super::Keys;
use crate::platform::config::{Findings, text_list};

/// How first passwords are set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordsConfig {
    /// `<version>:<base64 of at least 32 random bytes>`: the first seals, all open. Without one there are no links.
    #[serde(deserialize_with = "text_list", default)]
    pub keys: Vec<SecretString>,
    /// How long a link is good for, 300 to 604800 seconds: the check and the mail say the same.
    pub validity_seconds: u32,
    /// Wrong PINs until a link is locked, 1 to 10.
    pub tries: u32,
    /// Requests for a new password that are taken in an hour, 1 to 10000.
    pub resets_per_hour: u32,
}

impl PasswordsConfig {
    /// Adds what is wrong with this section to `findings`; links are needed where there is an OpenStack.
    pub fn validate(&self, are_needed: bool, findings: &mut Findings) {
        findings.expect(
            if self.keys.is_empty() { !are_needed } else { Keys::new(&self.keys).is_ok() },
            "passwords.keys",
            "at least one of <version 1 to 9999>:<base64 of 32 to 64 random bytes>, each version once",
        );
        findings.expect(
            (300..=604_800).contains(&self.validity_seconds),
            "passwords.validity_seconds",
            "300 to 604800 seconds",
        );
        findings.expect((1..=10).contains(&self.tries), "passwords.tries", "1 to 10");
        findings.expect(
            (1..=10_000).contains(&self.resets_per_hour),
            "passwords.resets_per_hour",
            "1 to 10000",
        );
    }

    /// How long a link is good for.
    #[must_use]
    pub fn validity(&self) -> Duration {
        Duration::from_secs(self.validity_seconds.into())
    }
}
