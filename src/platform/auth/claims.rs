//! What tokens say, and whose they are by that.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Refused;

/// The event of a logout token (OpenID Connect Back-Channel Logout 1.0, 2.4).
const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The claims of any token of Keycloak, as far as they are looked at.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    pub iss: String,
    pub exp: i64,
    pub iat: i64,
    pub nbf: Option<i64>,
    pub typ: Option<String>,
    sub: Option<String>,
    aud: Option<Audience>,
    azp: Option<String>,
    sid: Option<String>,
    auth_time: Option<i64>,
    client_id: Option<String>,
    nonce: Option<String>,
    #[serde(default)]
    realm_access: RealmAccess,
    events: Option<Map<String, Value>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Default, Deserialize)]
struct RealmAccess {
    #[serde(default)]
    roles: Vec<String>,
}

/// Whose token it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A human in a session of a browser.
    Person(Session),
    /// A system by its own credentials.
    System,
}

/// A human's session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Keycloak's id of the person.
    pub user_id: String,
    /// Keycloak's id of the session.
    pub session_id: String,
    /// When the person proved who they are.
    pub began_at: DateTime<Utc>,
    /// When the token was made.
    pub issued_at: DateTime<Utc>,
}

/// An access token that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// Whose it is.
    pub identity: Identity,
    /// The client it was given to.
    pub client_id: String,
    /// Roles of the realm.
    pub realm_roles: Vec<String>,
}

/// A logout token that was checked: this session, or every session of this person, is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutToken {
    /// The session, when one is named.
    pub session_id: Option<String>,
    /// The person, when one is named.
    pub user_id: Option<String>,
}

impl Claims {
    /// An access token for `audience`, of a human by one of `browser_clients` or of a system.
    pub fn bearer(self, audience: &str, browser_clients: &[String]) -> Result<Bearer, Refused> {
        if self.typ.as_deref() != Some("Bearer") {
            return Err(Refused::Invalid("it is no access token"));
        }
        if !self.is_for(audience) {
            return Err(Refused::Invalid("it is for another audience"));
        }
        let is_system = self.sid.is_none() && self.client_id.is_some() && self.client_id == self.azp;
        let client_id = self.azp.clone().ok_or(Refused::Invalid("it names no client"))?;
        let realm_roles = self.realm_access.roles.clone();
        let identity = if is_system {
            Identity::System
        } else if self.client_id.is_some() || !browser_clients.contains(&client_id) {
            return Err(Refused::Invalid("it is of a client that people do not sign in by"));
        } else {
            Identity::Person(self.session()?)
        };
        Ok(Bearer { identity, client_id, realm_roles })
    }

    /// An ID token for `client_id`, with the nonce of the request (OpenID Connect Core 1.0, 3.1.3.7).
    pub fn id_token(self, client_id: &str, nonce: &str) -> Result<Session, Refused> {
        if self.typ.as_deref() != Some("ID") {
            return Err(Refused::Invalid("it is no ID token"));
        }
        if !self.is_for(client_id) || self.azp.as_deref().is_some_and(|azp| azp != client_id) {
            return Err(Refused::Invalid("it is for another client"));
        }
        if self.nonce.as_deref() != Some(nonce) {
            return Err(Refused::Invalid("it answers another request"));
        }
        // What asks for a fresh sign-in rests on it; the time of the token would pass for one.
        if self.auth_time.is_none() {
            return Err(Refused::Invalid("it does not say when the person signed in"));
        }
        self.session()
    }

    /// A logout token for `client_id` (OpenID Connect Back-Channel Logout 1.0, 2.6).
    pub fn logout(self, client_id: &str) -> Result<LogoutToken, Refused> {
        let is_logout = self.events.as_ref().is_some_and(|events| events.contains_key(LOGOUT_EVENT));
        if !is_logout || self.nonce.is_some() {
            return Err(Refused::Invalid("it is no logout token"));
        }
        if !self.is_for(client_id) {
            return Err(Refused::Invalid("it is for another client"));
        }
        if self.sid.is_none() && self.sub.is_none() {
            return Err(Refused::Invalid("it names neither session nor person"));
        }
        Ok(LogoutToken { session_id: self.sid, user_id: self.sub })
    }

    fn is_for(&self, audience: &str) -> bool {
        match &self.aud {
            None => false,
            Some(Audience::One(one)) => one == audience,
            Some(Audience::Many(many)) => many.iter().any(|one| one == audience),
        }
    }

    fn session(self) -> Result<Session, Refused> {
        let time = |seconds| {
            DateTime::from_timestamp(seconds, 0).ok_or(Refused::Invalid("it holds a time that is none"))
        };
        Ok(Session {
            user_id: self.sub.ok_or(Refused::Invalid("it names no person"))?,
            session_id: self.sid.ok_or(Refused::Invalid("it belongs to no session"))?,
            began_at: time(self.auth_time.unwrap_or(self.iat))?,
            issued_at: time(self.iat)?,
        })
    }
}
