//! Where Keycloak is and as whom we call it.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::Url;

use crate::platform::config::{Findings, Profile};

/// Where Keycloak is and as whom we call it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeycloakConfig {
    /// Its base address, for example `https://id.example`, without `/realms`.
    pub url: Url,
    /// The realm whose people we serve.
    pub realm: String,
    /// A confidential client of that realm with a service account.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
    /// The client that people sign in by; company roles are its roles.
    pub portal_client_id: String,
    /// How long one call may take, 1 to 60 seconds.
    pub timeout_seconds: u64,
}

impl KeycloakConfig {
    /// Adds what is wrong with this section to `findings`.
    pub fn validate(&self, profile: Profile, findings: &mut Findings) {
        let scheme = self.url.scheme();
        findings.expect(
            scheme == "https" || scheme == "http" && profile == Profile::Development,
            "keycloak.url",
            "an https address (http only in the development profile)",
        );
        let plain = |text: &str| !text.is_empty() && !text.contains(['/', '?', '#']);
        findings.expect(plain(&self.realm), "keycloak.realm", "the name of a realm");
        findings.expect(!self.client_id.is_empty(), "keycloak.client_id", "the id of a client");
        findings.expect(!self.portal_client_id.is_empty(), "keycloak.portal_client_id", "the id of a client");
        findings.expect(
            !self.client_secret.expose_secret().is_empty(),
            "keycloak.client_secret",
            "the secret of the client",
        );
        findings.expect(
            (1..=60).contains(&self.timeout_seconds),
            "keycloak.timeout_seconds",
            "1 to 60 seconds",
        );
    }
}
