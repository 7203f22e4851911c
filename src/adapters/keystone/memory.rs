//! An OpenStack in memory, for tests that are about something else. Ids are made from a counter.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    Assignment, CloudService, Domain, Filter, Group, GroupRole, Keystone, KeystoneError, Limit, NewDomain,
    NewGroup, NewProject, NewUser, Project, ProjectChange, QuotaService, RegisteredLimit, Role, User,
    UserChange,
};
use crate::platform::masked::Masked;

/// What it holds, open for tests to set and to look at.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "the names are those of the Identity API v3")]
pub struct State {
    pub domains: Vec<Domain>,
    pub projects: Vec<Project>,
    pub users: Vec<User>,
    pub roles: Vec<Role>,
    pub assignments: BTreeSet<Assignment>,
    pub groups: Vec<Group>,
    /// Users by the group they are in.
    pub members: BTreeSet<(String, String)>,
    /// Roles of groups: group, role, project.
    pub group_grants: BTreeSet<(String, String, String)>,
    pub services: Vec<CloudService>,
    pub registered_limits: Vec<RegisteredLimit>,
    pub limits: Vec<Limit>,
    /// By service and project; a service without an entry for any project is not in the catalogue.
    pub quota_sets: BTreeMap<(QuotaService, String), BTreeMap<String, i64>>,
    /// Passwords by user id.
    pub passwords: HashMap<String, String>,
    /// Tokens that can be scoped to the project of administrators.
    pub administrators: BTreeSet<String>,
    /// Every call fails with it while it is set.
    pub fault: Option<KeystoneError>,
    /// Calls fail from the one with this number on, counted from 1.
    pub fail_from: Option<usize>,
    /// The names of the calls that came.
    pub calls: Vec<&'static str>,
    made: usize,
}

/// An OpenStack in memory.
#[derive(Debug, Default)]
pub struct MemoryKeystone(Mutex<State>);

impl MemoryKeystone {
    /// One with the domain `default`, the roles of Keystone's bootstrap and a registered limit of compute.
    #[must_use]
    pub fn bootstrapped() -> Self {
        let role = |name: &str| Role { id: format!("role-{name}"), name: name.to_owned() };
        let state = State {
            domains: vec![Domain {
                id: "default".to_owned(),
                name: "Default".to_owned(),
                description: None,
                enabled: true,
            }],
            roles: ["reader", "member", "manager", "admin"].map(role).into(),
            ..State::default()
        };
        Self(Mutex::new(state))
    }

    /// What it holds.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn call(&self, name: &'static str) -> Result<MutexGuard<'_, State>, KeystoneError> {
        let mut state = self.state();
        state.calls.push(name);
        if state.fail_from.is_some_and(|from| state.calls.len() >= from) {
            return Err(KeystoneError::Unreachable);
        }
        match state.fault {
            Some(fault) => Err(fault),
            None => Ok(state),
        }
    }
}

impl State {
    fn id(&mut self, kind: &str) -> String {
        self.made += 1;
        format!("{kind}-{}", self.made)
    }
}

fn fits(wanted: Option<&String>, held: &str) -> bool {
    wanted.is_none_or(|wanted| wanted == held)
}

#[async_trait]
impl Keystone for MemoryKeystone {
    async fn domains(&self, filter: &Filter) -> Result<Vec<Domain>, KeystoneError> {
        let name = filter.name.as_ref().map(Masked::expose);
        let state = self.call("domains")?;
        Ok(state.domains.iter().filter(|domain| fits(name, &domain.name)).cloned().collect())
    }

    async fn projects(&self, filter: &Filter) -> Result<Vec<Project>, KeystoneError> {
        let name = filter.name.as_ref().map(Masked::expose);
        let fits = |project: &&Project| {
            fits(name, &project.name) && fits(filter.domain_id.as_ref(), &project.domain_id)
        };
        Ok(self.call("projects")?.projects.iter().filter(fits).cloned().collect())
    }

    async fn users(&self, filter: &Filter) -> Result<Vec<User>, KeystoneError> {
        let name = filter.name.as_ref().map(|name| name.expose().to_lowercase());
        let fits = |user: &&User| {
            name.as_ref().is_none_or(|name| *name == user.name.expose().to_lowercase())
                && fits(filter.domain_id.as_ref(), &user.domain_id)
        };
        Ok(self.call("users")?.users.iter().filter(fits).cloned().collect())
    }

    async fn roles(&self) -> Result<Vec<Role>, KeystoneError> {
        Ok(self.call("roles")?.roles.clone())
    }

