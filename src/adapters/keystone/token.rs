//! The token of our account, with the catalogue that comes with it: fetched once for all who wait, kept until
//! shortly before its end, and dropped when Keystone no longer takes it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use reqwest::Response;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;

use super::{KeystoneAccount, KeystoneError};

/// The header of a token that Keystone gives.
const SUBJECT_TOKEN: &str = "x-subject-token";
/// The longest a token is kept, whatever its life: rights that were taken back are soon seen.
const LONGEST: Duration = Duration::from_mins(30);

/// Hands out the token. Cheap to clone; all clones share it.
#[derive(Clone)]
pub(super) struct Tokens(Arc<Inner>);

struct Inner {
    endpoint: String,
    account: KeystoneAccount,
    scope: Value,
    http: reqwest::Client,
    kept: Mutex<Option<Arc<Session>>>,
}

/// A token and what can be reached with it.
pub(super) struct Session {
    pub token: SecretString,
    pub catalog: Vec<CatalogEntry>,
    renew_at: Instant,
}

#[derive(Deserialize)]
struct Answer {
    token: AnswerToken,
}

#[derive(Deserialize)]
struct AnswerToken {
    issued_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    #[serde(default)]
    catalog: Vec<CatalogEntry>,
}

/// A service in the catalogue.
#[derive(Deserialize)]
pub(super) struct CatalogEntry {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub endpoints: Vec<CatalogEndpoint>,
}

/// One of its addresses.
#[derive(Deserialize)]
pub(super) struct CatalogEndpoint {
    pub interface: String,
    #[serde(default)]
    pub region_id: Option<String>,
    pub url: String,
}

impl Tokens {
    pub fn new(auth_url: &str, account: KeystoneAccount, scope: Value, http: reqwest::Client) -> Self {
        let endpoint = format!("{auth_url}/auth/tokens");
        Self(Arc::new(Inner { endpoint, account, scope, http, kept: Mutex::new(None) }))
    }

    /// A token with some life left.
    pub async fn session(&self) -> Result<Arc<Session>, KeystoneError> {
        // Whoever comes while it is fetched waits here, and finds it.
        let mut kept = self.0.kept.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| Instant::now() < kept.renew_at) {
            return Ok(kept.clone());
        }
        let request = self.0.account.request(&self.0.scope);
        let response = self.ask(&request).await?;
        let token = subject_token(&response)?;
        let answer: Answer = response.json().await.map_err(|_| KeystoneError::Unreadable)?;
        // By Keystone's own two times, so that the clocks need not agree.
        let life = (answer.token.expires_at - answer.token.issued_at).to_std().unwrap_or_default();
        let renew_at = Instant::now() + life.mul_f64(0.8).min(LONGEST);
        let session = Arc::new(Session { token, catalog: answer.token.catalog, renew_at });
        *kept = Some(session.clone());
        Ok(session)
    }

    /// Forgets the token: Keystone did not take it.
    pub async fn forget(&self) {
        *self.0.kept.lock().await = None;
    }

    /// Asks for a token with any request; what is not 201 is an error.
    pub async fn ask(&self, request: &Value) -> Result<Response, KeystoneError> {
        let sent = self.0.http.post(&self.0.endpoint).json(request).send().await;
        let response = sent.map_err(|_| KeystoneError::Unreachable)?;
        match response.status().as_u16() {
            201 => Ok(response),
            status => Err(KeystoneError::of_status(status)),
        }
    }
}

/// The token of an answer.
pub(super) fn subject_token(response: &Response) -> Result<SecretString, KeystoneError> {
    let header = response.headers().get(SUBJECT_TOKEN).and_then(|value| value.to_str().ok());
    header.map(SecretString::from).ok_or(KeystoneError::Unreadable)
}
