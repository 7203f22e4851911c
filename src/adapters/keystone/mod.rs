//! OpenStack as far as this service needs it: identity (Keystone's API v3) and the quotas of the services that keep
//! their own.
//!
//! Lists come whole, whatever the size of Keystone's pages. What is made carries a mark of ours, so that a run that
//! was cut off finds what it made.

mod client;
mod config;
mod lists;
mod memory;
mod quota_sets;
mod token;
mod types;

use std::collections::BTreeMap;

use async_trait::async_trait;
use secrecy::SecretString;

pub use client::{KeystoneClient, NoClient};
pub use config::{KeystoneAccount, KeystoneConfig};
pub use memory::{MemoryKeystone, State};
pub use quota_sets::QuotaService;
pub use types::{
    Assignment, CloudService, Domain, Federated, FederatedProtocol, Group, GroupRole, Limit, NewDomain,
    NewGroup, NewProject, NewUser, Project, ProjectChange, RegisteredLimit, Role, User, UserChange,
};

use crate::platform::masked::Masked;

/// What a list is narrowed to; empty means everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The domain it belongs to.
    pub domain_id: Option<String>,
    /// Its exact name.
    pub name: Option<Masked<String>>,
    /// The project that it is about (assignments and limits).
    pub project_id: Option<String>,
}

/// What we ask of OpenStack. Names are unique in their domain, so making something twice is a [`KeystoneError::Conflict`].
#[async_trait]
pub trait Keystone: Send + Sync {
    /// Domains.
    async fn domains(&self, filter: &Filter) -> Result<Vec<Domain>, KeystoneError>;
    /// Projects, without the domains that are projects too.
    async fn projects(&self, filter: &Filter) -> Result<Vec<Project>, KeystoneError>;
    /// Users, local and federated.
    async fn users(&self, filter: &Filter) -> Result<Vec<User>, KeystoneError>;
    /// Roles.
    async fn roles(&self) -> Result<Vec<Role>, KeystoneError>;
    /// Who has which role where, as assigned (groups and inheritance are not followed).
    async fn assignments(&self, filter: &Filter) -> Result<Vec<Assignment>, KeystoneError>;
    /// Groups.
    async fn groups(&self, filter: &Filter) -> Result<Vec<Group>, KeystoneError>;
    /// The roles that people have in projects by being in a group, group by group; inherited and implied ones are left
    /// out. One call shows who is in which group, as far as the group has a role.
    async fn group_roles(&self, filter: &Filter) -> Result<Vec<GroupRole>, KeystoneError>;
    /// The services of the catalogue.
    async fn services(&self) -> Result<Vec<CloudService>, KeystoneError>;
    /// What may be limited, with its default.
    async fn registered_limits(&self) -> Result<Vec<RegisteredLimit>, KeystoneError>;
    /// The limits of projects.
    async fn limits(&self, filter: &Filter) -> Result<Vec<Limit>, KeystoneError>;

    /// Makes a domain.
    async fn create_domain(&self, domain: &NewDomain) -> Result<Domain, KeystoneError>;
    /// Makes a project.
    async fn create_project(&self, project: &NewProject) -> Result<Project, KeystoneError>;
    /// Changes what is given of a project.
    async fn change_project(&self, id: &str, change: &ProjectChange) -> Result<(), KeystoneError>;
    /// Makes a user, local or federated.
    async fn create_user(&self, user: &NewUser) -> Result<User, KeystoneError>;
    /// Changes what is given of a user; a password is set without the old one.
    async fn change_user(&self, id: &str, change: &UserChange) -> Result<(), KeystoneError>;
    /// Gives a user a role in a project; giving it twice is no error.
    async fn grant(&self, user_id: &str, role_id: &str, project_id: &str) -> Result<(), KeystoneError>;
    /// Takes it back; when it is not there that is no error.
    async fn revoke(&self, user_id: &str, role_id: &str, project_id: &str) -> Result<(), KeystoneError>;
    /// Makes a group.
    async fn create_group(&self, group: &NewGroup) -> Result<Group, KeystoneError>;
    /// Gives a group a role in a project; giving it twice is no error.
    async fn grant_to_group(
        &self,
        group_id: &str,
        role_id: &str,
        project_id: &str,
    ) -> Result<(), KeystoneError>;
    /// Puts a user into a group; twice is no error.
    async fn join(&self, group_id: &str, user_id: &str) -> Result<(), KeystoneError>;
    /// Takes a user out of a group; one who is not in it is no error.
    async fn leave(&self, group_id: &str, user_id: &str) -> Result<(), KeystoneError>;
    /// Makes a limit of a project; its `id` is left out of account.
    async fn create_limit(&self, limit: &Limit) -> Result<(), KeystoneError>;
    /// Changes the value of a limit.
    async fn change_limit(&self, id: &str, value: i64) -> Result<(), KeystoneError>;

    /// The quotas of a project in a service that keeps its own; none when the catalogue has no such service.
    async fn quota_set(
        &self,
        service: QuotaService,
        project_id: &str,
    ) -> Result<Option<BTreeMap<String, i64>>, KeystoneError>;
    /// Sets these quotas of a project in a service, in one call.
    async fn set_quota_set(
        &self,
        service: QuotaService,
        project_id: &str,
        values: &BTreeMap<String, i64>,
    ) -> Result<(), KeystoneError>;

    /// Whether a token that somebody else brought can be scoped to the project of administrators.
    async fn is_administrator(&self, token: &SecretString) -> Result<bool, KeystoneError>;
    /// Whether this is the user's password; nothing is changed.
    async fn knows_password(&self, user_id: &str, password: &SecretString) -> Result<bool, KeystoneError>;
    /// Signs in as the user and changes the password, without any right of ours.
    /// [`KeystoneError::Forbidden`] when `old` is not the password.
    async fn change_own_password(
        &self,
        user_id: &str,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<(), KeystoneError>;
}

/// OpenStack did not do it. The text names no person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeystoneError {
    /// It cannot be reached, or did not answer in time.
    #[error("OpenStack does not answer")]
    Unreachable,
    /// It does not know the account, or the account lacks a role.
    #[error("OpenStack refuses the account ({0})")]
    Forbidden(u16),
    /// What the call is about does not exist.
    #[error("OpenStack does not know it (404)")]
    NotFound,
    /// Something of the same name exists.
    #[error("OpenStack has something of that name (409)")]
    Conflict,
    /// It answered otherwise; 400 also for a password that its rules refuse.
    #[error("OpenStack answered {0}")]
    Refused(u16),
    /// It answered with something that we cannot read.
    #[error("OpenStack's answer cannot be read")]
    Unreadable,
}

impl KeystoneError {
    pub(super) fn of_status(status: u16) -> Self {
        match status {
            401 | 403 => Self::Forbidden(status),
            404 => Self::NotFound,
            409 => Self::Conflict,
            _ => Self::Refused(status),
        }
    }

    /// Whether the same call may succeed later without anybody changing it.
    #[must_use]
    pub fn is_transient(self) -> bool {
        match self {
            Self::Unreachable | Self::Forbidden(_) => true,
            Self::Refused(status) => status >= 500 || status == 429,
            Self::NotFound | Self::Conflict | Self::Unreadable => false,
        }
    }
}
