//! What staff and admins of companies have done to people and organisations, beyond making them.

use async_trait::async_trait;
use keycloak::types::{OrganizationRepresentation, UserRepresentation};

use super::{KeycloakClient, KeycloakError};
use crate::platform::masked::Masked;

/// Whom an organisation invites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitee {
    /// Where the invitation goes.
    pub email: Masked<String>,
    /// Given name, to fill in the form.
    pub first_name: Option<Masked<String>>,
    /// Family name.
    pub last_name: Option<Masked<String>>,
}

/// What is asked of Keycloak about people and organisations. Each call may be repeated: what is so
/// already, or no longer exists, is no error.
#[async_trait]
pub trait Administration: Send + Sync {
    /// Takes a person out of an organisation.
    async fn remove_member(&self, organization_id: &str, user_id: &str) -> Result<(), KeycloakError>;

    /// Takes a role of the people's client from a person.
    async fn remove_role(&self, user_id: &str, role: &str) -> Result<(), KeycloakError>;

    /// Lets a person sign in, or not.
    async fn set_enabled(&self, user_id: &str, enabled: bool) -> Result<(), KeycloakError>;

    /// Ends every session of a person; their refresh tokens are over.
    async fn end_sessions(&self, user_id: &str) -> Result<(), KeycloakError>;

    /// Sends an invitation; an older one to the same address is over.
    async fn invite(&self, organization_id: &str, invitee: &Invitee) -> Result<(), KeycloakError>;

    /// Takes an invitation back: its link works no longer.
    async fn cancel_invitation(
        &self,
        organization_id: &str,
        email: &Masked<String>,
    ) -> Result<(), KeycloakError>;

    /// Sends a person the link by which they choose a new password.
    async fn ask_new_password(&self, user_id: &str) -> Result<(), KeycloakError>;

    /// Takes every second factor from a person, who enrols anew at the next login.
    async fn remove_factors(&self, user_id: &str) -> Result<(), KeycloakError>;

    /// Gives an organisation another name.
    async fn rename_organization(&self, organization_id: &str, name: &str) -> Result<(), KeycloakError>;
}

/// What is gone already is as it should be.
pub(super) fn or_gone(answer: Result<(), KeycloakError>) -> Result<(), KeycloakError> {
    if answer == Err(KeycloakError::NotFound) { Ok(()) } else { answer }
}

