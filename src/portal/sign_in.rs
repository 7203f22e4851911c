//! Sign-in and sign-out (OpenID Connect Core 1.0, 3.1; Back-Channel Logout 1.0).
//!
//! One random secret in a cookie stands for an attempt to sign in. State, nonce and the verifier of
//! PKCE are derived from it, so nothing is kept for people who never come back.

use axum::{
    extract::{Form, Query, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{AppendHeaders, IntoResponse as _, Redirect, Response},
};
use axum_extra::extract::CookieJar;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::SecretString;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::{
    Portal,
    page::{NoPage, note, see},
    session::Secret,
    submission::Submission,
    visitor::{ClientOrigin, SESSION_COOKIE, secret_in},
    words::Language,
};
use crate::{
    adapters::oidc::{Authorization, OidcError, Prompt, SignedIn},
    platform::auth::Refused,
};

/// Where Keycloak sends people back to.
pub const CALLBACK: &str = "/sign-in/callback";
/// The cookie of an attempt: its secret, a dot, and the page to go to.
const ATTEMPT_COOKIE: &str = "__Host-gatehouse-sign-in";
/// How long an attempt may take, in seconds: as long as Keycloak's login page stays usable.
const ATTEMPT_SECONDS: u32 = 30 * 60;
/// Where people go who did not come for a page.
const FIRST_PAGE: &str = "/account";

/// Actions of Keycloak that pages lead to, by the name in our address.
const ACTIONS: &[(&str, &str)] = &[
    ("password", "UPDATE_PASSWORD"),
    ("sms", "gh-enrol-sms"),
    ("email", "gh-enrol-email"),
    ("app", "CONFIGURE_TOTP"),
    ("passkey", "webauthn-register"),
    ("recovery", "CONFIGURE_RECOVERY_AUTHN_CODES"),
];

/// What a page asks sign-in for.
#[derive(Deserialize)]
pub struct SignInQuery {
    to: Option<String>,
    lang: Option<String>,
    action: Option<String>,
    /// Whether the person should prove anew who they are.
    fresh: Option<String>,
    /// Whether the person comes to sign up.
    new: Option<String>,
}

/// Sends the browser to Keycloak.
pub async fn begin(
    State(portal): State<Portal>,
    Query(query): Query<SignInQuery>,
    ClientOrigin(origin): ClientOrigin,
    headers: HeaderMap,
) -> Response {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = Language::choose(query.lang.as_deref(), accepted);
    if !portal.admits_stranger(&origin) {
        return NoPage::TooMany.show(language);
    }
    let asked = query.action.as_deref();
    let action = asked.and_then(|asked| ACTIONS.iter().find(|(name, _)| *name == asked)).map(|(_, id)| *id);
    let secret = Secret::generate(portal.entropy().as_ref());
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(secret.derive("verifier")));
    let url = portal.provider().authorization_url(&Authorization {
        redirect_uri: &portal.address(CALLBACK),
        state: &secret.derive("state"),
        nonce: &secret.derive("nonce"),
        challenge: &challenge,
        ui_locale: language.keycloak_tag(),
        action,
        prompt: match (query.fresh, query.new) {
            (Some(_), _) => Some(Prompt::Login),
            (None, Some(_)) => Some(Prompt::Create),
            (None, None) => None,
        },
    });
    let to = query.to.as_deref().filter(|to| is_page(to)).unwrap_or(FIRST_PAGE);
    let attempt = cookie(ATTEMPT_COOKIE, &format!("{}.{to}", secret.expose()), Some(ATTEMPT_SECONDS));
    (AppendHeaders([attempt]), Redirect::to(url.as_str())).into_response()
}

/// What Keycloak sends people back with.
#[derive(Deserialize)]
pub struct Answer {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    kc_action_status: Option<String>,
}

/// Turns Keycloak's answer into a session.
pub async fn callback(
    State(portal): State<Portal>,
    Query(answer): Query<Answer>,
    jar: CookieJar,
) -> Response {
    let attempt = jar.get(ATTEMPT_COOKIE).and_then(|cookie| {
        let (secret, to) = cookie.value().split_once('.')?;
        Some((Secret::parse(secret)?, to.to_owned()))
    });
    let over = gone(ATTEMPT_COOKIE);
    let state = answer.state.unwrap_or_default();
    let attempt = attempt.filter(|(secret, _)| answer.error.is_none() && secret.is_derived("state", &state));
    let (Some((attempt, to)), Some(code)) = (attempt, answer.code) else {
        return (AppendHeaders([over]), see("/?notice=not-signed-in")).into_response();
    };
    match redeem(&portal, &attempt, &code, secret_in(&jar).as_ref()).await {
        Ok(secret) => {
            let to = if is_page(&to) { to } else { FIRST_PAGE.to_owned() };
            let is_done = answer.kc_action_status.is_some_and(|status| status == "success");
            let to = if is_done { format!("{to}?done=changed") } else { to };
            let session = cookie(SESSION_COOKIE, secret.expose(), None);
            (AppendHeaders([over, session]), see(&to)).into_response()
        }
        Err(notice) => (AppendHeaders([over]), see(notice)).into_response(),
    }
}

