//! The real thing: Keycloak's Admin REST API, and the resource of our extension beside it.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use keycloak::{
    KeycloakAdmin,
    types::{CredentialRepresentation, OrganizationRepresentation, RoleRepresentation},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use super::{
    AttributePage, Keycloak, KeycloakConfig, KeycloakError, Page, PersonChange, SessionInfo, people,
    token::Tokens,
};

/// Items of one page; the extension gives no more.
const PAGE: usize = 500;
/// The attribute by which an organisation of ours is found: aliases cannot be searched for.
const COMPANY_ATTRIBUTE: &str = "company_id";

/// Keycloak over HTTP.
pub struct KeycloakClient {
    pub(super) realm: String,
    portal_client_id: String,
    /// Where whoever accepts an invitation goes on to.
    pub(super) landing: Option<String>,
    resource: String,
    http: reqwest::Client,
    tokens: Tokens,
    pub(super) admin: KeycloakAdmin<Tokens>,
}

impl KeycloakClient {
    /// Keycloak as configured. It connects when first used.
    ///
    /// # Errors
    /// When the machine has no usable certificates.
    pub fn new(config: &KeycloakConfig) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(config.timeout_seconds))
            .connect_timeout(Duration::from_secs(config.timeout_seconds.min(3)))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let tokens = Tokens::new(config, http.clone());
        let base = config.url.as_str().trim_end_matches('/');
        Ok(Self {
            realm: config.realm.clone(),
            portal_client_id: config.portal_client_id.clone(),
            landing: None,
            resource: format!("{base}/realms/{}/gatehouse", config.realm),
            admin: KeycloakAdmin::new(base, tokens.clone(), http.clone()),
            http,
            tokens,
        })
    }

    /// The same, for invitations that lead to this address.
    #[must_use]
    pub fn inviting_to(self, landing: &Url) -> Self {
        Self { landing: Some(landing.to_string()), ..self }
    }

    /// Calls, and once more with a new token when the old one is not taken: keys may have been
    /// rotated, or sessions ended.
    pub(super) async fn call<T, Called>(&self, call: impl Fn() -> Called) -> Result<T, KeycloakError>
    where
        Called: Future<Output = Result<T, keycloak::KeycloakError>>,
    {
        match call().await.map_err(plain) {
            Err(KeycloakError::Forbidden(401)) => {
                self.tokens.forget().await;
                call().await.map_err(plain)
            }
            answer => answer,
        }
    }

    /// The people's client by Keycloak's id, and a role of it.
    pub(super) async fn client_role(
        &self,
        role: &str,
    ) -> Result<(String, RoleRepresentation), KeycloakError> {
        let clients = self
            .call(|| {
                let id = Some(self.portal_client_id.clone());
                self.admin.realm_clients_get(&self.realm, id, None, None, None, None, None)
            })
            .await?;
        let client =
            clients.into_iter().next().and_then(|client| client.id).ok_or(KeycloakError::NotFound)?;
        let role = self
            .call(|| {
                self.admin.realm_clients_with_client_uuid_roles_with_role_name_get(&self.realm, &client, role)
            })
            .await?;
        Ok((client, role))
    }

    async fn find_organization(&self, alias: &str) -> Result<Option<String>, KeycloakError> {
        let query = format!("{COMPANY_ATTRIBUTE}:{alias}");
        let found = self
            .call(|| {
                let query = Some(query.clone());
                self.admin.realm_organizations_get(&self.realm, Some(true), None, None, Some(2), query, None)
            })
            .await?;
        Ok(found.into_iter().find(|found| found.alias.as_deref() == Some(alias)).and_then(|found| found.id))
    }

    async fn send(
        &self,
        request: impl Fn() -> reqwest::RequestBuilder,
    ) -> Result<reqwest::Response, KeycloakError> {
        for attempt in [1, 2] {
            let token = self.tokens.token().await?;
            let sent = request().bearer_auth(token.expose_secret()).send().await;
            let response = sent.map_err(|_| KeycloakError::Unreachable)?;
            match response.status().as_u16() {
                401 if attempt == 1 => self.tokens.forget().await,
                status if response.status().is_success() => {
                    tracing::trace!(status, "Keycloak answered");
                    return Ok(response);
                }
                status => return Err(KeycloakError::of_status(status)),
            }
        }
        Err(KeycloakError::Forbidden(401))
    }

    async fn page<T: DeserializeOwned>(&self, list: &str, after: Option<&str>) -> Result<T, KeycloakError> {
        let url = format!("{}/{list}", self.resource);
        let query = [("after", after.unwrap_or_default().to_owned()), ("max", PAGE.to_string())];
        let response = self.send(|| self.http.get(&url).query(&query)).await?;
        response.json().await.map_err(|_| KeycloakError::Unreadable)
    }
}

#[async_trait]
impl Keycloak for KeycloakClient {
    async fn ensure_organization(&self, alias: &str, name: &str) -> Result<String, KeycloakError> {
        if let Some(id) = self.find_organization(alias).await? {
            return Ok(id);
        }
        let organization = OrganizationRepresentation {
            alias: Some(alias.to_owned()),
            name: Some(name.to_owned()),
            enabled: Some(true),
            attributes: Some(HashMap::from([(COMPANY_ATTRIBUTE.to_owned(), vec![alias.to_owned()])])),
            ..OrganizationRepresentation::default()
        };
        let made = self.call(|| self.admin.realm_organizations_post(&self.realm, organization.clone())).await;
        match made {
            Ok(made) => match made.to_id() {
                Some(id) => Ok(id.to_owned()),
                None => self.find_organization(alias).await?.ok_or(KeycloakError::Unreadable),
            },
            // Another run of the same work was quicker, or the name is taken by another organisation.
            Err(KeycloakError::Conflict) => {
                self.find_organization(alias).await?.ok_or(KeycloakError::Conflict)
            }
            Err(error) => Err(error),
        }
    }

