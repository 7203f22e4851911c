//! The access token of a service account: a signed assertion is exchanged for it (RFC 7523, 2.1), and it is kept until
//! shortly before its end.

use std::time::{Duration, Instant};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::SheetsError;
use crate::platform::clock::SharedClock;

const SCOPE: &str = "https://www.googleapis.com/auth/spreadsheets";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// How long an assertion is good; Google takes an hour at most.
const ASSERTION_SECONDS: i64 = 600;
/// So long before its end a token is renewed.
const MARGIN: Duration = Duration::from_mins(1);

/// The key file of a service account, as far as it matters.
#[derive(Deserialize)]
pub(super) struct ServiceAccount {
    pub client_email: String,
    private_key_id: String,
    private_key: SecretString,
    token_uri: Url,
}

impl ServiceAccount {
    /// Whether the token is fetched over an encrypted connection.
    pub fn is_encrypted(&self) -> bool {
        self.token_uri.scheme() == "https"
    }
}

/// Hands out the token.
pub(super) struct Tokens {
    account: ServiceAccount,
    key: EncodingKey,
    clock: SharedClock,
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    token: SecretString,
    renew_at: Instant,
}

#[derive(Serialize)]
struct Assertion<'a> {
    iss: &'a str,
    scope: &'static str,
    aud: &'a str,
    iat: i64,
    exp: i64,
}

#[derive(Deserialize)]
struct Answer {
    access_token: SecretString,
    expires_in: u64,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl Tokens {
    pub fn new(account: ServiceAccount, clock: SharedClock) -> Result<Self, jsonwebtoken::errors::Error> {
        let key = EncodingKey::from_rsa_pem(account.private_key.expose_secret().as_bytes())?;
        Ok(Self { account, key, clock, kept: Mutex::new(None) })
    }

    /// The address of the account, with which spreadsheets are shared.
    pub fn account(&self) -> &str {
        &self.account.client_email
    }

    /// A token with some life left.
    pub async fn token(&self, http: &reqwest::Client) -> Result<SecretString, SheetsError> {
        // Whoever comes while it is fetched waits here, and finds it.
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| Instant::now() < kept.renew_at) {
            return Ok(kept.token.clone());
        }
        let assertion = self.assertion()?;
        let form = [("grant_type", GRANT), ("assertion", &assertion)];
        let sent = http.post(self.account.token_uri.clone()).form(&form).send().await;
        let response = sent.map_err(|_| SheetsError::Unreachable)?;
        match response.status().as_u16() {
            200 => {}
            status @ 500.. => return Err(SheetsError::Refused(status)),
            429 => return Err(SheetsError::TooOften),
            status => {
                // Google says `invalid_grant` and the like; its description may quote the assertion.
                let refusal = response.json::<Refusal>().await.map(|refusal| refusal.error);
                return Err(SheetsError::Account(refusal.unwrap_or_else(|_| status.to_string())));
            }
        }
        let answer: Answer = response.json().await.map_err(|_| SheetsError::Unreadable)?;
        let renew_at =
            Instant::now() + Duration::from_secs(answer.expires_in.min(3600)).saturating_sub(MARGIN);
        *kept = Some(Kept { token: answer.access_token.clone(), renew_at });
        Ok(answer.access_token)
    }

    /// Forgets the token: Google did not take it.
    pub async fn forget(&self) {
        *self.kept.lock().await = None;
    }

    fn assertion(&self) -> Result<String, SheetsError> {
        let now = self.clock.now().timestamp();
        let header =
            Header { kid: Some(self.account.private_key_id.clone()), ..Header::new(Algorithm::RS256) };
        let claims = Assertion {
            iss: &self.account.client_email,
            scope: SCOPE,
            aud: self.account.token_uri.as_str(),
            iat: now,
            exp: now + ASSERTION_SECONDS,
        };
        jsonwebtoken::encode(&header, &claims, &self.key)
            .map_err(|_| SheetsError::Account("its key cannot sign".to_owned()))
    }
}
