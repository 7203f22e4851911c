//! What Keystone holds, field by field as its API names it.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use crate::platform::masked::Masked;

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the Identity API v3")]
pub struct Domain {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub description: Option<String>,
    pub enabled: bool,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the Identity API v3")]
pub struct Project {
    pub id: String,
    pub name: String,
    pub domain_id: String,
    #[serde(default)]
    pub description: Option<String>,
    pub enabled: bool,
    #[serde(default)]
    pub tags: Vec<String>,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the Identity API v3")]
pub struct User {
    pub id: String,
    pub name: Masked<String>,
    pub domain_id: String,
    pub enabled: bool,
    #[serde(default)]
    pub email: Option<Masked<String>>,
    #[serde(default)]
    pub description: Option<Masked<String>>,
    /// Our mark: who of ours it is.
    #[serde(default)]
    pub gatehouse_id: Option<String>,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the Identity API v3")]
pub struct Role {
    pub id: String,
    pub name: String,
}

/// A role that a user, or a group, has in a project. Assignments elsewhere are not listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are those of the Identity API v3")]
pub struct Assignment {
    pub project_id: String,
    pub user_id: String,
    pub role_id: String,
}

/// A group of users.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the Identity API v3")]
pub struct Group {
    pub id: String,
    pub name: String,
    pub domain_id: String,
}

/// A group to be made.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the names are those of the Identity API v3")]
pub struct NewGroup {
    pub name: String,
    pub domain_id: String,
    pub description: String,
}

/// A role that somebody has in a project because they are in a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are those of the Identity API v3")]
pub struct GroupRole {
    pub group_id: String,
    pub user_id: String,
    pub role_id: String,
    pub project_id: String,
}

/// A service of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the Identity API v3")]
pub struct CloudService {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
}

/// What may be limited, with its default.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the Identity API v3")]
pub struct RegisteredLimit {
    pub id: String,
    pub service_id: String,
    #[serde(default)]
    pub region_id: Option<String>,
    pub resource_name: String,
    pub default_limit: i64,
}

/// A limit of a project; -1 is unlimited.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the Identity API v3")]
pub struct Limit {
    pub id: String,
    pub service_id: String,
    #[serde(default)]
    pub region_id: Option<String>,
    #[serde(default)]
    pub project_id: Option<String>,
    pub resource_name: String,
    pub resource_limit: i64,
}

/// A domain to be made.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the names are those of the Identity API v3")]
pub struct NewDomain {
    pub name: String,
    pub description: String,
}

/// A project to be made.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the names are those of the Identity API v3")]
pub struct NewProject {
    pub name: String,
    pub domain_id: String,
    pub description: String,
    pub enabled: bool,
    pub tags: Vec<String>,
}

/// What is to change of a project.
#[derive(Debug, Clone, Default, Serialize, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the Identity API v3")]
pub struct ProjectChange {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
}

/// A user to be made.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the names are those of the Identity API v3")]
pub struct NewUser {
    pub name: Masked<String>,
    pub domain_id: String,
    pub enabled: bool,
    pub email: Masked<String>,
    pub description: Masked<String>,
    /// Our mark: who of ours it is.
    pub gatehouse_id: String,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub password: Option<SecretString>,
    /// Who they are at an identity provider, so that their roles are ready before the first login.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub federated: Vec<Federated>,
}

/// Where a federated user comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the Identity API v3")]
pub struct Federated {
    pub idp_id: String,
    pub protocols: Vec<FederatedProtocol>,
}

/// By which protocol, and under which id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the Identity API v3")]
pub struct FederatedProtocol {
    pub protocol_id: String,
    pub unique_id: String,
}

/// What is to change of a user.
#[derive(Debug, Clone, Default, Serialize)]
#[expect(missing_docs, reason = "the names are those of the Identity API v3")]
pub struct UserChange {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub password: Option<SecretString>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gatehouse_id: Option<String>,
}

#[expect(clippy::ref_option, reason = "serde hands fields over so")]
fn exposed<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(serializer)
}
