//! Repairs, one by one. Each is safe to repeat, and is noted as soon as it is done.

use std::collections::{BTreeMap, HashMap};

use super::{Actual, CloudProjectId, CloudUserId, LimitRepair, OpenStack, Repair, Wanted, store};
use crate::{
    adapters::keystone::{
        Keystone, KeystoneError, Limit, NewDomain, NewGroup, NewProject, NewUser, ProjectChange,
        QuotaService, UserChange,
    },
    companies::COMPANIES_STREAM,
    directory::PEOPLE_STREAM,
    platform::changed_keys,
};

/// Why a run ended early, or a repair was left.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error(transparent)]
    OpenStack(#[from] KeystoneError),
    #[error("{0}")]
    Database(String),
    /// What the repair needs is not there: an earlier one failed.
    #[error("something it needs is not there yet")]
    Missing,
}

impl From<sqlx::Error> for Broken {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(crate::platform::db::describe(&error))
    }
}

impl Broken {
    pub fn is_transient(&self) -> bool {
        match self {
            Self::OpenStack(error) => error.is_transient(),
            Self::Database(_) => true,
            Self::Missing => false,
        }
    }
}

/// What is known by the time a repair is made.
pub(super) struct Hand<'a> {
    pub openstack: &'a OpenStack,
    pub keystone: &'a dyn Keystone,
    pub wanted: &'a Wanted,
    pub domains: HashMap<String, String>,
    pub roles: HashMap<String, String>,
    pub projects: HashMap<CloudProjectId, String>,
    pub users: HashMap<CloudUserId, String>,
    /// By their names.
    pub groups: HashMap<String, String>,
}

impl<'a> Hand<'a> {
    /// What is known at first: what is there and bears our mark.
    pub fn new(openstack: &'a OpenStack, wanted: &'a Wanted, actual: &Actual) -> Self {
        let by_tag: HashMap<&str, &str> = actual
            .projects
            .iter()
            .flat_map(|project| project.tags.iter().map(|tag| (tag.as_str(), project.id.as_str())))
            .collect();
        let by_mark: HashMap<&str, &str> = actual
            .users
            .iter()
            .filter_map(|user| Some((user.gatehouse_id.as_deref()?, user.id.as_str())))
            .collect();
        let projects = wanted.projects.iter().filter_map(|project| {
            let id = project.cloud_project_id;
            Some((id, (*by_tag.get(id.tag().as_str())?).to_owned()))
        });
        let users = wanted.users.iter().filter_map(|user| {
            let id = user.cloud_user_id;
            Some((id, (*by_mark.get(id.to_string().as_str())?).to_owned()))
        });
        Self {
            openstack,
            keystone: openstack.keystone(),
            wanted,
            domains: actual.domains.iter().map(|domain| (domain.name.clone(), domain.id.clone())).collect(),
            roles: actual.roles.iter().map(|role| (role.name.clone(), role.id.clone())).collect(),
            projects: projects.collect(),
            users: users.collect(),
            groups: actual.groups.iter().map(|group| (group.name.clone(), group.id.clone())).collect(),
        }
    }

    pub async fn make(&mut self, repair: &Repair) -> Result<(), Broken> {
        match repair {
            Repair::CreateDomain { name } => self.create_domain(name).await,
            Repair::NoteProject { project, keystone_id } => self.note_project(*project, keystone_id).await,
            Repair::CreateProject { project, .. } => self.create_project(*project).await,
            Repair::ChangeProject { project, .. } => self.change_project(*project).await,
            Repair::NoteUser { user, keystone_id } => self.note_user(*user, keystone_id).await,
            Repair::CreateUser { user } => self.create_user(*user).await,
            Repair::ChangeUser { user } => self.change_user(*user).await,
            Repair::Grant { project, user, role } => {
                let (project, user, role) = self.place(*project, *user, role)?;
                Ok(self.keystone.grant(user, role, project).await?)
            }
            Repair::Revoke { project, user, role } => {
                let (project, user, role) = self.place(*project, *user, role)?;
                Ok(self.keystone.revoke(user, role, project).await?)
            }
            Repair::CreateGroup { project, task } => self.create_group(*project, task).await,
            Repair::GrantToGroup { project, task, role } => {
                let group = self.group(*project, task)?;
                let role = self.roles.get(role).ok_or(Broken::Missing)?;
                let place = self.projects.get(project).ok_or(Broken::Missing)?;
                Ok(self.keystone.grant_to_group(group, role, place).await?)
            }
            Repair::Join { project, task, user } => {
                let user = self.users.get(user).ok_or(Broken::Missing)?;
                Ok(self.keystone.join(self.group(*project, task)?, user).await?)
            }
            Repair::Leave { project, task, user } => {
                let user = self.users.get(user).ok_or(Broken::Missing)?;
                Ok(self.keystone.leave(self.group(*project, task)?, user).await?)
            }
            Repair::SetLimit(limit) => self.set_limit(limit).await,
            Repair::SetQuotas { project, service, values } => {
                self.set_quotas(*project, *service, values).await
            }
            Repair::RevokeForeign { project_id, user_id, role_id } => {
                Ok(self.keystone.revoke(user_id, role_id, project_id).await?)
            }
            Repair::RemoveForeignMember { group_id, user_id } => {
                Ok(self.keystone.leave(group_id, user_id).await?)
            }
            Repair::DisableForeignProject { project_id } => {
                let change = ProjectChange { enabled: Some(false), ..ProjectChange::default() };
                Ok(self.keystone.change_project(project_id, &change).await?)
            }
            Repair::DisableForeignUser { user_id } => {
                let change = UserChange { enabled: Some(false), ..UserChange::default() };
                Ok(self.keystone.change_user(user_id, &change).await?)
            }
        }
    }

