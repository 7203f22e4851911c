//! The difference between what is wanted and what is there. It asks nobody and changes nothing.

mod groups;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{
    Actual, CloudProject, CloudProjectId, CloudUser, CloudUserId, Finding, GrantBy, LimitRepair,
    OpenStackConfig, Plan, Repair, Wanted,
};
use crate::adapters::keystone::{Domain, Limit, Project, QuotaService, RegisteredLimit, User};

/// The difference. With `is_whole`, both sides are everything there is, and what is extra is a finding, too.
#[must_use]
pub fn difference(wanted: &Wanted, actual: &Actual, config: &OpenStackConfig, is_whole: bool) -> Plan {
    let mut differ = Differ { wanted, actual, config, plan: Plan::default() };
    let domains = differ.domains();
    let projects = differ.projects(&domains);
    let users = differ.users(&domains);
    // Where a site moves from one way to the other, nobody is without a way in between.
    if config.grants == GrantBy::Group {
        differ.groups(&projects, &users);
        differ.grants(&projects, &users);
    } else {
        differ.grants(&projects, &users);
        differ.groups(&projects, &users);
    }
    differ.quotas(&projects);
    if is_whole {
        differ.foreign(&domains);
    }
    let mut plan = differ.plan;
    plan.findings.sort();
    plan.findings.dedup();
    plan
}

struct Differ<'a> {
    wanted: &'a Wanted,
    actual: &'a Actual,
    config: &'a OpenStackConfig,
    plan: Plan,
}

type Found<'a, Id, T> = HashMap<Id, &'a T>;
/// Project, service, region and name.
type LimitKey<'a> = (&'a str, &'a str, Option<&'a str>, &'a str);

fn key_of(limit: &Limit) -> Option<LimitKey<'_>> {
    let project = limit.project_id.as_deref()?;
    Some((project, limit.service_id.as_str(), limit.region_id.as_deref(), limit.resource_name.as_str()))
}

impl<'a> Differ<'a> {
    fn find(&mut self, finding: Finding, approved: Option<Repair>) {
        match approved.filter(|_| self.wanted.approved.contains(&finding.fingerprint())) {
            Some(repair) => self.plan.repairs.push(repair),
            None => self.plan.findings.push(finding),
        }
    }

