//! Sign-in by OpenID Connect: the authorization code flow with PKCE (RFC 6749, RFC 7636, OpenID
//! Connect Core 1.0), and hearing that a session ended (Back-Channel Logout 1.0).

mod client;
mod memory;

use async_trait::async_trait;
use secrecy::SecretString;
use url::Url;

use crate::platform::auth::{LogoutToken, Refused, Session};

pub use client::OidcClient;
pub use memory::MemoryProvider;

/// What a browser is sent to the provider with.
#[derive(Debug, Clone)]
pub struct Authorization<'a> {
    /// Where the provider sends the browser back to.
    pub redirect_uri: &'a Url,
    /// Binds the answer to this browser.
    pub state: &'a str,
    /// Binds the ID token to this request.
    pub nonce: &'a str,
    /// SHA-256 of the verifier in base64url (RFC 7636, 4.2).
    pub challenge: &'a str,
    /// The language that the provider's pages should use.
    pub ui_locale: &'a str,
    /// What the provider should have the person do, besides signing in (`kc_action` of Keycloak).
    pub action: Option<&'a str>,
    /// What the provider should ask the person for, if it is not as always.
    pub prompt: Option<Prompt>,
}

/// What a provider asks a person for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// To sign in, also when they are signed in already.
    Login,
    /// To sign up (Initiating User Registration via OpenID Connect 1.0).
    Create,
}

impl Prompt {
    /// The value of `prompt`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Create => "create",
        }
    }
}

/// Somebody who has signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who, and in which session.
    pub session: Session,
    /// Roles of the realm.
    pub realm_roles: Vec<String>,
}

/// An OpenID provider, as far as the portal needs it.
#[async_trait]
pub trait IdentityProvider: Send + Sync {
    /// Where to send the browser to sign in.
    fn authorization_url(&self, request: &Authorization<'_>) -> Url;

    /// Turns the code of an answer into who signed in.
    ///
    /// # Errors
    /// When the provider refuses the code, or its token is not what was asked for.
    async fn redeem(
        &self,
        code: &str,
        verifier: &SecretString,
        nonce: &str,
        redirect_uri: &Url,
    ) -> Result<SignedIn, OidcError>;

    /// Reads the token by which the provider says that a session ended.
    ///
    /// # Errors
    /// When it is not a logout token for us.
    async fn read_logout_token(&self, token: &str) -> Result<LogoutToken, OidcError>;
}

/// The provider did not do it. The text names no person and no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// It cannot be reached, or did not answer in time.
    #[error("the identity provider does not answer")]
    Unreachable,
    /// It refuses the code or our client.
    #[error("the identity provider refuses the code ({0})")]
    Refused(u16),
    /// Its answer cannot be read.
    #[error("the answer of the identity provider cannot be read")]
    Unreadable,
    /// Its token does not count.
    #[error(transparent)]
    Token(#[from] Refused),
}
