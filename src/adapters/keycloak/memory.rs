//! A Keycloak in memory, for tests that are about something else.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::{
    Administration, AttributePage, AttributeValue, Invitee, Keycloak, KeycloakError, Page, PersonChange,
    SessionInfo, Systems,
};
use crate::platform::masked::Masked;

/// What it holds, open for tests to set and to look at.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Alias to name.
    pub organizations: BTreeMap<String, String>,
    /// Organisation id (`org-` and the alias) and user id.
    pub members: BTreeSet<(String, String)>,
    /// Passwords by user id.
    pub passwords: BTreeMap<String, String>,
    /// User id and role.
    pub roles: BTreeSet<(String, String)>,
    /// What was changed of whom, in order.
    pub changes: Vec<(String, PersonChange)>,
    /// Who was deleted.
    pub deleted: Vec<String>,
    /// User id and session.
    pub sessions: Vec<(String, SessionInfo)>,
    /// User id and factor id of every credential that was taken away.
    pub removed_factors: Vec<(String, String)>,
    /// Pages of people, in the order in which they are given.
    pub user_pages: Vec<Vec<Value>>,
    /// Pages of organisations.
    pub organization_pages: Vec<Vec<Value>>,
    /// Every user id that was to be sent again.
    pub users_again: Vec<String>,
    /// Every organisation id that was to be sent again.
    pub organizations_again: Vec<String>,
    /// Who may not sign in.
    pub disabled: BTreeSet<String>,
    /// Organisation id and address of open invitations.
    pub invitations: BTreeSet<(String, String)>,
    /// What was done to people, in its order: the word and the user id.
    pub done: Vec<(&'static str, String)>,
    /// Organisation id and name, as organisations were renamed.
    pub renamed: Vec<(String, String)>,
    /// Client id and name of systems.
    pub systems: BTreeMap<String, String>,
    /// Every call fails with it while it is set.
    pub fault: Option<KeycloakError>,
    /// How many calls came.
    pub calls: usize,
}

/// A Keycloak in memory.
#[derive(Debug, Default)]
pub struct MemoryKeycloak(Mutex<State>);

impl MemoryKeycloak {
    /// What it holds.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn call(&self) -> Result<MutexGuard<'_, State>, KeycloakError> {
        let mut state = self.state();
        state.calls += 1;
        match state.fault {
            Some(fault) => Err(fault),
            None => Ok(state),
        }
    }
}

/// Pages are named by their number.
fn page(pages: &[Vec<Value>], after: Option<&str>) -> Page {
    let index = after.and_then(|after| after.parse().ok()).unwrap_or(0);
    let next = (index + 1 < pages.len()).then(|| (index + 1).to_string());
    Page { items: pages.get(index).cloned().unwrap_or_default(), next }
}

#[async_trait]
impl Keycloak for MemoryKeycloak {
    async fn ensure_organization(&self, alias: &str, name: &str) -> Result<String, KeycloakError> {
        let mut state = self.call()?;
        if state.organizations.iter().any(|(other, held)| other != alias && held == name) {
            return Err(KeycloakError::Conflict);
        }
        state.organizations.entry(alias.to_owned()).or_insert_with(|| name.to_owned());
        Ok(format!("org-{alias}"))
    }

    async fn ensure_member(&self, organization_id: &str, user_id: &str) -> Result<(), KeycloakError> {
        self.call()?.members.insert((organization_id.to_owned(), user_id.to_owned()));
        Ok(())
    }

    async fn ensure_role(&self, user_id: &str, role: &str) -> Result<(), KeycloakError> {
        self.call()?.roles.insert((user_id.to_owned(), role.to_owned()));
        Ok(())
    }

    async fn change_person(&self, user_id: &str, change: &PersonChange) -> Result<(), KeycloakError> {
        self.call()?.changes.push((user_id.to_owned(), change.clone()));
        Ok(())
    }

    async fn delete_person(&self, user_id: &str) -> Result<(), KeycloakError> {
        self.call()?.deleted.push(user_id.to_owned());
        Ok(())
    }

    async fn sessions(&self, user_id: &str) -> Result<Vec<SessionInfo>, KeycloakError> {
        let state = self.call()?;
        let own = state.sessions.iter().filter(|(owner, _)| owner == user_id);
        Ok(own.map(|(_, session)| session.clone()).collect())
    }

    async fn end_session(&self, session_id: &str) -> Result<(), KeycloakError> {
        self.call()?.sessions.retain(|(_, session)| session.session_id != session_id);
        Ok(())
    }

