//! What every configuration section shares: the profile, and findings that name the key.

use serde::{Deserialize, Deserializer};

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

/// Reads a list of texts from an array, or from one text with commas, which is how people set a
/// list in an environment variable.
pub fn text_list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<String>,
{
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a list of texts")]
    enum TextOrList {
        Text(String),
        List(Vec<String>),
    }
    let texts = match TextOrList::deserialize(deserializer)? {
        TextOrList::Text(text) => text.split(',').map(|item| item.trim().to_owned()).collect(),
        TextOrList::List(list) => list,
    };
    Ok(texts.into_iter().filter(|text| !text.is_empty()).map(T::from).collect())
}
