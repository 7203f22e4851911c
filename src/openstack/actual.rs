//! What is there.

use std::collections::BTreeSet;

use super::{CloudProjectId, Wanted};
use crate::adapters::keystone::{
    Assignment, CloudService, Domain, Filter, Group, GroupRole, Keystone, KeystoneError, Limit, Project,
    RegisteredLimit, Role, User,
};

/// What Keystone holds, or the part of it that a run is about.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the names are those of the lists")]
pub struct Actual {
    pub domains: Vec<Domain>,
    pub projects: Vec<Project>,
    pub users: Vec<User>,
    pub roles: Vec<Role>,
    pub assignments: BTreeSet<Assignment>,
    pub groups: Vec<Group>,
    pub group_roles: BTreeSet<GroupRole>,
    pub services: Vec<CloudService>,
    pub registered_limits: Vec<RegisteredLimit>,
    pub limits: Vec<Limit>,
}

/// How the names of our groups begin.
const GROUPS: &str = "gatehouse-";

/// The names of a project's groups: one for each task that somebody has, or had.
fn groups_of(wanted: &Wanted, project: CloudProjectId) -> BTreeSet<String> {
    let of_project = wanted.grants.iter().filter(|grant| grant.cloud_project_id == project);
    of_project.map(|grant| project.group_of(&grant.task)).collect()
}

impl Actual {
    /// Everything: one list of each kind, whatever the number of projects.
    pub async fn everything(keystone: &dyn Keystone) -> Result<Self, KeystoneError> {
        let all = Filter::default();
        let mut actual = Self::frame(keystone).await?;
        actual.projects = keystone.projects(&all).await?;
        actual.users = keystone.users(&all).await?;
        actual.assignments = keystone.assignments(&all).await?.into_iter().collect();
        actual.limits = keystone.limits(&all).await?;
        actual.groups = keystone.groups(&all).await?;
        // Where nobody is in a group of ours, nobody needs to know who is in which.
        if actual.groups.iter().any(|group| group.name.starts_with(GROUPS)) {
            actual.group_roles = keystone.group_roles(&all).await?.into_iter().collect();
        }
        Ok(actual)
    }

    /// What concerns a few projects and users, found by their names.
    pub async fn around(keystone: &dyn Keystone, wanted: &Wanted) -> Result<Self, KeystoneError> {
        let actual = Self::frame(keystone).await?;
        let domain = |name: &str| {
            actual.domains.iter().find(|domain| domain.name == name).map(|domain| domain.id.clone())
        };
        let filter = |name: &str, domain: &str| Filter {
            name: Some(name.to_owned().into()),
            domain_id: Some(domain.to_owned()),
            ..Filter::default()
        };
        let mut users = Vec::new();
        for user in &wanted.users {
            if let Some(domain) = domain(&user.domain) {
                users.extend(keystone.users(&filter(user.name.expose(), &domain)).await?);
            }
        }
        let (mut projects, mut assignments, mut limits) = (Vec::new(), BTreeSet::new(), Vec::new());
        let (mut groups, mut group_roles) = (Vec::new(), BTreeSet::new());
        for project in &wanted.projects {
            let Some(domain) = domain(&project.domain) else { continue };
            for found in keystone.projects(&filter(&project.name, &domain)).await? {
                let of_project = Filter { project_id: Some(found.id.clone()), ..Filter::default() };
                assignments.extend(keystone.assignments(&of_project).await?);
                limits.extend(keystone.limits(&of_project).await?);
                group_roles.extend(keystone.group_roles(&of_project).await?);
                projects.push(found);
            }
            for name in groups_of(wanted, project.cloud_project_id) {
                groups.extend(keystone.groups(&filter(&name, &domain)).await?);
            }
        }
        Ok(Self { projects, users, assignments, groups, group_roles, limits, ..actual })
    }

    /// What is the same for all.
    async fn frame(keystone: &dyn Keystone) -> Result<Self, KeystoneError> {
        Ok(Self {
            domains: keystone.domains(&Filter::default()).await?,
            roles: keystone.roles().await?,
            services: keystone.services().await?,
            registered_limits: keystone.registered_limits().await?,
            ..Self::default()
        })
    }
}
