//! Whose tokens are taken.

use serde::Deserialize;

use crate::platform::config::{Findings, text_list};

/// Whose tokens are taken.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthConfig {
    /// What access tokens must name as their audience (RFC 8725, 3.9).
    pub audience: String,
    /// Clients that humans sign in by; a human's token of any other is refused.
    #[serde(deserialize_with = "text_list")]
    pub browser_clients: Vec<String>,
    /// How far Keycloak's clock and ours may be apart, 0 to 60 seconds.
    pub leeway_seconds: u32,
    /// After which time Keycloak's keys are fetched again, 60 to 86400 seconds.
    pub keys_seconds: u32,
    /// The least time between two fetches, 1 to 300 seconds: a token with an unknown key may ask for one.
    pub keys_pause_seconds: u32,
}

impl AuthConfig {
    /// Adds what is wrong with this section to `findings`.
    pub fn validate(&self, findings: &mut Findings) {
        findings.expect(!self.audience.is_empty(), "auth.audience", "the name of this service in tokens");
        findings.expect(!self.browser_clients.is_empty(), "auth.browser_clients", "at least one client id");
        findings.expect(self.leeway_seconds <= 60, "auth.leeway_seconds", "0 to 60 seconds");
        findings.expect(
            (60..=86_400).contains(&self.keys_seconds),
            "auth.keys_seconds",
            "60 to 86400 seconds",
        );
        findings.expect(
            (1..=300).contains(&self.keys_pause_seconds),
            "auth.keys_pause_seconds",
            "1 to 300 seconds",
        );
    }
}
