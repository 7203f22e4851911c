//! Lists, gathered from their pages.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Assignment, Filter, GroupRole, KeystoneClient, KeystoneError};

/// The most pages of one list: a Keystone that gave the same page for ever would hold us.
const MOST_PAGES: usize = 10_000;

#[derive(Deserialize)]
struct AssignmentBody {
    role: Named,
    user: Option<Named>,
    scope: Scope,
    #[serde(default)]
    links: Links,
}

/// How an effective assignment comes about, as addresses.
#[derive(Default, Deserialize)]
struct Links {
    assignment: Option<String>,
    membership: Option<String>,
    prior_role: Option<String>,
}

impl Links {
    /// The group by which somebody has a role that was given to it, in the project itself.
    fn group(&self) -> Option<String> {
        let assignment = self.assignment.as_ref()?;
        if self.prior_role.is_some() || assignment.contains("OS-INHERIT") {
            return None;
        }
        let (_, rest) = self.membership.as_ref()?.split_once("/groups/")?;
        rest.split('/').next().map(str::to_owned)
    }
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

#[derive(Deserialize)]
struct Scope {
    project: Option<Named>,
}

impl Filter {
    /// As the query of a list.
    pub(super) fn query(&self) -> Vec<(&'static str, String)> {
        let name = self.name.as_ref().map(|name| name.expose().clone());
        [("domain_id", self.domain_id.clone()), ("name", name), ("project_id", self.project_id.clone())]
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?)))
            .collect()
    }
}

impl KeystoneClient {
    /// Everything of a list. Keystone names the next page by its last item; a Keystone without pages gives all at once.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        collection: &str,
        query: &[(&'static str, String)],
    ) -> Result<Vec<T>, KeystoneError> {
        let path = format!("/{collection}");
        let mut all = Vec::new();
        let mut marker: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut paged = query.to_vec();
            paged.push(("limit", self.config.page.to_string()));
            paged.extend(marker.clone().map(|marker| ("marker", marker)));
            let mut body = self.get(&path, &paged).await?;
            let has_next = body.pointer("/links/next").is_some_and(|next| !next.is_null());
            let page = take(&mut body, collection)?;
            let last = page.last().and_then(|item| item.get("id")).and_then(Value::as_str).map(str::to_owned);
            if last.is_some() && last == marker {
                // The same page again: this list knows limits but no markers (roles, in Keystone 30).
                all = take(&mut self.get(&path, query).await?, collection)?;
                break;
            }
            all.extend(page);
            if !has_next || last.is_none() {
                break;
            }
            marker = last;
        }
        all.into_iter()
            .map(serde_json::from_value)
            .collect::<Result<_, _>>()
            .map_err(|_| KeystoneError::Unreadable)
    }

    /// The assignments of users in projects. They have no ids and come at once.
    pub(super) async fn list_assignments(&self, filter: &Filter) -> Result<Vec<Assignment>, KeystoneError> {
        let items = self.assignment_bodies(filter, false).await?;
        let of_project = |item: AssignmentBody| {
            let (project, user) = (item.scope.project?, item.user?);
            Some(Assignment { project_id: project.id, user_id: user.id, role_id: item.role.id })
        };
        Ok(items.into_iter().filter_map(of_project).collect())
    }

    /// What groups bring to whom: effective assignments say by which group they come about.
    pub(super) async fn list_group_roles(&self, filter: &Filter) -> Result<Vec<GroupRole>, KeystoneError> {
        let items = self.assignment_bodies(filter, true).await?;
        let by_group = |item: AssignmentBody| {
            let (group_id, project, user) = (item.links.group()?, item.scope.project?, item.user?);
            Some(GroupRole { group_id, user_id: user.id, role_id: item.role.id, project_id: project.id })
        };
        Ok(items.into_iter().filter_map(by_group).collect())
    }

    async fn assignment_bodies(
        &self,
        filter: &Filter,
        is_effective: bool,
    ) -> Result<Vec<AssignmentBody>, KeystoneError> {
        let project = filter.project_id.clone().map(|id| ("scope.project.id", id));
        let effective = is_effective.then(|| ("effective", "true".to_owned()));
        let query: Vec<_> = project.into_iter().chain(effective).collect();
        let mut body = self.get("/role_assignments", &query).await?;
        let items = body.get_mut("role_assignments").map(Value::take).ok_or(KeystoneError::Unreadable)?;
        serde_json::from_value(items).map_err(|_| KeystoneError::Unreadable)
    }
}

/// The items of an answer.
fn take(body: &mut Value, collection: &str) -> Result<Vec<Value>, KeystoneError> {
    match body.get_mut(collection).map(Value::take) {
        Some(Value::Array(items)) => Ok(items),
        _ => Err(KeystoneError::Unreadable),
    }
}
