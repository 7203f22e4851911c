//! A system, and what can be asked about one.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

use crate::access::{AccessError, Denied, Power};

/// A system that was not revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow, ToSchema)]
pub struct System {
    /// By what it signs in.
    pub client_id: String,
    /// How people call it.
    pub name: String,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Since when Keycloak has it; before it cannot sign in.
    pub made_at: Option<DateTime<Utc>>,
    /// When its secret was made last.
    pub secret_at: Option<DateTime<Utc>>,
}

/// A system to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSystem {
    /// How people call it: 1 to 100 characters.
    pub name: String,
    /// What it may look at.
    pub powers: Vec<Power>,
}

/// Why a use case was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum SystemsError {
    /// The caller may not, or may not give this.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A field, and what is expected there.
    #[error("{0}: expected {1}")]
    Invalid(&'static str, &'static str),
    /// As many as there may be.
    #[error("too many systems")]
    TooMany,
    /// Keycloak does not have it yet.
    #[error("the system is still being made")]
    NotYet,
    /// Keycloak did not do its part.
    #[error("Keycloak did not do its part")]
    Unavailable,
}

impl From<Denied> for SystemsError {
    fn from(denied: Denied) -> Self {
        Self::Access(denied.into())
    }
}

impl From<sqlx::Error> for SystemsError {
    fn from(error: sqlx::Error) -> Self {
        Self::Access(error.into())
    }
}
