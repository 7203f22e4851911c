//! Companies, their members and who asks to become one.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::typed_id;

typed_id!(
    /// A company. It is the alias of its organisation in Keycloak and the key of its record.
    CompanyId
);

/// How a company stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Status {
    /// Claimed by somebody whose e-mail address is not proven.
    Pending,
    /// In use.
    Active,
    /// Its organisation is disabled in Keycloak.
    Disabled,
    /// Staff have suspended it. Said in its record; what it is kept as stays beside it.
    Suspended,
}

impl Status {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Suspended => "suspended",
        }
    }
}

/// What a member may do in the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Role {
    /// Manages the company.
    Admin,
    /// Uses what the company has.
    User,
}

impl Role {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::User => "user",
        }
    }
}

/// A company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Company {
    /// Its id.
    pub company_id: CompanyId,
    /// The realm its people belong to.
    pub realm: String,
    /// Its name as it was written.
    pub name: String,
    /// The comparable name it holds; none when another company holds it, or it is deleted.
    pub claim_key: Option<String>,
    /// How it stands.
    pub status: Status,
    /// Its organisation in Keycloak, once there is one.
    pub organization_id: Option<String>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When something last changed.
    pub updated_at: DateTime<Utc>,
    /// When it ended.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// A member of a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The company.
    pub company_id: CompanyId,
    /// Keycloak's id of the person.
    pub user_id: String,
    /// What they may do.
    pub role: Role,
    /// Whether Keycloak has confirmed it; until then it is wanted by us.
    pub in_keycloak: bool,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Somebody asks to be let into a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRequest {
    /// The company.
    pub company_id: CompanyId,
    /// Keycloak's id of the person.
    pub user_id: String,
    /// When they asked.
    pub requested_at: DateTime<Utc>,
}