    async fn ensure_member(&self, organization_id: &str, user_id: &str) -> Result<(), KeycloakError> {
        let add = || {
            let user_id = user_id.to_owned();
            self.admin.realm_organizations_with_org_id_members_post(&self.realm, organization_id, user_id)
        };
        match self.call(add).await {
            Ok(_) | Err(KeycloakError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn ensure_role(&self, user_id: &str, role: &str) -> Result<(), KeycloakError> {
        let (client, role) = self.client_role(role).await?;
        self.call(|| {
            self.admin.realm_users_with_user_id_role_mappings_clients_with_client_id_post(
                &self.realm,
                user_id,
                &client,
                vec![role.clone()],
            )
        })
        .await
        .map(drop)
    }

    async fn change_person(&self, user_id: &str, change: &PersonChange) -> Result<(), KeycloakError> {
        // Read first: what a whole representation leaves out, Keycloak may take away.
        let mut person =
            self.call(|| self.admin.realm_users_with_user_id_get(&self.realm, user_id, None)).await?;
        people::apply(change, &mut person);
        self.call(|| self.admin.realm_users_with_user_id_put(&self.realm, user_id, person.clone()))
            .await
            .map(drop)
    }

    async fn delete_person(&self, user_id: &str) -> Result<(), KeycloakError> {
        gone(self.call(|| self.admin.realm_users_with_user_id_delete(&self.realm, user_id)).await)
    }

    async fn sessions(&self, user_id: &str) -> Result<Vec<SessionInfo>, KeycloakError> {
        let found =
            self.call(|| self.admin.realm_users_with_user_id_sessions_get(&self.realm, user_id)).await?;
        Ok(found.into_iter().filter_map(people::session).collect())
    }

    async fn end_session(&self, session_id: &str) -> Result<(), KeycloakError> {
        gone(self.call(|| self.admin.realm_sessions_with_session_delete(&self.realm, session_id, None)).await)
    }

    async fn remove_factor(&self, user_id: &str, factor_id: &str) -> Result<(), KeycloakError> {
        let held =
            self.call(|| self.admin.realm_users_with_user_id_credentials_get(&self.realm, user_id)).await?;
        let ours = held
            .into_iter()
            .filter(|held| held.credential_data.as_deref().is_some_and(|data| stands_for(data, factor_id)))
            .filter_map(|held| held.id);
        for id in ours {
            let remove = || {
                self.admin.realm_users_with_user_id_credentials_with_credential_id_delete(
                    &self.realm,
                    user_id,
                    &id,
                )
            };
            match self.call(remove).await {
                Ok(_) | Err(KeycloakError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn set_password(&self, user_id: &str, password: &SecretString) -> Result<(), KeycloakError> {
        let credential = CredentialRepresentation {
            type_: Some("password".to_owned()),
            value: Some(password.expose_secret().to_owned()),
            temporary: Some(false),
            ..CredentialRepresentation::default()
        };
        self.call(|| {
            self.admin.realm_users_with_user_id_reset_password_put(&self.realm, user_id, credential.clone())
        })
        .await
        .map(drop)
    }

    async fn users(&self, after: Option<&str>) -> Result<Page, KeycloakError> {
        self.page("users", after).await
    }

    async fn attribute(&self, name: &str, after: Option<&str>) -> Result<AttributePage, KeycloakError> {
        self.page(&format!("users/attributes/{name}"), after).await
    }

    async fn organizations(&self, after: Option<&str>) -> Result<Page, KeycloakError> {
        self.page("organizations", after).await
    }

    async fn send_again(&self, users: &[String], organizations: &[String]) -> Result<(), KeycloakError> {
        let url = format!("{}/resync", self.resource);
        let body = json!({"users": users, "organizations": organizations});
        self.send(|| self.http.post(&url).json(&body)).await.map(drop)
    }
}

/// What is gone already is what was asked for.
fn gone<T>(answer: Result<T, KeycloakError>) -> Result<(), KeycloakError> {
    answer.map(drop).or_else(|error| if error == KeycloakError::NotFound { Ok(()) } else { Err(error) })
}

/// Whether the data of a credential, as the extension writes it, names this factor.
fn stands_for(credential_data: &str, factor_id: &str) -> bool {
    serde_json::from_str(credential_data).is_ok_and(|data: Value| data["factor_id"] == factor_id)
}

/// The library's error without the texts of the answer, which can name people.
fn plain(error: keycloak::KeycloakError) -> KeycloakError {
    match error {
        keycloak::KeycloakError::ReqwestFailure(error) if error.is_decode() => KeycloakError::Unreadable,
        keycloak::KeycloakError::ReqwestFailure(_) => KeycloakError::Unreachable,
        keycloak::KeycloakError::HttpFailure { status, .. } => KeycloakError::of_status(status),
    }
}
