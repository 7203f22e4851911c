//! Lists, gathered from their pages.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Assignment, Filter, KeystoneClient, KeystoneError};

/// The most pages of one list: a Keystone that gave the same page for ever would hold us.
const MOST_PAGES: usize = 10_000;

#[derive(Deserialize)]
struct AssignmentBody {
    role: Named,
    user: Option<Named>,
    scope: Scope,
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
        let project = filter.project_id.clone().map(|id| ("scope.project.id", id));
        let query: Vec<_> = project.into_iter().collect();
        let mut body = self.get("/role_assignments", &query).await?;
        let items = body.get_mut("role_assignments").map(Value::take).ok_or(KeystoneError::Unreadable)?;
        let items: Vec<AssignmentBody> =
            serde_json::from_value(items).map_err(|_| KeystoneError::Unreadable)?;
        let of_project = |item: AssignmentBody| {
            let (project, user) = (item.scope.project?, item.user?);
            Some(Assignment { project_id: project.id, user_id: user.id, role_id: item.role.id })
        };
        Ok(items.into_iter().filter_map(of_project).collect())
    }
}

/// The items of an answer.
fn take(body: &mut Value, collection: &str) -> Result<Vec<Value>, KeystoneError> {
    match body.get_mut(collection).map(Value::take) {
        Some(Value::Array(items)) => Ok(items),
        _ => Err(KeystoneError::Unreadable),
    }
}
