//! The pages' sign-in.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::platform::config::Findings;

/// The pages' sign-in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortalConfig {
    /// The secret of `keycloak.portal_client_id`.
    pub client_secret: SecretString,
    /// After which time without a request a session ends, 5 to 480 minutes.
    pub idle_minutes: u32,
    /// After which time a session ends in any case, 1 to 24 hours (OWASP ASVS 5.0, 7.3).
    pub life_hours: u32,
    /// How many forms a person may send in a minute, 10 to 10000; each process counts by itself.
    pub forms_per_minute: u32,
    /// How often the pages for those who are not signed in act for one client address, or one IPv6 network
    /// of 64 bits, in a minute, 10 to 100000.
    pub strangers_per_minute: u32,
}

impl PortalConfig {
    /// Adds what is wrong with this section to `findings`.
    pub fn validate(&self, findings: &mut Findings) {
        findings.expect(
            !self.client_secret.expose_secret().is_empty(),
            "portal.client_secret",
            "the secret of the client keycloak.portal_client_id",
        );
        findings.expect((5..=480).contains(&self.idle_minutes), "portal.idle_minutes", "5 to 480 minutes");
        findings.expect((1..=24).contains(&self.life_hours), "portal.life_hours", "1 to 24 hours");
        let forms = (10..=10_000).contains(&self.forms_per_minute);
        findings.expect(forms, "portal.forms_per_minute", "10 to 10000");
        let strangers = (10..=100_000).contains(&self.strangers_per_minute);
        findings.expect(strangers, "portal.strangers_per_minute", "10 to 100000");
    }
}