    fn place(
        &self,
        project: CloudProjectId,
        user: CloudUserId,
        role: &str,
    ) -> Result<(&str, &str, &str), Broken> {
        let ids = (self.projects.get(&project), self.users.get(&user), self.roles.get(role));
        let (Some(project), Some(user), Some(role)) = ids else { return Err(Broken::Missing) };
        Ok((project, user, role))
    }

    fn group(&self, project: CloudProjectId, task: &str) -> Result<&str, Broken> {
        self.groups.get(&project.group_of(task)).map(String::as_str).ok_or(Broken::Missing)
    }

    /// Makes the group of a task, in the domain of its project.
    async fn create_group(&mut self, id: CloudProjectId, task: &str) -> Result<(), Broken> {
        let wanted = self.wanted.projects.iter().find(|project| project.cloud_project_id == id);
        let wanted = wanted.ok_or(Broken::Missing)?;
        let group = NewGroup {
            name: id.group_of(task),
            domain_id: self.domains.get(&wanted.domain).ok_or(Broken::Missing)?.clone(),
            description: format!("{}: {task}", wanted.name),
        };
        let made = self.keystone.create_group(&group).await?;
        self.groups.insert(made.name, made.id);
        Ok(())
    }

    async fn create_domain(&mut self, name: &str) -> Result<(), Broken> {
        let domain = NewDomain { name: name.to_owned(), description: "Made by Gatehouse".to_owned() };
        let made = self.keystone.create_domain(&domain).await?;
        self.domains.insert(made.name, made.id);
        Ok(())
    }

    async fn create_project(&mut self, id: CloudProjectId) -> Result<(), Broken> {
        let wanted = self.wanted.projects.iter().find(|project| project.cloud_project_id == id);
        let wanted = wanted.ok_or(Broken::Missing)?;
        let project = NewProject {
            name: wanted.name.clone(),
            domain_id: self.domains.get(&wanted.domain).ok_or(Broken::Missing)?.clone(),
            description: wanted.description.clone(),
            enabled: wanted.enabled,
            tags: vec![id.tag()],
        };
        let made = self.keystone.create_project(&project).await?;
        self.note_project(id, &made.id).await
    }

    async fn change_project(&mut self, id: CloudProjectId) -> Result<(), Broken> {
        let wanted = self.wanted.projects.iter().find(|project| project.cloud_project_id == id);
        let (wanted, place) = wanted.zip(self.projects.get(&id)).ok_or(Broken::Missing)?;
        let change = ProjectChange {
            description: Some(wanted.description.clone()),
            enabled: Some(wanted.enabled),
            tags: Some(vec![id.tag()]),
        };
        Ok(self.keystone.change_project(place, &change).await?)
    }

    async fn note_project(&mut self, id: CloudProjectId, keystone_id: &str) -> Result<(), Broken> {
        let mut tx = self.openstack.pool().begin().await?;
        store::note_project(&mut tx, id, keystone_id).await?;
        let (people, company) = store::concerned(&mut tx, id).await?;
        let people = people.into_iter().map(|user| (PEOPLE_STREAM, user));
        let company = company.map(|company| (COMPANIES_STREAM, company.to_string()));
        changed_keys::mark(&mut tx, people.chain(company)).await?;
        tx.commit().await?;
        self.projects.insert(id, keystone_id.to_owned());
        Ok(())
    }

