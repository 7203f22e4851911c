//! The real thing: Keycloak's endpoints of OpenID Connect.

use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::Url;

use super::{Authorization, IdentityProvider, OidcError, SignedIn};
use crate::{
    adapters::keycloak::KeycloakConfig,
    platform::auth::{LogoutToken, Verifier},
};

/// Keycloak as an OpenID provider.
pub struct OidcClient {
    client_id: String,
    client_secret: SecretString,
    /// For browsers, ends in `/protocol/openid-connect`.
    public: String,
    token_endpoint: String,
    http: reqwest::Client,
    verifier: Verifier,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: SecretString,
    access_token: SecretString,
}

impl OidcClient {
    /// The realm of `config`, signed in to as its portal client. It connects when first used.
    ///
    /// # Errors
    /// When the machine has no usable certificates.
    pub fn new(
        config: &KeycloakConfig,
        client_secret: SecretString,
        verifier: Verifier,
    ) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(config.timeout_seconds.min(8)))
            .connect_timeout(Duration::from_secs(config.timeout_seconds.min(3)))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let endpoints = |base: &Url| {
            format!("{}/realms/{}/protocol/openid-connect", base.as_str().trim_end_matches('/'), config.realm)
        };
        Ok(Self {
            client_id: config.portal_client_id.clone(),
            client_secret,
            public: endpoints(config.public_url()),
            token_endpoint: format!("{}/token", endpoints(&config.url)),
            http,
            verifier,
        })
    }

    fn public_url(&self, endpoint: &str, query: &[(&str, &str)]) -> Url {
        let url = format!("{}/{endpoint}", self.public);
        Url::parse_with_params(&url, query).expect("a path below an address that was parsed before")
    }
}

#[async_trait]
impl IdentityProvider for OidcClient {
    fn authorization_url(&self, request: &Authorization<'_>) -> Url {
        let mut query = vec![
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", request.redirect_uri.as_str()),
            ("scope", "openid"),
            ("state", request.state),
            ("nonce", request.nonce),
            ("code_challenge", request.challenge),
            ("code_challenge_method", "S256"),
            ("ui_locales", request.ui_locale),
        ];
        query.extend(request.action.map(|action| ("kc_action", action)));
        query.extend(request.prompt.map(|prompt| ("prompt", prompt.name())));
        self.public_url("auth", &query)
    }

    async fn redeem(
        &self,
        code: &str,
        verifier: &SecretString,
        nonce: &str,
        redirect_uri: &Url,
    ) -> Result<SignedIn, OidcError> {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", &self.client_id),
            ("client_secret", self.client_secret.expose_secret()),
            ("code", code),
            ("code_verifier", verifier.expose_secret()),
            ("redirect_uri", redirect_uri.as_str()),
        ];
        let sent = self.http.post(&self.token_endpoint).form(&form).send().await;
        let response = sent.map_err(|_| OidcError::Unreachable)?;
        if !response.status().is_success() {
            return Err(OidcError::Refused(response.status().as_u16()));
        }
        let Tokens { id_token, access_token } = response.json().await.map_err(|_| OidcError::Unreadable)?;
        let session = self.verifier.id_token(id_token.expose_secret(), &self.client_id, nonce).await?;
        // Roles stand in the access token alone.
        let realm_roles = self.verifier.bearer(access_token.expose_secret()).await?.realm_roles;
        Ok(SignedIn { session, realm_roles })
    }

    async fn read_logout_token(&self, token: &str) -> Result<LogoutToken, OidcError> {
        Ok(self.verifier.logout_token(token, &self.client_id).await?)
    }
}