    async fn remove_factor(&self, user_id: &str, factor_id: &str) -> Result<(), KeycloakError> {
        self.call()?.removed_factors.push((user_id.to_owned(), factor_id.to_owned()));
        Ok(())
    }

    async fn set_password(&self, user_id: &str, password: &SecretString) -> Result<(), KeycloakError> {
        self.call()?.passwords.insert(user_id.to_owned(), password.expose_secret().to_owned());
        Ok(())
    }

    async fn users(&self, after: Option<&str>) -> Result<Page, KeycloakError> {
        Ok(page(&self.call()?.user_pages, after))
    }

    async fn attribute(&self, name: &str, after: Option<&str>) -> Result<AttributePage, KeycloakError> {
        let state = self.call()?;
        let page = page(&state.user_pages, after);
        let value = |user: &Value| {
            let value = user["attributes"][name].as_str()?;
            let user_id = user["id"].as_str()?.to_owned();
            Some(AttributeValue { user_id, value: Masked::new(value.to_owned()) })
        };
        Ok(AttributePage { items: page.items.iter().filter_map(value).collect(), next: page.next })
    }

    async fn organizations(&self, after: Option<&str>) -> Result<Page, KeycloakError> {
        Ok(page(&self.call()?.organization_pages, after))
    }

    async fn send_again(&self, users: &[String], organizations: &[String]) -> Result<(), KeycloakError> {
        let mut state = self.call()?;
        state.users_again.extend_from_slice(users);
        state.organizations_again.extend_from_slice(organizations);
        Ok(())
    }
}

#[async_trait]
impl Administration for MemoryKeycloak {
    async fn remove_member(&self, organization_id: &str, user_id: &str) -> Result<(), KeycloakError> {
        self.call()?.members.remove(&(organization_id.to_owned(), user_id.to_owned()));
        Ok(())
    }

    async fn remove_role(&self, user_id: &str, role: &str) -> Result<(), KeycloakError> {
        self.call()?.roles.remove(&(user_id.to_owned(), role.to_owned()));
        Ok(())
    }

    async fn set_enabled(&self, user_id: &str, enabled: bool) -> Result<(), KeycloakError> {
        let mut state = self.call()?;
        if enabled {
            state.disabled.remove(user_id);
        } else {
            state.disabled.insert(user_id.to_owned());
        }
        Ok(())
    }

    async fn end_sessions(&self, user_id: &str) -> Result<(), KeycloakError> {
        self.call()?.done.push(("end sessions", user_id.to_owned()));
        Ok(())
    }

    async fn invite(&self, organization_id: &str, invitee: &Invitee) -> Result<(), KeycloakError> {
        let mut state = self.call()?;
        state.invitations.insert((organization_id.to_owned(), invitee.email.expose().clone()));
        state.done.push(("invite", invitee.email.expose().clone()));
        Ok(())
    }

    async fn cancel_invitation(
        &self,
        organization_id: &str,
        email: &Masked<String>,
    ) -> Result<(), KeycloakError> {
        self.call()?.invitations.remove(&(organization_id.to_owned(), email.expose().clone()));
        Ok(())
    }

    async fn ask_new_password(&self, user_id: &str) -> Result<(), KeycloakError> {
        self.call()?.done.push(("ask new password", user_id.to_owned()));
        Ok(())
    }

    async fn remove_factors(&self, user_id: &str) -> Result<(), KeycloakError> {
        self.call()?.done.push(("remove factors", user_id.to_owned()));
        Ok(())
    }

    async fn rename_organization(&self, organization_id: &str, name: &str) -> Result<(), KeycloakError> {
        self.call()?.renamed.push((organization_id.to_owned(), name.to_owned()));
        Ok(())
    }
}

#[async_trait]
impl Systems for MemoryKeycloak {
    async fn ensure_system(&self, client_id: &str, name: &str) -> Result<(), KeycloakError> {
        self.call()?.systems.insert(client_id.to_owned(), name.to_owned());
        Ok(())
    }

    async fn renew_system_secret(&self, client_id: &str) -> Result<SecretString, KeycloakError> {
        let state = self.call()?;
        if !state.systems.contains_key(client_id) {
            return Err(KeycloakError::NotFound);
        }
        Ok(SecretString::from(format!("secret {} of {client_id}", state.calls)))
    }

    async fn remove_system(&self, client_id: &str) -> Result<(), KeycloakError> {
        self.call()?.systems.remove(client_id);
        Ok(())
    }
}
