//! Clients of other systems: confidential, with a service account, and nothing that a human could sign
//! in by.

use std::collections::HashMap;

use async_trait::async_trait;
use keycloak::types::{ClientRepresentation, ProtocolMapperRepresentation};
use secrecy::SecretString;

use super::{KeycloakClient, KeycloakError, administration::or_gone};

/// What marks a client as made here; no other one is touched.
const MARK: (&str, &str) = ("gatehouse.system", "true");
/// For whom the tokens of such clients are, beside Keycloak itself.
const AUDIENCE: &str = "gatehouse";

/// What is asked of Keycloak about systems. Each call may be repeated.
#[async_trait]
pub trait Systems: Send + Sync {
    /// Makes the client of a system, if it does not exist.
    async fn ensure_system(&self, client_id: &str, name: &str) -> Result<(), KeycloakError>;

    /// Gives a system another secret; the old one is over.
    async fn renew_system_secret(&self, client_id: &str) -> Result<SecretString, KeycloakError>;

    /// Deletes the client of a system.
    async fn remove_system(&self, client_id: &str) -> Result<(), KeycloakError>;
}

impl KeycloakClient {
    /// Keycloak's own id of a client that was made here.
    async fn system(&self, client_id: &str) -> Result<Option<String>, KeycloakError> {
        let find = || {
            let client_id = Some(client_id.to_owned());
            self.admin.realm_clients_get(&self.realm, client_id, None, None, None, None, None)
        };
        let marked = |client: &ClientRepresentation| {
            let attributes = client.attributes.as_ref();
            attributes.and_then(|all| all.get(MARK.0)).is_some_and(|mark| mark.as_str() == MARK.1)
        };
        Ok(self.call(find).await?.into_iter().find(marked).and_then(|client| client.id))
    }
}

fn representation(client_id: &str, name: &str) -> ClientRepresentation {
    let text = |text: &str| Some(text.to_owned());
    let map = |pairs: &[(&str, &str)]| {
        let pairs = pairs.iter().map(|(key, value)| ((*key).into(), (*value).into()));
        Some(pairs.collect::<HashMap<_, _>>())
    };
    let audience = ProtocolMapperRepresentation {
        name: text("audience of the service"),
        protocol: text("openid-connect"),
        protocol_mapper: text("oidc-audience-mapper"),
        config: map(&[
            ("included.custom.audience", AUDIENCE),
            ("access.token.claim", "true"),
            ("introspection.token.claim", "true"),
            ("id.token.claim", "false"),
        ]),
        ..ProtocolMapperRepresentation::default()
    };
    ClientRepresentation {
        client_id: text(client_id),
        name: text(name),
        enabled: Some(true),
        protocol: text("openid-connect"),
        client_authenticator_type: text("client-secret"),
        public_client: Some(false),
        bearer_only: Some(false),
        standard_flow_enabled: Some(false),
        implicit_flow_enabled: Some(false),
        direct_access_grants_enabled: Some(false),
        service_accounts_enabled: Some(true),
        // What it may do is decided here, by grants: its tokens carry no role.
        full_scope_allowed: Some(false),
        attributes: map(&[MARK, ("client_credentials.use_refresh_token", "false")]),
        protocol_mappers: Some(vec![audience]),
        ..ClientRepresentation::default()
    }
}

#[async_trait]
impl Systems for KeycloakClient {
    async fn ensure_system(&self, client_id: &str, name: &str) -> Result<(), KeycloakError> {
        if self.system(client_id).await?.is_some() {
            return Ok(());
        }
        let client = representation(client_id, name);
        match self.call(|| self.admin.realm_clients_post(&self.realm, client.clone())).await {
            // Another run of the same work was quicker.
            Err(KeycloakError::Conflict) if self.system(client_id).await?.is_some() => Ok(()),
            made => made.map(drop),
        }
    }

    async fn renew_system_secret(&self, client_id: &str) -> Result<SecretString, KeycloakError> {
        let id = self.system(client_id).await?.ok_or(KeycloakError::NotFound)?;
        let renew = || self.admin.realm_clients_with_client_uuid_client_secret_post(&self.realm, &id);
        let credential = self.call(renew).await?;
        credential.value.map(SecretString::from).ok_or(KeycloakError::Unreadable)
    }

    async fn remove_system(&self, client_id: &str) -> Result<(), KeycloakError> {
        let Some(id) = self.system(client_id).await? else { return Ok(()) };
        let remove = || self.admin.realm_clients_with_client_uuid_delete(&self.realm, &id);
        or_gone(self.call(remove).await.map(drop))
    }
}
