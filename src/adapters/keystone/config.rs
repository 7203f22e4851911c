//! Where Keystone is and as whom we call it.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::platform::config::{Findings, Profile};

/// Where Keystone is and as whom we call it. Without `auth_url` there is no OpenStack.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeystoneConfig {
    /// Its public address with the version, for example `https://keystone.example/v3`.
    pub auth_url: Option<Url>,
    /// The account, when it is a user with a password.
    pub username: Option<String>,
    /// The domain of that user, by name.
    pub user_domain: String,
    /// The user's password.
    pub password: Option<SecretString>,
    /// The account, when it is an application credential (preferred: it can be limited and rotated).
    pub application_credential_id: Option<String>,
    /// Its secret.
    pub application_credential_secret: Option<SecretString>,
    /// The project of administrators, by name: whoever can have a token for it may make first-password links.
    pub admin_project: String,
    /// The id of that project's domain.
    pub admin_project_domain_id: String,
    /// The region of limits and of the services' addresses.
    pub region: String,
    /// Which of the catalogue's addresses is called: `public`, `internal` or `admin`.
    pub interface: String,
    /// Items of one page of a list, 1 to 1000.
    pub page: usize,
    /// How long one call may take, 1 to 60 seconds.
    pub timeout_seconds: u64,
}

/// As whom we sign in.
#[derive(Debug, Clone)]
pub enum KeystoneAccount {
    /// A user in the project of administrators.
    Password {
        /// Its name.
        username: String,
        /// The name of its domain.
        domain: String,
        /// Its password.
        password: SecretString,
    },
    /// An application credential; its project is its own.
    ApplicationCredential {
        /// Its id.
        id: String,
        /// Its secret.
        secret: SecretString,
    },
}

impl KeystoneConfig {
    /// Whether there is an OpenStack.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        self.auth_url.is_some()
    }

    /// The account, if exactly one is given.
    #[must_use]
    pub fn account(&self) -> Option<KeystoneAccount> {
        let user = self.username.clone().zip(self.password.clone());
        let credential =
            self.application_credential_id.clone().zip(self.application_credential_secret.clone());
        match (user, credential) {
            (Some((username, password)), None) => {
                Some(KeystoneAccount::Password { username, domain: self.user_domain.clone(), password })
            }
            (None, Some((id, secret))) => Some(KeystoneAccount::ApplicationCredential { id, secret }),
            _ => None,
        }
    }

    /// Adds what is wrong with this section to `findings`.
    pub fn validate(&self, profile: Profile, findings: &mut Findings) {
        let Some(url) = &self.auth_url else { return };
        let scheme = url.scheme();
        findings.expect(
            scheme == "https" || scheme == "http" && profile == Profile::Development,
            "keystone.auth_url",
            "an https address (http only in the development profile)",
        );
        findings.expect(
            url.path().trim_end_matches('/').ends_with("/v3"),
            "keystone.auth_url",
            "an address that ends in /v3",
        );
        findings.expect(
            self.account().is_some(),
            "keystone.application_credential_id",
            "an application credential with its secret, or keystone.username and keystone.password",
        );
        findings.expect(!self.admin_project.is_empty(), "keystone.admin_project", "the name of a project");
        findings.expect(
            matches!(self.interface.as_str(), "public" | "internal" | "admin"),
            "keystone.interface",
            "public, internal or admin",
        );
        findings.expect((1..=1000).contains(&self.page), "keystone.page", "1 to 1000");
        findings.expect(
            (1..=60).contains(&self.timeout_seconds),
            "keystone.timeout_seconds",
            "1 to 60 seconds",
        );
    }

    /// The scope of administrators.
    pub(super) fn admin_scope(&self) -> Value {
        json!({"project": {"name": self.admin_project, "domain": {"id": self.admin_project_domain_id}}})
    }
}

impl KeystoneAccount {
    /// The body of a request for a token.
    pub(super) fn request(&self, scope: &Value) -> Value {
        match self {
            Self::Password { username, domain, password } => json!({"auth": {
                "identity": {"methods": ["password"], "password": {"user": {
                    "name": username, "domain": {"name": domain}, "password": password.expose_secret(),
                }}},
                "scope": scope,
            }}),
            Self::ApplicationCredential { id, secret } => json!({"auth": {
                "identity": {"methods": ["application_credential"], "application_credential": {
                    "id": id, "secret": secret.expose_secret(),
                }},
            }}),
        }
    }
}
