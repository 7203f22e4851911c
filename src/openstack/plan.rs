//! What a run would do, and what it found and leaves alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CloudProjectId, CloudUserId};
use crate::adapters::keystone::QuotaService;

/// One step towards what is wanted. Steps name things by our ids, because Keystone's may not be known yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "repair", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Repair {
    CreateDomain {
        name: String,
    },
    /// It is there and bears our mark: its id is noted.
    NoteProject {
        project: CloudProjectId,
        keystone_id: String,
    },
    CreateProject {
        project: CloudProjectId,
        name: String,
    },
    /// Its mark, its description or whether it may be used.
    ChangeProject {
        project: CloudProjectId,
        name: String,
    },
    NoteUser {
        user: CloudUserId,
        keystone_id: String,
    },
    CreateUser {
        user: CloudUserId,
    },
    /// Its mark, or whether it may sign in.
    ChangeUser {
        user: CloudUserId,
    },
    Grant {
        project: CloudProjectId,
        user: CloudUserId,
        role: String,
    },
    Revoke {
        project: CloudProjectId,
        user: CloudUserId,
        role: String,
    },
    /// The group of whoever has this task.
    CreateGroup {
        project: CloudProjectId,
        task: String,
    },
    GrantToGroup {
        project: CloudProjectId,
        task: String,
        role: String,
    },
    Join {
        project: CloudProjectId,
        task: String,
        user: CloudUserId,
    },
    Leave {
        project: CloudProjectId,
        task: String,
        user: CloudUserId,
    },
    SetLimit(LimitRepair),
    SetQuotas {
        project: CloudProjectId,
        service: QuotaService,
        values: BTreeMap<String, i64>,
    },
    /// Made by somebody else, and its end was approved.
    RevokeForeign {
        project_id: String,
        user_id: String,
        role_id: String,
    },
    RemoveForeignMember {
        group_id: String,
        user_id: String,
    },
    DisableForeignProject {
        project_id: String,
    },
    DisableForeignUser {
        user_id: String,
    },
}

/// A unified limit of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct LimitRepair {
    pub project: CloudProjectId,
    pub service: QuotaService,
    /// Our name of the resource.
    pub resource: String,
    /// Keystone's name of it.
    pub resource_name: String,
    pub service_id: String,
    pub region_id: Option<String>,
    /// The limit, if there is one already.
    pub limit_id: Option<String>,
    pub from: Option<i64>,
    /// What holds for the project now, by a limit of its own or by what is registered for all.
    pub has: i64,
    pub to: i64,
}

/// Something that is there and that nobody here wanted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Finding {
    /// A role in a project of ours that somebody gave by hand. Approval takes it back.
    ForeignAssignment { project_id: String, project: String, user_id: String, role_id: String, role: String },
    /// Somebody in a group of ours whom others put there. Approval takes them out.
    ForeignMember { group_id: String, project: String, task: String, user_id: String },
    /// A project of that name is there without our mark. Approval makes it ours.
    ProjectNameTaken { project: CloudProjectId, name: String, project_id: String },
    /// A user of that name is there without our mark. Approval makes it ours.
    UserNameTaken { user: CloudUserId, user_id: String },
    /// A project in a company's own domain that somebody made by hand. Approval disables it.
    ForeignProject { project_id: String, name: String },
    /// A user in a company's own domain that somebody made by hand. Approval disables it.
    ForeignUser { user_id: String },
    /// A task stands for a role that Keystone does not have.
    RoleMissing { role: String },
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ForeignAssignment { project, user_id, role, .. } => {
                write!(f, "user {user_id} has the role {role} in {project}, given by hand")
            }
            Self::ForeignMember { project, task, user_id, .. } => {
                write!(f, "user {user_id} is in the group of {task} in {project}, put there by hand")
            }
            Self::ProjectNameTaken { name, project_id, .. } => {
                write!(f, "a project {name} ({project_id}) was made by hand")
            }
            Self::UserNameTaken { user_id, .. } => {
                write!(f, "a user of that name ({user_id}) was made by hand")
            }
            Self::ForeignProject { project_id, name } => {
                write!(f, "the project {name} ({project_id}) was made by hand")
            }
            Self::ForeignUser { user_id } => write!(f, "the user {user_id} was made by hand"),
            Self::RoleMissing { role } => write!(f, "Keystone has no role {role}"),
        }
    }
}

impl Finding {
    /// Whether what is wanted cannot be there because of it.
    #[must_use]
    pub fn stops_provisioning(&self) -> bool {
        matches!(self, Self::ProjectNameTaken { .. } | Self::UserNameTaken { .. } | Self::RoleMissing { .. })
    }

    /// The same for the same thing, pass after pass.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        match self {
            Self::ForeignAssignment { project_id, user_id, role_id, .. } => {
                format!("assignment/{project_id}/{user_id}/{role_id}")
            }
            Self::ForeignMember { group_id, user_id, .. } => format!("member/{group_id}/{user_id}"),
            Self::ProjectNameTaken { project_id, .. } => format!("project-name/{project_id}"),
            Self::UserNameTaken { user_id, .. } => format!("user-name/{user_id}"),
            Self::ForeignProject { project_id, .. } => format!("project/{project_id}"),
            Self::ForeignUser { user_id } => format!("user/{user_id}"),
            Self::RoleMissing { role } => format!("role/{role}"),
        }
    }
}

/// What a run would do, and what it would leave alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// In their order.
    pub repairs: Vec<Repair>,
    /// Sorted.
    pub findings: Vec<Finding>,
}
