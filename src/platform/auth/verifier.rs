//! Checks what Keycloak signed.

use std::sync::Arc;

use chrono::TimeDelta;
use jsonwebtoken::Validation;
use url::Url;

use super::{
    AuthConfig,
    claims::{Bearer, Claims, LogoutToken, Session},
    keys::Keys,
};
use crate::platform::clock::SharedClock;

/// The longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 8 * 1024;

/// Whose signatures count.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// The realm's address as it stands in tokens.
    pub name: String,
    /// Where its keys are fetched.
    pub keys_url: Url,
}

/// Why a token does not count. The text is for logs; callers learn only that it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It proves nothing.
    #[error("the token does not count: {0}")]
    Invalid(&'static str),
    /// It cannot be checked now, because Keycloak is away: nobody gets in by it.
    #[error("the token cannot be checked: Keycloak is away")]
    Unavailable,
}

/// Checks tokens of one realm. Cheap to clone; all clones share the keys.
#[derive(Clone)]
pub struct Verifier(Arc<Inner>);

struct Inner {
    issuer: String,
    config: AuthConfig,
    keys: Keys,
    clock: SharedClock,
}

impl Verifier {
    /// For the tokens of `issuer`. It fetches keys when it first needs them.
    ///
    /// # Errors
    /// When the machine has no usable certificates.
    pub fn new(issuer: Issuer, config: &AuthConfig, clock: SharedClock) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let seconds = |seconds: u32| TimeDelta::seconds(i64::from(seconds));
        let (life, pause) = (seconds(config.keys_seconds), seconds(config.keys_pause_seconds));
        let keys = Keys::new(issuer.keys_url, http, clock.clone(), life, pause);
        Ok(Self(Arc::new(Inner { issuer: issuer.name, config: config.clone(), keys, clock })))
    }

    /// Checks an access token.
    pub async fn bearer(&self, token: &str) -> Result<Bearer, Refused> {
        self.signed(token).await?.bearer(&self.0.config.audience, &self.0.config.browser_clients)
    }

    /// Checks the ID token of a sign-in by `client_id` that was asked for with `nonce`.
    pub async fn id_token(&self, token: &str, client_id: &str, nonce: &str) -> Result<Session, Refused> {
        self.signed(token).await?.id_token(client_id, nonce)
    }

    /// Checks a logout token that Keycloak sent to `client_id`.
    pub async fn logout_token(&self, token: &str, client_id: &str) -> Result<LogoutToken, Refused> {
        self.signed(token).await?.logout(client_id)
    }

    /// Signature, issuer and time.
    async fn signed(&self, token: &str) -> Result<Claims, Refused> {
        if token.len() > MAX_TOKEN {
            return Err(Refused::Invalid("it is too long"));
        }
        let header =
            jsonwebtoken::decode_header(token).map_err(|_| Refused::Invalid("its header cannot be read"))?;
        let key = header.kid.ok_or(Refused::Invalid("it names no key"))?;
        let key = self.0.keys.find(&key).await?;
        // Times are compared with our own clock below; who it is for depends on the kind of token.
        let mut validation = Validation::new(key.algorithm);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let claims: Claims = jsonwebtoken::decode(token, &key.decoding, &validation)
            .map_err(|_| Refused::Invalid("its signature or form is wrong"))?
            .claims;
        if claims.iss != self.0.issuer {
            return Err(Refused::Invalid("it is of another issuer"));
        }
        let (now, leeway) = (self.0.clock.now().timestamp(), i64::from(self.0.config.leeway_seconds));
        if claims.exp.saturating_add(leeway) <= now {
            return Err(Refused::Invalid("it is too old"));
        }
        if claims.nbf.unwrap_or(claims.iat).max(claims.iat) > now.saturating_add(leeway) {
            return Err(Refused::Invalid("it is not valid yet"));
        }
        Ok(claims)
    }
}
