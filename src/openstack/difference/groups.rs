//! Tasks by groups: a group for each task in a project has the roles, and whoever has the task is in the group.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Differ, Found};
use crate::{
    adapters::keystone::{GroupRole, Project, User},
    openstack::{CloudProjectId, CloudUserId, Finding, Grant, GrantBy, Repair},
};

/// What is there of a group of ours, as its roles show it: a group without roles, or without anybody in it, shows none.
#[derive(Default)]
struct Held<'a> {
    /// With the project that they are for.
    roles: HashSet<(&'a str, &'a str)>,
    members: HashSet<&'a str>,
}

/// A task in a project, and its group, if it is there.
struct Task<'a> {
    project: CloudProjectId,
    place: Option<&'a Project>,
    name: &'a str,
    group_id: Option<&'a str>,
}

impl<'a> Differ<'a> {
    /// Compares the groups of the tasks. Where roles are given directly, our groups are emptied.
    pub(super) fn groups(
        &mut self,
        projects: &Found<'a, CloudProjectId, Project>,
        users: &Found<'a, CloudUserId, User>,
    ) {
        let by_group = self.config.grants == GrantBy::Group;
        let names: HashMap<&str, &str> =
            self.actual.groups.iter().map(|group| (group.name.as_str(), group.id.as_str())).collect();
        let mut held: HashMap<&str, Held> = HashMap::new();
        for role in &self.actual.group_roles {
            let GroupRole { group_id, user_id, role_id, project_id } = role;
            let of = held.entry(group_id.as_str()).or_default();
            of.members.insert(user_id);
            of.roles.insert((project_id.as_str(), role_id.as_str()));
        }
        let mut tasks: BTreeMap<(CloudProjectId, &str), Vec<&Grant>> = BTreeMap::new();
        for grant in &self.wanted.grants {
            tasks.entry((grant.cloud_project_id, grant.task.as_str())).or_default().push(grant);
        }
        for ((project, task), grants) in tasks {
            let name = project.group_of(task);
            let group_id = names.get(name.as_str()).copied();
            let there = group_id.and_then(|id| held.remove(id)).unwrap_or_default();
            let (wanted, past): (Vec<_>, Vec<_>) =
                grants.into_iter().partition(|grant| grant.is_wanted && by_group);
            let task = Task { project, place: projects.get(&project).copied(), name: task, group_id };
            self.task(&task, users, (&wanted, &past), &there);
        }
    }

    fn task(
        &mut self,
        task: &Task<'_>,
        users: &Found<'a, CloudUserId, User>,
        (wanted, past): (&[&Grant], &[&Grant]),
        there: &Held<'_>,
    ) {
        if !wanted.is_empty() {
            self.roles_of_group(task, there);
        }
        let (project, name) = (task.project, || task.name.to_owned());
        let id_of = |grant: &Grant| users.get(&grant.cloud_user_id).map(|user| user.id.as_str());
        let is_in = |grant: &Grant| id_of(grant).is_some_and(|id| there.members.contains(id));
        let missing = wanted.iter().filter(|grant| !is_in(grant));
        let join = missing.map(|grant| Repair::Join { project, task: name(), user: grant.cloud_user_id });
        self.plan.repairs.extend(join);
        let left = past.iter().filter(|grant| is_in(grant));
        let leave = left.map(|grant| Repair::Leave { project, task: name(), user: grant.cloud_user_id });
        self.plan.repairs.extend(leave);
        let ours: HashSet<&str> = wanted.iter().chain(past).filter_map(|grant| id_of(grant)).collect();
        for user_id in there.members.difference(&ours) {
            let Some(group_id) = task.group_id.map(str::to_owned) else { continue };
            let user_id = (*user_id).to_owned();
            let end = Repair::RemoveForeignMember { group_id: group_id.clone(), user_id: user_id.clone() };
            let place = task.place.map(|place| place.name.clone()).unwrap_or_default();
            self.find(Finding::ForeignMember { group_id, project: place, task: name(), user_id }, Some(end));
        }
    }

    fn roles_of_group(&mut self, task: &Task<'_>, there: &Held<'_>) {
        let (project, name) = (task.project, || task.name.to_owned());
        if task.group_id.is_none() {
            self.plan.repairs.push(Repair::CreateGroup { project, task: name() });
        }
        for role in self.config.tasks.get(task.name).into_iter().flatten() {
            let Some(held) = self.actual.roles.iter().find(|held| held.name == *role) else {
                self.find(Finding::RoleMissing { role: role.clone() }, None);
                continue;
            };
            let is_there =
                task.place.is_some_and(|place| there.roles.contains(&(place.id.as_str(), held.id.as_str())));
            if !is_there {
                self.plan.repairs.push(Repair::GrantToGroup { project, task: name(), role: role.clone() });
            }
        }
    }
}
