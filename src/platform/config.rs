//! What every configuration section shares: the profile, and findings that name the key.

use serde::Deserialize;

/// Which rules apply at start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Every safeguard is required.
    Production,
    /// One machine, loopback only: limits per client address, prefix, country, total and money
    /// are a hundredfold, and transport encryption may be absent.
    Development,
}

/// What is wrong with a configuration: one line a key, saying what is expected.
#[derive(Debug, Default)]
pub struct Findings(Vec<String>);

impl Findings {
    /// Notes that `key` does not hold what is expected.
    pub fn expect(&mut self, holds: bool, key: &str, expected: impl AsRef<str>) {
        if !holds {
            self.0.push(format!("{key}: expected {}", expected.as_ref()));
        }
    }

    /// The findings as an error, or nothing when there are none.
    pub fn into_result(self) -> Result<(), InvalidConfig> {
        if self.0.is_empty() { Ok(()) } else { Err(InvalidConfig(self.0)) }
    }
}

/// The configuration cannot be used; the text lists every key at once.
#[derive(Debug, thiserror::Error)]
#[error("the configuration cannot be used:\n  - {}", .0.join("\n  - "))]
pub struct InvalidConfig(pub Vec<String>);
