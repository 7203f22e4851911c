//! Keycloak's administration, as far as this service needs it.
//!
//! Every call is idempotent: asking for what is there already is no error, because jobs repeat.

mod administration;
mod client;
mod config;
mod memory;
mod people;
mod systems;
mod token;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use crate::platform::masked::Masked;

pub use administration::{Administration, Invitee};
pub use client::KeycloakClient;
pub use config::KeycloakConfig;
pub use memory::{MemoryKeycloak, State as MemoryState};
pub use systems::Systems;

/// The most users, or organisations, of one request to have their state sent again.
pub const RESYNC_BATCH: usize = 1000;

/// What we ask of Keycloak.
#[async_trait]
pub trait Keycloak: Administration + Systems {
    /// The organisation of this alias, made with the name if it does not exist. Returns its id.
    async fn ensure_organization(&self, alias: &str, name: &str) -> Result<String, KeycloakError>;

    /// Makes a person a member of an organisation.
    async fn ensure_member(&self, organization_id: &str, user_id: &str) -> Result<(), KeycloakError>;

    /// Gives a person a role of the people's client.
    async fn ensure_role(&self, user_id: &str, role: &str) -> Result<(), KeycloakError>;

    /// Changes what is given of a person, and leaves the rest as it is.
    async fn change_person(&self, user_id: &str, change: &PersonChange) -> Result<(), KeycloakError>;

    /// Deletes a person.
    async fn delete_person(&self, user_id: &str) -> Result<(), KeycloakError>;

    /// A person's sessions in browsers, in no order.
    async fn sessions(&self, user_id: &str) -> Result<Vec<SessionInfo>, KeycloakError>;

    /// Ends a session.
    async fn end_session(&self, session_id: &str) -> Result<(), KeycloakError>;

    /// Takes away the credential that stands for a second factor of ours, when the person has it.
    async fn remove_factor(&self, user_id: &str, factor_id: &str) -> Result<(), KeycloakError>;

    /// Sets a person's password for good. [`KeycloakError::Refused`] with 400 when the realm's rules refuse it.
    async fn set_password(&self, user_id: &str, password: &SecretString) -> Result<(), KeycloakError>;

    /// People by ascending id, from the one after `after`; each as in an event.
    async fn users(&self, after: Option<&str>) -> Result<Page, KeycloakError>;

    /// What an attribute of people says, of those who have it, by ascending id from the one after `after`.
    async fn attribute(&self, name: &str, after: Option<&str>) -> Result<AttributePage, KeycloakError>;

    /// Organisations by ascending id, from the one after `after`, each with the ids of its members.
    async fn organizations(&self, after: Option<&str>) -> Result<Page, KeycloakError>;

    /// Has the present states of these sent through the stream of events, at most [`RESYNC_BATCH`] each.
    async fn send_again(&self, users: &[String], organizations: &[String]) -> Result<(), KeycloakError>;
}

/// What to change of a person; what is none stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonChange {
    /// Given name.
    pub first_name: Option<Masked<String>>,
    /// Family name.
    pub last_name: Option<Masked<String>>,
    /// BCP 47, as Keycloak writes it.
    pub locale: Option<String>,
    /// What they sign in with; it counts as proven.
    pub email: Option<Masked<String>>,
}

/// A session in a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionInfo {
    /// Keycloak's id.
    pub session_id: String,
    /// Where the browser is.
    pub ip_address: Option<String>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was last used.
    pub seen_at: Option<DateTime<Utc>>,
    /// The applications it was used for.
    pub applications: Vec<String>,
}

/// A page of a list.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Page {
    /// The items as JSON.
    pub items: Vec<Value>,
    /// The id to go on after; none at the end.
    pub next: Option<String>,
}

/// A page of what an attribute says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct AttributePage {
    /// Those who have it.
    pub items: Vec<AttributeValue>,
    /// The id to go on after; none at the end.
    pub next: Option<String>,
}

/// What an attribute says of one person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AttributeValue {
    /// Keycloak's id of the person.
    #[serde(rename = "id")]
    pub user_id: String,
    /// Its first value.
    pub value: Masked<String>,
}

/// Keycloak did not do it. The text names no person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeycloakError {
    /// It cannot be reached, or did not answer in time.
    #[error("Keycloak does not answer")]
    Unreachable,
    /// It does not know our client or secret, or the client lacks a role.
    #[error("Keycloak refuses our client ({0})")]
    Forbidden(u16),
    /// What the call is about does not exist.
    #[error("Keycloak does not know it (404)")]
    NotFound,
    /// Something of the same name exists.
    #[error("Keycloak has something else of that name (409)")]
    Conflict,
    /// It answered otherwise.
    #[error("Keycloak answered {0}")]
    Refused(u16),
    /// It answered with something that we cannot read.
    #[error("Keycloak's answer cannot be read")]
    Unreadable,
}

impl KeycloakError {
    fn of_status(status: u16) -> Self {
        match status {
            401 | 403 => Self::Forbidden(status),
            404 => Self::NotFound,
            409 => Self::Conflict,
            _ => Self::Refused(status),
        }
    }
}