    async fn create_user(&mut self, id: CloudUserId) -> Result<(), Broken> {
        let wanted = self.wanted.users.iter().find(|user| user.cloud_user_id == id).ok_or(Broken::Missing)?;
        // Without a password nobody can sign in; the first one is the business of the link.
        let federation = &self.openstack.config().federation;
        let user = NewUser {
            name: wanted.name.clone(),
            domain_id: self.domains.get(&wanted.domain).ok_or(Broken::Missing)?.clone(),
            enabled: wanted.enabled,
            email: wanted.email.clone(),
            description: wanted.full_name.clone(),
            gatehouse_id: id.to_string(),
            password: None,
            federated: federation.federated(wanted.user_id.as_deref()),
        };
        let made = self.keystone.create_user(&user).await?;
        self.note_user(id, &made.id).await
    }

    async fn change_user(&mut self, id: CloudUserId) -> Result<(), Broken> {
        let wanted = self.wanted.users.iter().find(|user| user.cloud_user_id == id);
        let (wanted, place) = wanted.zip(self.users.get(&id)).ok_or(Broken::Missing)?;
        let change = UserChange {
            enabled: Some(wanted.enabled),
            gatehouse_id: Some(id.to_string()),
            ..UserChange::default()
        };
        Ok(self.keystone.change_user(place, &change).await?)
    }

    async fn note_user(&mut self, id: CloudUserId, keystone_id: &str) -> Result<(), Broken> {
        let mut conn = self.openstack.pool().acquire().await?;
        store::note_user(&mut conn, id, keystone_id).await?;
        self.users.insert(id, keystone_id.to_owned());
        Ok(())
    }

    async fn set_limit(&self, repair: &LimitRepair) -> Result<(), Broken> {
        let place = self.projects.get(&repair.project).ok_or(Broken::Missing)?;
        match &repair.limit_id {
            Some(limit) if repair.from != Some(repair.to) => {
                self.keystone.change_limit(limit, repair.to).await?;
            }
            Some(_) => {}                         // it is so already, and only to be noted
            None if repair.has == repair.to => {} // what all projects have is enough
            None => {
                let limit = Limit {
                    id: String::new(),
                    service_id: repair.service_id.clone(),
                    region_id: repair.region_id.clone(),
                    project_id: Some(place.clone()),
                    resource_name: repair.resource_name.clone(),
                    resource_limit: repair.to,
                };
                self.keystone.create_limit(&limit).await?;
            }
        }
        let LimitRepair { project, service, resource, has, to, .. } = repair;
        let mut conn = self.openstack.pool().acquire().await?;
        Ok(store::note_quota(&mut conn, *project, *service, resource, Some(*has), *to).await?)
    }

    /// Sets a service's own quotas in one call. A name that the service does not know is a warning.
    async fn set_quotas(
        &self,
        project: CloudProjectId,
        service: QuotaService,
        values: &BTreeMap<String, i64>,
    ) -> Result<(), Broken> {
        let place = self.projects.get(&project).ok_or(Broken::Missing)?;
        let held = self.keystone.quota_set(service, place).await?.ok_or(Broken::Missing)?;
        let (known, unknown): (BTreeMap<_, _>, BTreeMap<_, _>) =
            values.clone().into_iter().partition(|(name, _)| held.contains_key(name));
        for name in unknown.keys() {
            tracing::warn!(service = service.name(), name, "the service has no such quota");
        }
        // Looked at now, not when the plan was made: a floor lowers nothing that the project has meanwhile.
        let is_enough = |name: &String| {
            self.wanted.quotas.iter().any(|quota| {
                let is_same = quota.cloud_project_id == project && quota.service == service;
                is_same && quota.resource == *name && quota.is_floor && quota.is_met_by(held[name])
            })
        };
        let (enough, to_set): (BTreeMap<_, _>, BTreeMap<_, _>) =
            known.into_iter().partition(|(name, _)| is_enough(name));
        if !to_set.is_empty() {
            self.keystone.set_quota_set(service, place, &to_set).await?;
        }
        let enough = enough.into_keys().map(|name| (name.clone(), held[&name]));
        let mut conn = self.openstack.pool().acquire().await?;
        for (name, value) in to_set.into_iter().chain(enough) {
            let before = held.get(&name).copied();
            store::note_quota(&mut conn, project, service, &name, before, value).await?;
        }
        Ok(())
    }
}