    async fn assignments(&self, filter: &Filter) -> Result<Vec<Assignment>, KeystoneError> {
        let fits = |assignment: &&Assignment| fits(filter.project_id.as_ref(), &assignment.project_id);
        Ok(self.call("assignments")?.assignments.iter().filter(fits).cloned().collect())
    }

    async fn groups(&self, filter: &Filter) -> Result<Vec<Group>, KeystoneError> {
        let name = filter.name.as_ref().map(Masked::expose);
        let fits =
            |group: &&Group| fits(name, &group.name) && fits(filter.domain_id.as_ref(), &group.domain_id);
        Ok(self.call("groups")?.groups.iter().filter(fits).cloned().collect())
    }

    async fn group_roles(&self, filter: &Filter) -> Result<Vec<GroupRole>, KeystoneError> {
        let state = self.call("group_roles")?;
        let grants = state.group_grants.iter();
        let grants = grants.filter(|(_, _, project)| fits(filter.project_id.as_ref(), project));
        let of_grant = |(group, role, project): &(String, String, String)| {
            let members = state.members.iter().filter(|(of, _)| of == group);
            let role = |(_, user): &(String, String)| GroupRole {
                group_id: group.clone(),
                user_id: user.clone(),
                role_id: role.clone(),
                project_id: project.clone(),
            };
            members.map(role).collect::<Vec<_>>()
        };
        Ok(grants.flat_map(of_grant).collect())
    }

    async fn services(&self) -> Result<Vec<CloudService>, KeystoneError> {
        Ok(self.call("services")?.services.clone())
    }

    async fn registered_limits(&self) -> Result<Vec<RegisteredLimit>, KeystoneError> {
        Ok(self.call("registered_limits")?.registered_limits.clone())
    }

    async fn limits(&self, filter: &Filter) -> Result<Vec<Limit>, KeystoneError> {
        let wanted = filter.project_id.as_ref();
        let fits = |limit: &&Limit| fits(wanted, limit.project_id.as_deref().unwrap_or_default());
        Ok(self.call("limits")?.limits.iter().filter(fits).cloned().collect())
    }

    async fn create_domain(&self, new: &NewDomain) -> Result<Domain, KeystoneError> {
        let mut state = self.call("create_domain")?;
        if state.domains.iter().any(|domain| domain.name == new.name) {
            return Err(KeystoneError::Conflict);
        }
        let id = state.id("domain");
        let description = Some(new.description.clone());
        let domain = Domain { id, name: new.name.clone(), description, enabled: true };
        state.domains.push(domain.clone());
        Ok(domain)
    }

    async fn create_project(&self, new: &NewProject) -> Result<Project, KeystoneError> {
        let mut state = self.call("create_project")?;
        let same = |held: &Project| held.name == new.name && held.domain_id == new.domain_id;
        if state.projects.iter().any(same) {
            return Err(KeystoneError::Conflict);
        }
        let project = Project {
            id: state.id("project"),
            name: new.name.clone(),
            domain_id: new.domain_id.clone(),
            description: Some(new.description.clone()),
            enabled: new.enabled,
            tags: new.tags.clone(),
        };
        state.projects.push(project.clone());
        Ok(project)
    }

    async fn change_project(&self, id: &str, change: &ProjectChange) -> Result<(), KeystoneError> {
        let mut state = self.call("change_project")?;
        let project = state.projects.iter_mut().find(|project| project.id == id);
        let project = project.ok_or(KeystoneError::NotFound)?;
        project.description = change.description.clone().or(project.description.take());
        project.enabled = change.enabled.unwrap_or(project.enabled);
        if let Some(tags) = &change.tags {
            project.tags.clone_from(tags);
        }
        Ok(())
    }

    async fn create_user(&self, new: &NewUser) -> Result<User, KeystoneError> {
        let mut state = self.call("create_user")?;
        let same = |held: &User| {
            held.domain_id == new.domain_id
                && held.name.expose().to_lowercase() == new.name.expose().to_lowercase()
        };
        if state.users.iter().any(same) {
            return Err(KeystoneError::Conflict);
        }
        let user = User {
            id: state.id("user"),
            name: new.name.clone(),
            domain_id: new.domain_id.clone(),
            enabled: new.enabled,
            email: Some(new.email.clone()),
            description: Some(new.description.clone()),
            gatehouse_id: Some(new.gatehouse_id.clone()),
        };
        state.users.push(user.clone());
        if let Some(password) = &new.password {
            state.passwords.insert(user.id.clone(), password.expose_secret().to_owned());
        }
        Ok(user)
    }

