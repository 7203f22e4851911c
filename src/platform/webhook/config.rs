//! The `[webhook]` section.

use secrecy::SecretString;
use serde::Deserialize;

use super::Secrets;
use crate::platform::config::{Findings, text_list};

/// The keys shared with Keycloak's extension.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    /// One to five `whsec_…` secrets; all verify, so that one can be replaced without a gap.
    #[serde(deserialize_with = "text_list")]
    pub secrets: Vec<SecretString>,
    /// How far the time stamp of a call may be from now, 10 to 300 seconds.
    pub tolerance_seconds: u32,
}

impl WebhookConfig {
    /// Adds what is wrong with this section to `findings`.
    pub fn validate(&self, findings: &mut Findings) {
        findings.expect(
            (1..=5).contains(&self.secrets.len()) && Secrets::parse(&self.secrets).is_ok(),
            "webhook.secrets",
            "one to five of whsec_ and the base64 of 24 to 64 random bytes",
        );
        findings.expect(
            (10..=300).contains(&self.tolerance_seconds),
            "webhook.tolerance_seconds",
            "10 to 300 seconds",
        );
    }
}