#[async_trait]
impl Administration for KeycloakClient {
    async fn remove_member(&self, organization_id: &str, user_id: &str) -> Result<(), KeycloakError> {
        let remove = || {
            self.admin.realm_organizations_with_org_id_members_with_member_id_delete(
                &self.realm,
                organization_id,
                user_id,
            )
        };
        match self.call(remove).await {
            // Whoever is no member is refused with 400.
            Ok(_) | Err(KeycloakError::NotFound | KeycloakError::Refused(400)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn remove_role(&self, user_id: &str, role: &str) -> Result<(), KeycloakError> {
        let (client, role) = self.client_role(role).await?;
        let remove = || {
            self.admin.realm_users_with_user_id_role_mappings_clients_with_client_id_delete(
                &self.realm,
                user_id,
                &client,
                vec![role.clone()],
            )
        };
        or_gone(self.call(remove).await.map(drop))
    }

    async fn set_enabled(&self, user_id: &str, enabled: bool) -> Result<(), KeycloakError> {
        // Only what is named is changed, so that a change of the person meanwhile is not undone.
        let change = UserRepresentation { enabled: Some(enabled), ..UserRepresentation::default() };
        let put = || self.admin.realm_users_with_user_id_put(&self.realm, user_id, change.clone());
        or_gone(self.call(put).await.map(drop))
    }

    async fn end_sessions(&self, user_id: &str) -> Result<(), KeycloakError> {
        let end = || self.admin.realm_users_with_user_id_logout_post(&self.realm, user_id);
        or_gone(self.call(end).await.map(drop))
    }

    async fn invite(&self, organization_id: &str, invitee: &Invitee) -> Result<(), KeycloakError> {
        self.cancel_invitation(organization_id, &invitee.email).await?;
        self.lead_to_landing(organization_id).await?;
        let mut form = std::collections::HashMap::from([("email".into(), invitee.email.expose().clone())]);
        for (name, value) in [("firstName", &invitee.first_name), ("lastName", &invitee.last_name)] {
            form.extend(value.as_ref().map(|value| (name.into(), value.expose().clone())));
        }
        let invite = || {
            self.admin.realm_organizations_with_org_id_members_invite_user_post(
                &self.realm,
                organization_id,
                form.clone(),
            )
        };
        self.call(invite).await.map(drop)
    }

    async fn cancel_invitation(
        &self,
        organization_id: &str,
        email: &Masked<String>,
    ) -> Result<(), KeycloakError> {
        let find = || {
            let email = Some(email.expose().clone());
            self.admin.realm_organizations_with_org_id_invitations_get(
                &self.realm,
                organization_id,
                email,
                None,
                None,
                None,
                None,
                None,
                None,
            )
        };
        let found = match self.call(find).await {
            Err(KeycloakError::NotFound) => return Ok(()),
            found => found?,
        };
        for id in found.into_iter().filter_map(|invitation| invitation.id) {
            let delete = || {
                self.admin.realm_organizations_with_org_id_invitations_with_id_delete(
                    &self.realm,
                    organization_id,
                    &id,
                )
            };
            or_gone(self.call(delete).await.map(drop))?;
        }
        Ok(())
    }

    async fn ask_new_password(&self, user_id: &str) -> Result<(), KeycloakError> {
        let send = || {
            self.admin.realm_users_with_user_id_execute_actions_email_put(
                &self.realm,
                user_id,
                None,
                None,
                None,
                vec!["UPDATE_PASSWORD".to_owned()],
            )
        };
        or_gone(self.call(send).await.map(drop))
    }

    async fn remove_factors(&self, user_id: &str) -> Result<(), KeycloakError> {
        let list = || self.admin.realm_users_with_user_id_credentials_get(&self.realm, user_id);
        let held = match self.call(list).await {
            Err(KeycloakError::NotFound) => return Ok(()),
            held => held?,
        };
        let factors = held.into_iter().filter(|it| it.type_.as_deref() != Some("password"));
        for id in factors.filter_map(|it| it.id) {
            let delete = || {
                self.admin.realm_users_with_user_id_credentials_with_credential_id_delete(
                    &self.realm,
                    user_id,
                    &id,
                )
            };
            or_gone(self.call(delete).await.map(drop))?;
        }
        Ok(())
    }

    async fn rename_organization(&self, organization_id: &str, name: &str) -> Result<(), KeycloakError> {
        // An organisation is put as a whole.
        let get = || self.admin.realm_organizations_with_org_id_get(&self.realm, organization_id);
        let organization = self.call(get).await?;
        let renamed = OrganizationRepresentation { name: Some(name.to_owned()), ..organization };
        let put =
            || self.admin.realm_organizations_with_org_id_put(&self.realm, organization_id, renamed.clone());
        self.call(put).await.map(drop)
    }
}

impl KeycloakClient {
    /// Lets those whom an organisation invites go on to our pages, unless an administrator has named others. The account
    /// console, where they would come to otherwise, sends them on with what their login brought along, and Keycloak refuses
    /// such an address (`RedirectUtils`, 26.7).
    async fn lead_to_landing(&self, organization_id: &str) -> Result<(), KeycloakError> {
        let Some(landing) = &self.landing else { return Ok(()) };
        let get = || self.admin.realm_organizations_with_org_id_get(&self.realm, organization_id);
        let organization = self.call(get).await?;
        if organization.redirect_url.as_ref().is_some_and(|url| !url.is_empty()) {
            return Ok(());
        }
        let led = OrganizationRepresentation { redirect_url: Some(landing.clone()), ..organization };
        let put =
            || self.admin.realm_organizations_with_org_id_put(&self.realm, organization_id, led.clone());
        self.call(put).await.map(drop)
    }
}
