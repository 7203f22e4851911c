//! A provider in memory, for tests that are about something else.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use secrecy::SecretString;
use url::Url;

use super::{Authorization, IdentityProvider, OidcError, SignedIn};
use crate::platform::auth::{LogoutToken, Refused, Session};

/// Knows which code stands for whom. The nonce is not checked: the test cannot know it before.
#[derive(Debug, Default)]
pub struct MemoryProvider(Mutex<HashMap<String, (Session, Vec<String>)>>);

impl MemoryProvider {
    /// A code by which this session begins, once.
    pub fn allow(&self, code: &str, session: Session) {
        self.allow_as(code, session, &[]);
    }

    /// The same, with roles of the realm.
    pub fn allow_as(&self, code: &str, session: Session, realm_roles: &[&str]) {
        let realm_roles = realm_roles.iter().map(|role| (*role).to_owned()).collect();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(code.to_owned(), (session, realm_roles));
    }
}

#[async_trait]
impl IdentityProvider for MemoryProvider {
    fn authorization_url(&self, request: &Authorization<'_>) -> Url {
        let mut url = Url::parse("https://id.example/auth").expect("a literal address");
        url.query_pairs_mut()
            .append_pair("state", request.state)
            .append_pair("nonce", request.nonce)
            .append_pair("code_challenge", request.challenge)
            .append_pair("redirect_uri", request.redirect_uri.as_str())
            .append_pair("ui_locales", request.ui_locale);
        if let Some(action) = request.action {
            url.query_pairs_mut().append_pair("kc_action", action);
        }
        if let Some(prompt) = request.prompt {
            url.query_pairs_mut().append_pair("prompt", prompt.name());
        }
        url
    }

    async fn redeem(&self, code: &str, _: &SecretString, _: &str, _: &Url) -> Result<SignedIn, OidcError> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(code);
        let (session, realm_roles) = found.ok_or(OidcError::Refused(400))?;
        Ok(SignedIn { session, realm_roles })
    }

    /// The token of the session `x` is `ended-x`.
    async fn read_logout_token(&self, token: &str) -> Result<LogoutToken, OidcError> {
        let session_id = token.strip_prefix("ended-").ok_or(Refused::Invalid("it is none"))?.to_owned();
        Ok(LogoutToken { session_id: Some(session_id), user_id: None })
    }
}
