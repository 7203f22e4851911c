//! The token of our service account: fetched once for all who wait, kept until most of its life is
//! over, and dropped when Keycloak no longer takes it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use keycloak::KeycloakTokenSupplier;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::{KeycloakConfig, KeycloakError};

/// Hands out the token. Cheap to clone; all clones share it.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

struct Inner {
    endpoint: String,
    client_id: String,
    client_secret: SecretString,
    http: reqwest::Client,
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    token: SecretString,
    renew_at: Instant,
}

#[derive(Deserialize)]
struct Answer {
    access_token: SecretString,
    /// Seconds.
    expires_in: u64,
}

impl Tokens {
    pub fn new(config: &KeycloakConfig, http: reqwest::Client) -> Self {
        let base = config.url.as_str().trim_end_matches('/');
        Self(Arc::new(Inner {
            endpoint: format!("{base}/realms/{}/protocol/openid-connect/token", config.realm),
            client_id: config.client_id.clone(),
            client_secret: config.client_secret.clone(),
            http,
            kept: Mutex::new(None),
        }))
    }

    /// A token with some life left.
    pub async fn token(&self) -> Result<SecretString, KeycloakError> {
        // Whoever comes while it is fetched waits here, and finds it.
        let mut kept = self.0.kept.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| Instant::now() < kept.renew_at) {
            return Ok(kept.token.clone());
        }
        let answer = self.fetch().await?;
        let token = answer.access_token.clone();
        let life = Duration::from_secs(answer.expires_in).mul_f64(0.8);
        *kept = Some(Kept { token: answer.access_token, renew_at: Instant::now() + life });
        Ok(token)
    }

    /// Forgets the token: Keycloak did not take it.
    pub async fn forget(&self) {
        *self.0.kept.lock().await = None;
    }

    async fn fetch(&self) -> Result<Answer, KeycloakError> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.0.client_id),
            ("client_secret", self.0.client_secret.expose_secret()),
        ];
        let response = self
            .0
            .http
            .post(&self.0.endpoint)
            .form(&form)
            .send()
            .await
            .map_err(|_| KeycloakError::Unreachable)?;
        match response.status().as_u16() {
            200 => response.json().await.map_err(|_| KeycloakError::Unreadable),
            // A wrong client or secret is 400 or 401 here, depending on what is wrong (RFC 6749, 5.2).
            status @ (400 | 401) => Err(KeycloakError::Forbidden(status)),
            status => Err(KeycloakError::of_status(status)),
        }
    }
}

#[async_trait]
impl KeycloakTokenSupplier for Tokens {
    async fn get(&self, _: &str) -> Result<String, keycloak::KeycloakError> {
        let failed = |error: KeycloakError| {
            let status = match error {
                KeycloakError::Forbidden(status) | KeycloakError::Refused(status) => status,
                KeycloakError::NotFound => 404,
                KeycloakError::Conflict => 409,
                KeycloakError::Unreachable => 503,
                KeycloakError::Unreadable => 502,
            };
            keycloak::KeycloakError::HttpFailure { status, body: None, text: String::new() }
        };
        self.token().await.map(|token| token.expose_secret().to_owned()).map_err(failed)
    }
}