async fn redeem(
    portal: &Portal,
    attempt: &Secret,
    code: &str,
    before: Option<&Secret>,
) -> Result<Secret, &'static str> {
    let verifier = SecretString::from(attempt.derive("verifier"));
    let nonce = attempt.derive("nonce");
    let redeemed = portal.provider().redeem(code, &verifier, &nonce, &portal.address(CALLBACK)).await;
    let signed_in: SignedIn = redeemed.map_err(|error| {
        tracing::warn!(%error, "nobody was signed in");
        match error {
            OidcError::Unreachable | OidcError::Token(Refused::Unavailable) => "/?notice=unavailable",
            _ => "/?notice=not-signed-in",
        }
    })?;
    // Who has just signed up may be here before the event that tells of them.
    if !portal.knows(&signed_in.session.user_id).await {
        return Err("/?notice=setting-up");
    }
    portal.sessions().begin(&signed_in, before).await.map_err(|error| {
        note(&error);
        "/?notice=unavailable"
    })
}

/// Ends the session here, and by a job at Keycloak. The browser is not sent there: the address would
/// carry an ID token, and so a person's name and e-mail address, into histories and logs.
pub async fn sign_out(State(portal): State<Portal>, form: Submission) -> Response {
    let visitor = form.visitor;
    let session = &visitor.visit.session;
    let ended = async {
        portal.sessions().end_elsewhere(&session.session_id).await?;
        portal.commands().end_session(&session.user_id, &visitor.origin, &session.session_id).await
    };
    match ended.await {
        Ok(command) => {
            portal.outcome(command, &session.user_id, |_| true).await;
            (AppendHeaders([gone(SESSION_COOKIE)]), see("/?notice=signed-out")).into_response()
        }
        Err(error) => visitor.failed(&error),
    }
}

/// What Keycloak sends when a session ends.
#[derive(Deserialize)]
pub struct BackChannel {
    logout_token: String,
}

/// Ends what Keycloak says has ended (OpenID Connect Back-Channel Logout 1.0, 2.5 to 2.8).
pub async fn backchannel_logout(State(portal): State<Portal>, Form(form): Form<BackChannel>) -> StatusCode {
    let token = match portal.provider().read_logout_token(&form.logout_token).await {
        Ok(token) => token,
        Err(OidcError::Token(Refused::Unavailable)) => return StatusCode::SERVICE_UNAVAILABLE,
        Err(error) => {
            tracing::warn!(%error, "a call that is no logout of Keycloak's");
            return StatusCode::BAD_REQUEST;
        }
    };
    match portal.sessions().follow_logout(&token).await {
        Ok(()) => StatusCode::OK,
        Err(error) => {
            note(&error);
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

/// Sends somebody to sign in, and then to the page they came for.
pub fn redirect_to_sign_in(here: &str) -> Response {
    let to = if is_page(here) { here } else { FIRST_PAGE };
    see(&format!("/sign-in?to={to}"))
}

/// Sends somebody to prove anew who they are, and then to the page `here`.
pub fn again(here: &str) -> Response {
    see(&format!("/sign-in?to={here}&fresh=yes"))
}

/// Whether this is the path of a page of ours and nothing else: no other host, no query.
fn is_page(path: &str) -> bool {
    let inside = ["/account", "/company", "/cloud", "/backoffice"].iter().any(|section| {
        path.strip_prefix(section).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    inside && path.len() <= 200 && path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-_".contains(&b))
}

/// A cookie that no script reads and no other site sends along with a form; without `seconds` it ends
/// with the browser.
fn cookie(name: &str, value: &str, seconds: Option<u32>) -> (HeaderName, String) {
    let life = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    (header::SET_COOKIE, format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{life}"))
}

/// The session's cookie ends.
pub fn session_over() -> (HeaderName, String) {
    gone(SESSION_COOKIE)
}

fn gone(name: &str) -> (HeaderName, String) {
    cookie(name, "", Some(0))
}

#[cfg(test)]
mod tests {
    use super::is_page;

    #[test]
    fn nobody_is_sent_elsewhere_after_signing_in() {
        for path in
            ["/account", "/account/contacts", "/company/billing/0199-a_b", "/cloud/ask", "/backoffice"]
        {
            assert!(is_page(path), "{path}");
        }
        for path in [
            "",
            "/",
            "//evil.example",
            "/\\evil",
            "https://evil.example",
            "/accounts",
            "/account?x=1",
            "/account/../..",
            "/account/%2f",
            "/sign-out",
            "/account\r\nX: y",
        ] {
            assert!(!is_page(path), "{path}");
        }
    }
}