    fn domains(&mut self) -> HashMap<String, &'a Domain> {
        let there: HashMap<String, &Domain> =
            self.actual.domains.iter().map(|domain| (domain.name.clone(), domain)).collect();
        let projects = self.wanted.projects.iter().map(|project| &project.domain);
        let names: BTreeSet<&String> =
            projects.chain(self.wanted.users.iter().map(|user| &user.domain)).collect();
        let missing = names.into_iter().filter(|name| !there.contains_key(*name));
        self.plan.repairs.extend(missing.map(|name| Repair::CreateDomain { name: name.clone() }));
        there
    }

    fn projects(&mut self, domains: &HashMap<String, &Domain>) -> Found<'a, CloudProjectId, Project> {
        let by_tag: HashMap<&str, &Project> = self
            .actual
            .projects
            .iter()
            .flat_map(|project| project.tags.iter().map(move |tag| (tag.as_str(), project)))
            .collect();
        let by_name: HashMap<(&str, String), &Project> = self
            .actual
            .projects
            .iter()
            .map(|project| ((project.domain_id.as_str(), project.name.to_lowercase()), project))
            .collect();
        let mut found = HashMap::new();
        for wanted in &self.wanted.projects {
            let id = wanted.cloud_project_id;
            let domain = domains.get(&wanted.domain).map(|domain| domain.id.as_str());
            let same_name = domain.and_then(|domain| by_name.get(&(domain, wanted.name.to_lowercase())));
            if let Some(project) = by_tag.get(id.tag().as_str()) {
                self.known_project(wanted, project);
                found.insert(id, *project);
            } else if let Some(project) = same_name {
                self.taken_project(wanted, project);
            } else {
                self.plan.repairs.push(Repair::CreateProject { project: id, name: wanted.name.clone() });
            }
        }
        found
    }

    fn known_project(&mut self, wanted: &CloudProject, there: &Project) {
        let project = wanted.cloud_project_id;
        if wanted.keystone_id.as_ref() != Some(&there.id) {
            self.plan.repairs.push(Repair::NoteProject { project, keystone_id: there.id.clone() });
        }
        let description = there.description.as_deref().unwrap_or_default();
        if there.enabled != wanted.enabled || description != wanted.description {
            self.plan.repairs.push(Repair::ChangeProject { project, name: wanted.name.clone() });
        }
    }

    fn taken_project(&mut self, wanted: &CloudProject, there: &Project) {
        let (project, name) = (wanted.cloud_project_id, wanted.name.clone());
        let adopt = Repair::NoteProject { project, keystone_id: there.id.clone() };
        let finding = Finding::ProjectNameTaken { project, name: name.clone(), project_id: there.id.clone() };
        // Known by its id and without its mark: somebody took the mark away.
        let is_ours = wanted.keystone_id.as_ref() == Some(&there.id);
        if is_ours || self.wanted.approved.contains(&finding.fingerprint()) {
            self.plan.repairs.extend([adopt, Repair::ChangeProject { project, name }]);
        } else {
            self.plan.findings.push(finding);
        }
    }

    fn users(&mut self, domains: &HashMap<String, &Domain>) -> Found<'a, CloudUserId, User> {
        let by_mark: HashMap<&str, &User> =
            self.actual.users.iter().filter_map(|user| Some((user.gatehouse_id.as_deref()?, user))).collect();
        let by_name: HashMap<(&str, String), &User> = self
            .actual
            .users
            .iter()
            .map(|user| ((user.domain_id.as_str(), user.name.expose().to_lowercase()), user))
            .collect();
        let mut found = HashMap::new();
        for wanted in &self.wanted.users {
            let id = wanted.cloud_user_id;
            let domain = domains.get(&wanted.domain).map(|domain| domain.id.as_str());
            let name = wanted.name.expose().to_lowercase();
            if let Some(user) = by_mark.get(id.to_string().as_str()) {
                self.known_user(wanted, user);
                found.insert(id, *user);
            } else if let Some(user) = domain.and_then(|domain| by_name.get(&(domain, name))) {
                self.taken_user(wanted, user);
            } else {
                self.plan.repairs.push(Repair::CreateUser { user: id });
            }
        }
        found
    }

    fn known_user(&mut self, wanted: &CloudUser, there: &User) {
        let user = wanted.cloud_user_id;
        if wanted.keystone_id.as_ref() != Some(&there.id) {
            self.plan.repairs.push(Repair::NoteUser { user, keystone_id: there.id.clone() });
        }
        if there.enabled != wanted.enabled {
            self.plan.repairs.push(Repair::ChangeUser { user });
        }
    }

    fn taken_user(&mut self, wanted: &CloudUser, there: &User) {
        let user = wanted.cloud_user_id;
        let finding = Finding::UserNameTaken { user, user_id: there.id.clone() };
        let is_ours = wanted.keystone_id.as_ref() == Some(&there.id);
        if is_ours || self.wanted.approved.contains(&finding.fingerprint()) {
            let note = Repair::NoteUser { user, keystone_id: there.id.clone() };
            self.plan.repairs.extend([note, Repair::ChangeUser { user }]);
        } else {
            self.plan.findings.push(finding);
        }
    }

    fn grants(
        &mut self,
        projects: &Found<'a, CloudProjectId, Project>,
        users: &Found<'a, CloudUserId, User>,
    ) {
        let role_ids: HashMap<&str, &str> =
            self.actual.roles.iter().map(|role| (role.name.as_str(), role.id.as_str())).collect();
        let mut roles: BTreeMap<(CloudProjectId, CloudUserId, &str), bool> = BTreeMap::new();
        for grant in &self.wanted.grants {
            for role in self.config.tasks.get(&grant.task).into_iter().flatten() {
                // Two tasks may stand for the same role: it stays as long as one is wanted.
                let key = (grant.cloud_project_id, grant.cloud_user_id, role.as_str());
                let is_direct = self.config.grants == GrantBy::Direct;
                *roles.entry(key).or_default() |= grant.is_wanted && is_direct;
            }
        }
        let there: HashSet<(&str, &str, &str)> = self
            .actual
            .assignments
            .iter()
            .map(|held| (held.project_id.as_str(), held.user_id.as_str(), held.role_id.as_str()))
            .collect();
        let mut known = HashSet::new();
        for ((project, user, role), is_wanted) in roles {
            let Some(role_id) = role_ids.get(role) else {
                self.find(Finding::RoleMissing { role: role.to_owned() }, None);
                continue;
            };
            let place = projects.get(&project).map(|project| project.id.as_str());
            let place = place.zip(users.get(&user).map(|user| user.id.as_str()));
            let key = place.map(|(project, user)| (project, user, *role_id));
            let is_there = key.is_some_and(|key| there.contains(&key));
            known.extend(key);
            let role = role.to_owned();
            match (is_wanted, is_there) {
                (true, false) => self.plan.repairs.push(Repair::Grant { project, user, role }),
                (false, true) => self.plan.repairs.push(Repair::Revoke { project, user, role }),
                _ => {}
            }
        }
        let ours: HashMap<&str, &str> =
            projects.values().map(|project| (project.id.as_str(), project.name.as_str())).collect();
        let role_names: HashMap<&str, &str> = role_ids.iter().map(|(name, id)| (*id, *name)).collect();
        for (project_id, user_id, role_id) in there {
            let Some(name) =
                ours.get(project_id).filter(|_| !known.contains(&(project_id, user_id, role_id)))
            else {
                continue;
            };
            let finding = Finding::ForeignAssignment {
                project_id: project_id.to_owned(),
                project: (*name).to_owned(),
                user_id: user_id.to_owned(),
                role_id: role_id.to_owned(),
                role: role_names.get(role_id).copied().unwrap_or_default().to_owned(),
            };
            let end = Repair::RevokeForeign {
                project_id: project_id.to_owned(),
                user_id: user_id.to_owned(),
                role_id: role_id.to_owned(),
            };
            self.find(finding, Some(end));
        }
    }

    fn quotas(&mut self, projects: &Found<'a, CloudProjectId, Project>) {
        let mut sets: BTreeMap<(CloudProjectId, QuotaService), BTreeMap<String, i64>> = BTreeMap::new();
        let limits: HashMap<LimitKey, &Limit> =
            self.actual.limits.iter().filter_map(|limit| Some((key_of(limit)?, limit))).collect();
        for quota in &self.wanted.quotas {
            let project = quota.cloud_project_id;
            let Some(registered) = self.unified(quota.service, &quota.resource) else {
                // Its own service has no list over all projects: what was set last stands for what is there.
                if !quota.applied.is_some_and(|applied| quota.is_met_by(applied)) {
                    sets.entry((project, quota.service))
                        .or_default()
                        .insert(quota.resource.clone(), quota.wanted);
                }
                continue;
            };
            let place = projects.get(&project).map(|project| project.id.as_str());
            let key = |place| {
                let RegisteredLimit { service_id, region_id, resource_name, .. } = registered;
                (place, service_id.as_str(), region_id.as_deref(), resource_name.as_str())
            };
            let held = place.and_then(|place| limits.get(&key(place)).copied());
            let from = held.map(|limit| limit.resource_limit);
            // Without a limit of its own a project has what is registered for all.
            let has = from.unwrap_or(registered.default_limit);
            let is_met = quota.is_met_by(has) && (quota.is_floor || from.is_some());
            let to = if is_met { has } else { quota.wanted };
            if !is_met || quota.applied != Some(to) {
                let limit_id = held.map(|limit| limit.id.clone());
                self.plan.repairs.push(Repair::SetLimit(LimitRepair {
                    project,
                    service: quota.service,
                    resource: quota.resource.clone(),
                    resource_name: registered.resource_name.clone(),
                    service_id: registered.service_id.clone(),
                    region_id: registered.region_id.clone(),
                    limit_id,
                    from,
                    has,
                    to,
                }));
            }
        }
        let sets = sets.into_iter().map(|((project, service), values)| {
            Repair::SetQuotas { project, service, values } // each service once, with its own group
        });
        self.plan.repairs.extend(sets);
    }

    /// The unified limit of a resource, where it is registered.
    fn unified(&self, service: QuotaService, resource: &str) -> Option<&'a RegisteredLimit> {
        let mapped = self.config.limits.get(&format!("{}.{resource}", service.name()));
        let names = [mapped.map(String::as_str), Some(resource)];
        self.actual.registered_limits.iter().find(|limit| {
            let kind = self.actual.services.iter().find(|held| held.id == limit.service_id);
            kind.is_some_and(|held| service.is_catalog_type(&held.kind))
                && names.contains(&Some(&limit.resource_name))
        })
    }

    /// What is extra in domains that are a company's own.
    fn foreign(&mut self, domains: &HashMap<String, &'a Domain>) {
        let own: HashSet<&str> = self
            .wanted
            .projects
            .iter()
            .map(|project| project.domain.as_str())
            .filter(|name| *name != self.config.domain)
            .filter_map(|name| domains.get(name).map(|domain| domain.id.as_str()))
            .collect();
        let is_marked = |project: &Project| project.tags.iter().any(|tag| tag.starts_with("gatehouse:"));
        for project in &self.actual.projects {
            if own.contains(project.domain_id.as_str()) && project.enabled && !is_marked(project) {
                let (project_id, name) = (project.id.clone(), project.name.clone());
                let end = Repair::DisableForeignProject { project_id: project_id.clone() };
                self.find(Finding::ForeignProject { project_id, name }, Some(end));
            }
        }
        for user in &self.actual.users {
            if own.contains(user.domain_id.as_str()) && user.enabled && user.gatehouse_id.is_none() {
                let user_id = user.id.clone();
                let end = Repair::DisableForeignUser { user_id: user_id.clone() };
                self.find(Finding::ForeignUser { user_id }, Some(end));
            }
        }
    }
}