    async fn change_user(&self, id: &str, change: &UserChange) -> Result<(), KeystoneError> {
        let mut state = self.call("change_user")?;
        let user = state.users.iter_mut().find(|user| user.id == id).ok_or(KeystoneError::NotFound)?;
        user.enabled = change.enabled.unwrap_or(user.enabled);
        user.gatehouse_id = change.gatehouse_id.clone().or(user.gatehouse_id.take());
        if let Some(password) = &change.password {
            state.passwords.insert(id.to_owned(), password.expose_secret().to_owned());
        }
        Ok(())
    }

    async fn grant(&self, user_id: &str, role_id: &str, project_id: &str) -> Result<(), KeystoneError> {
        let assignment = Assignment {
            project_id: project_id.to_owned(),
            user_id: user_id.to_owned(),
            role_id: role_id.to_owned(),
        };
        self.call("grant")?.assignments.insert(assignment);
        Ok(())
    }

    async fn revoke(&self, user_id: &str, role_id: &str, project_id: &str) -> Result<(), KeystoneError> {
        let mut state = self.call("revoke")?;
        state.assignments.retain(|held| {
            held.user_id != user_id || held.role_id != role_id || held.project_id != project_id
        });
        Ok(())
    }

    async fn create_group(&self, new: &NewGroup) -> Result<Group, KeystoneError> {
        let mut state = self.call("create_group")?;
        if state.groups.iter().any(|held| held.name == new.name && held.domain_id == new.domain_id) {
            return Err(KeystoneError::Conflict);
        }
        let id = state.id("group");
        let group = Group { id, name: new.name.clone(), domain_id: new.domain_id.clone() };
        state.groups.push(group.clone());
        Ok(group)
    }

    async fn grant_to_group(
        &self,
        group_id: &str,
        role_id: &str,
        project_id: &str,
    ) -> Result<(), KeystoneError> {
        let grant = (group_id.to_owned(), role_id.to_owned(), project_id.to_owned());
        self.call("grant_to_group")?.group_grants.insert(grant);
        Ok(())
    }

    async fn join(&self, group_id: &str, user_id: &str) -> Result<(), KeystoneError> {
        self.call("join")?.members.insert((group_id.to_owned(), user_id.to_owned()));
        Ok(())
    }

    async fn leave(&self, group_id: &str, user_id: &str) -> Result<(), KeystoneError> {
        self.call("leave")?.members.remove(&(group_id.to_owned(), user_id.to_owned()));
        Ok(())
    }

    async fn create_limit(&self, limit: &Limit) -> Result<(), KeystoneError> {
        let mut state = self.call("create_limit")?;
        let same = |held: &Limit| {
            held.project_id == limit.project_id
                && held.service_id == limit.service_id
                && held.resource_name == limit.resource_name
        };
        if state.limits.iter().any(same) {
            return Err(KeystoneError::Conflict);
        }
        let id = state.id("limit");
        state.limits.push(Limit { id, ..limit.clone() });
        Ok(())
    }

    async fn change_limit(&self, id: &str, value: i64) -> Result<(), KeystoneError> {
        let mut state = self.call("change_limit")?;
        let limit = state.limits.iter_mut().find(|limit| limit.id == id).ok_or(KeystoneError::NotFound)?;
        limit.resource_limit = value;
        Ok(())
    }

    async fn quota_set(
        &self,
        service: QuotaService,
        project_id: &str,
    ) -> Result<Option<BTreeMap<String, i64>>, KeystoneError> {
        let state = self.call("quota_set")?;
        if !state.quota_sets.keys().any(|(held, _)| *held == service) {
            return Ok(None);
        }
        Ok(Some(state.quota_sets.get(&(service, project_id.to_owned())).cloned().unwrap_or_default()))
    }

    async fn set_quota_set(
        &self,
        service: QuotaService,
        project_id: &str,
        values: &BTreeMap<String, i64>,
    ) -> Result<(), KeystoneError> {
        let mut state = self.call("set_quota_set")?;
        let held = state.quota_sets.entry((service, project_id.to_owned())).or_default();
        held.extend(values.clone());
        Ok(())
    }

    async fn is_administrator(&self, token: &SecretString) -> Result<bool, KeystoneError> {
        Ok(self.call("is_administrator")?.administrators.contains(token.expose_secret()))
    }

    async fn knows_password(&self, user_id: &str, password: &SecretString) -> Result<bool, KeystoneError> {
        let state = self.call("knows_password")?;
        Ok(state.passwords.get(user_id).is_some_and(|held| held == password.expose_secret()))
    }

    async fn change_own_password(
        &self,
        user_id: &str,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<(), KeystoneError> {
        let mut state = self.call("change_own_password")?;
        match state.passwords.get_mut(user_id) {
            Some(held) if held == old.expose_secret() => {
                new.expose_secret().clone_into(held);
                Ok(())
            }
            _ => Err(KeystoneError::Forbidden(401)),
        }
    }
}
