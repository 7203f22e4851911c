//! `stack.json`: what other programs may know of a running stack.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use super::ports::Ports;
use super::secrets::Secrets;
use crate::layout::write_private;
use crate::parts::gatehouse::{SERVICE_CLIENT, database_url};
use crate::parts::keycloak::{self, REALM};
use crate::parts::keystone;

/// Where everything is and how to sign in. Field names are a contract.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it, and the contract of `stack.json` documents them")]
pub struct Description {
    pub keycloak_url: String,
    pub keycloak_management_url: String,
    pub realm: String,
    pub gatehouse_url: String,
    pub kafka_bootstrap: String,
    pub postgres_url: String,
    pub inbox_url: String,
    pub webhook_secret: String,
    pub keycloak_admin: Login,
    pub staff: Login,
    pub service_client: Client,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keystone: Option<KeystoneLogin>,
}

/// A user name and a password.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Login {
    pub username: String,
    pub password: String,
}

/// Where Keystone is and how its administrator signs in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct KeystoneLogin {
    pub auth_url: String,
    pub username: String,
    pub password: String,
    pub project: String,
}

impl KeystoneLogin {
    fn new(ports: &Ports, secrets: &Secrets) -> Self {
        Self {
            auth_url: ports.keystone_url(),
            username: keystone::ADMIN.to_owned(),
            password: secrets.keystone_admin.clone(),
            project: keystone::ADMIN_PROJECT.to_owned(),
        }
    }
}

/// A client's id and secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Client {
    pub client_id: String,
    pub client_secret: String,
}

impl Description {
    pub(super) fn new(ports: &Ports, secrets: &Secrets, with_keystone: bool) -> Self {
        Self {
            keycloak_url: ports.keycloak_url(),
            keycloak_management_url: format!("http://127.0.0.1:{}", ports.keycloak_management),
            realm: REALM.to_owned(),
            gatehouse_url: ports.gatehouse_url(),
            kafka_bootstrap: ports.kafka_bootstrap(),
            postgres_url: database_url(ports, secrets),
            inbox_url: ports.inbox_url(),
            webhook_secret: secrets.webhook.clone(),
            keycloak_admin: Login {
                username: keycloak::ADMIN.to_owned(),
                password: secrets.keycloak_admin.clone(),
            },
            staff: Login { username: keycloak::STAFF.to_owned(), password: secrets.staff.clone() },
            service_client: Client {
                client_id: SERVICE_CLIENT.to_owned(),
                client_secret: secrets.service_client.clone(),
            },
            keystone: with_keystone.then(|| KeystoneLogin::new(ports, secrets)),
        }
    }

    /// Reads a `stack.json`.
    pub fn read(path: &Path) -> Result<Self> {
        read(path)
    }

    pub(super) fn write(&self, path: &Path) -> Result<()> {
        write_private(path, &serde_json::to_string_pretty(self)?)
    }
}

/// What only tests need to know beside `stack.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Endpoints {
    /// PostgreSQL as its superuser, who may make databases.
    pub postgres_admin_url: String,
    /// Where Kafka clients start.
    pub kafka_bootstrap: String,
    /// The page and API of the inbox.
    pub inbox_url: String,
    /// Where mail for the inbox goes, on the loopback interface.
    pub smtp_port: u16,
    /// Keystone, if there is one.
    #[serde(default)]
    pub keystone: Option<KeystoneLogin>,
    /// The ports of Nova, Neutron and Cinder, if they are there.
    #[serde(default)]
    pub quota_services: [u16; 3],
}

impl Endpoints {
    pub(super) fn new(ports: &Ports, secrets: &Secrets, with_keystone: bool) -> Self {
        Self {
            postgres_admin_url: format!(
                "postgres://postgres:{}@127.0.0.1:{}/postgres",
                secrets.postgres_admin, ports.postgres
            ),
            kafka_bootstrap: format!("127.0.0.1:{}", ports.kafka),
            inbox_url: ports.inbox_url(),
            smtp_port: ports.smtp,
            keystone: with_keystone.then(|| KeystoneLogin::new(ports, secrets)),
            quota_services: ports.quota_services,
        }
    }

    /// Keycloak's own database, as PostgreSQL's superuser.
    #[must_use]
    pub fn keycloak_database(&self) -> String {
        format!("{}/keycloak", self.postgres_admin_url.trim_end_matches("/postgres"))
    }

    /// Reads an `endpoints.json`.
    pub fn read(path: &Path) -> Result<Self> {
        read(path)
    }

    pub(super) fn write(&self, path: &Path) -> Result<()> {
        write_private(path, &serde_json::to_string_pretty(self)?)
    }
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not what was expected", path.display()))
}
