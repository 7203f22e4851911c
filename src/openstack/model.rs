//! What is wanted.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{adapters::keystone::QuotaService, platform::masked::Masked, typed_id};

typed_id!(
    /// A project that is wanted, whether or not it is there.
    CloudProjectId
);
typed_id!(
    /// A user that is wanted, whether or not it is there.
    CloudUserId
);

impl CloudProjectId {
    /// The tag by which the project is known in Keystone (no comma, no slash: Identity API v3, project tags).
    #[must_use]
    pub fn tag(self) -> String {
        format!("gatehouse:{self}")
    }

    /// The name of the group of whoever has this task; at most 64 characters with a task of at most
    /// [`super::config::LONGEST_TASK`].
    #[must_use]
    pub fn group_of(self, task: &str) -> String {
        format!("gatehouse-{self}-{task}")
    }
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct CloudProject {
    /// Our id of it.
    pub cloud_project_id: CloudProjectId,
    /// Whose it is.
    pub company_id: Option<Uuid>,
    /// The name of its domain.
    pub domain: String,
    /// Its name, unique in the domain whatever the case.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Who answers for it.
    pub contact_name: Option<Masked<String>>,
    /// Where they are reached.
    pub contact_email: Option<Masked<String>>,
    /// Whether it may be used.
    pub enabled: bool,
    /// When it ends.
    pub ends_at: Option<DateTime<Utc>>,
    /// Keystone's id of it, once it is there.
    pub keystone_id: Option<String>,
    /// Why the last attempt to bring it about failed.
    pub failure: Option<String>,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct CloudUser {
    /// Our id of it.
    pub cloud_user_id: CloudUserId,
    /// Keycloak's id of the person.
    pub user_id: Option<String>,
    /// The name of its domain.
    pub domain: String,
    /// The name to sign in with: the e-mail address.
    pub name: Masked<String>,
    /// The address on file.
    pub email: Masked<String>,
    /// The person's name.
    pub full_name: Masked<String>,
    /// Whether it may sign in.
    pub enabled: bool,
    /// Keystone's id of it, once it is there.
    pub keystone_id: Option<String>,
    /// Why the last attempt to bring it about failed.
    pub failure: Option<String>,
}

/// A task of a user in a project.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize)]
pub struct Grant {
    /// Where.
    pub cloud_project_id: CloudProjectId,
    /// Who.
    pub cloud_user_id: CloudUserId,
    /// What: a key of `openstack.tasks`.
    pub task: String,
    /// Whether they shall have it; if not, they had it once.
    pub is_wanted: bool,
}

/// A quota of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// Which project.
    pub cloud_project_id: CloudProjectId,
    /// Which service.
    pub service: QuotaService,
    /// What of it.
    pub resource: String,
    /// How much; -1 is unlimited, RAM is in MB.
    pub wanted: i64,
    /// Whether more than that is fine, too: then it is raised, and never lowered.
    pub is_floor: bool,
    /// What was set last.
    pub applied: Option<i64>,
}

impl Quota {
    /// Whether this much is as it is wanted.
    #[must_use]
    pub fn is_met_by(&self, held: i64) -> bool {
        held == self.wanted || self.is_floor && (held == -1 || self.wanted != -1 && held >= self.wanted)
    }
}

/// Everything that is wanted, or the part of it that a run is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The projects.
    pub projects: Vec<CloudProject>,
    /// The users.
    pub users: Vec<CloudUser>,
    /// Who may do what.
    pub grants: Vec<Grant>,
    /// How much.
    pub quotas: Vec<Quota>,
    /// Fingerprints of findings whose end was approved.
    pub approved: BTreeSet<String>,
}
