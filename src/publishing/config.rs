//! Where records go.

use serde::Deserialize;

use crate::platform::{config::Findings, kafka::is_topic};

/// Where records go, and where we are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishingConfig {
    /// The region of this installation, as OpenStack names it.
    pub region: String,
    /// The topic of people.
    pub users_topic: String,
    /// The topic of companies.
    pub companies_topic: String,
    /// How often marked keys are looked for when no bell rings, in milliseconds, 10 to 10 000.
    pub poll_millis: u64,
}

impl PublishingConfig {
    /// Adds what is wrong with this section to `findings`.
    pub fn validate(&self, findings: &mut Findings) {
        findings.expect(
            (1..=255).contains(&self.region.len()) && !self.region.contains(char::is_whitespace),
            "publishing.region",
            "the name of the region, without blanks",
        );
        for (key, topic) in [
            ("publishing.users_topic", &self.users_topic),
            ("publishing.companies_topic", &self.companies_topic),
        ] {
            findings.expect(
                is_topic(topic),
                key,
                "a topic name: 1 to 249 of letters, digits, '.', '_' and '-'",
            );
        }
        findings.expect(
            self.users_topic != self.companies_topic,
            "publishing.companies_topic",
            "a topic of its own, not that of publishing.users_topic",
        );
        findings.expect(
            (10..=10_000).contains(&self.poll_millis),
            "publishing.poll_millis",
            "10 to 10 000 milliseconds",
        );
    }
}
