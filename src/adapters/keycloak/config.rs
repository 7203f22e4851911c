//! Where Keycloak is and as whom we call it.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::Url;

use crate::platform::{
    auth::Issuer,
    config::{Findings, Profile},
};

/// Where Keycloak is and as whom we call it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeycloakConfig {
    /// Its base address, for example `https://id.example`, without `/realms`.
    pub url: Url,
    /// Its address for browsers, when that differs from `url`.
    pub public_url: Option<Url>,
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
        findings.expect(
            self.public_url
                .as_ref()
                .is_none_or(|url| url.scheme() == "https" || profile == Profile::Development),
            "keycloak.public_url",
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

    /// Where browsers find Keycloak.
    #[must_use]
    pub fn public_url(&self) -> &Url {
        self.public_url.as_ref().unwrap_or(&self.url)
    }

    /// The host of the login page, without scheme and port.
    #[must_use]
    pub fn public_host(&self) -> &str {
        self.public_url().host_str().unwrap_or_default()
    }

    /// Whose signatures count: the realm as browsers know it, with its keys where we reach it.
    #[must_use]
    pub fn issuer(&self) -> Issuer {
        let realm = |url: &Url| format!("{}/realms/{}", url.as_str().trim_end_matches('/'), self.realm);
        let mut keys_url = self.url.clone();
        let base = keys_url.path().trim_end_matches('/').to_owned();
        keys_url.set_path(&format!("{base}/realms/{}/protocol/openid-connect/certs", self.realm));
        Issuer { name: realm(self.public_url()), keys_url }
    }

    /// Where people manage their account.
    #[must_use]
    pub fn account_url(&self) -> Url {
        self.below_realm("account")
    }

    /// Where systems get their tokens.
    #[must_use]
    pub fn token_url(&self) -> Url {
        self.below_realm("protocol/openid-connect/token")
    }

    fn below_realm(&self, path: &str) -> Url {
        let mut url = self.public_url().clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/realms/{}/{path}", self.realm));
        url
    }
}
