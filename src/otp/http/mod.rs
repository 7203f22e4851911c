//! The calls about codes and the lists of factors and imports, behind the gate of signed calls; what staff see and do; and what others report.

pub mod receipts;
pub mod staff;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use super::{
    Factor, Otp,
    destination::MAX_BYTES,
    error::{Refusal, database_problem},
    model::{ChallengeId, Channel, Purpose},
    service::{Command, Issue, Resend, Verify},
    store::imports::Imported,
};
use crate::platform::{
    masked::Masked,
    problem::Problem,
    webhook::{Fields, Gate, MAX_ID, SignedRequest, expected, signed_only},
};

/// The longest locale (BCP 47, 4.4.1 recommends room for 35).
const MAX_LOCALE: usize = 35;
/// The longest code that is taken in at all; what is longer than a code can be is refused later, by
/// name, without being looked at.
const MAX_CODE: usize = 4096;

/// `/otp/v1`: every route takes signed calls only, and signs every answer.
pub fn router(otp: Otp, gate: Gate) -> Router {
    let routes = Router::new()
        .route("/challenges", post(issue))
        .route("/challenges/{id}", get(status))
        .route("/challenges/{id}/verification", post(verify))
        .route("/challenges/{id}/resend", post(resend))
        .route("/users/{realm}/{user_id}/factors", get(factors))
        .route("/users/{realm}/{user_id}/imports", get(imports))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .with_state(otp)
        .layer(middleware::from_fn_with_state(gate, signed_only));
    Router::new().nest("/otp/v1", routes)
}

async fn issue(State(otp): State<Otp>, request: SignedRequest, body: Bytes) -> Result<Response, Problem> {
    let mut fields = Fields::of(&body)?;
    let command = Issue {
        realm: fields.text("realm", MAX_ID)?,
        user_id: fields.text("user_id", MAX_ID)?,
        auth_session_id: fields.text("auth_session_id", MAX_ID)?,
        purpose: fields.one_of("purpose", login_purpose, "login, enrol, reset or step_up")?,
        client_id: fields.text("client_id", MAX_ID)?,
        channel: channel(&mut fields)?,
        destination: fields.optional_text("destination", MAX_BYTES)?.map(Masked::new),
        locale: fields.text("locale", MAX_LOCALE)?,
        ip_address: fields.one_of("ip_address", |text| text.parse().ok(), "an IPv4 or IPv6 address")?,
    };
    fields.end()?;
    Ok(otp.execute(&request, Command::Issue(command)).await.into_response())
}

async fn verify(
    State(otp): State<Otp>,
    request: SignedRequest,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(&body)?;
    let command = Verify {
        auth_session_id: fields.text("auth_session_id", MAX_ID)?,
        code: Masked::new(fields.text("code", MAX_CODE)?),
        challenge: challenge_id(&id)?,
    };
    fields.end()?;
    Ok(otp.execute(&request, Command::Verify(command)).await.into_response())
}

async fn resend(
    State(otp): State<Otp>,
    request: SignedRequest,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(&body)?;
    let command = Resend {
        auth_session_id: fields.text("auth_session_id", MAX_ID)?,
        channel: channel(&mut fields)?,
        challenge: challenge_id(&id)?,
    };
    fields.end()?;
    Ok(otp.execute(&request, Command::Resend(command)).await.into_response())
}

async fn status(State(otp): State<Otp>, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    match otp.status(challenge_id(&id)?).await {
        Ok(Some((state, delivery))) => Ok(Json(json!({"status": state, "delivery": delivery}))),
        Ok(None) => Err(Refusal::NotFound.problem()),
        Err(error) => Err(database_problem(&error)),
    }
}

async fn factors(
    State(otp): State<Otp>,
    Path((realm, user_id)): Path<(String, String)>,
) -> Result<Json<Vec<Value>>, Problem> {
    let factors = otp.factors(&realm, &user_id).await.map_err(|error| database_problem(&error))?;
    Ok(Json(factors.iter().map(shown).collect()))
}

/// What the page of an enrolment offers; `destination` is left out of the call that asks for its code.
async fn imports(
    State(otp): State<Otp>,
    Path((realm, user_id)): Path<(String, String)>,
) -> Result<Json<Vec<Value>>, Problem> {
    let imports = otp.imports(&realm, &user_id).await.map_err(|error| database_problem(&error))?;
    let shown = |import: &Imported| json!({"channel": import.channel, "hint": import.hint});
    Ok(Json(imports.iter().map(shown).collect()))
}

fn shown(factor: &Factor) -> Value {
    json!({
        "id": factor.id,
        "channel": factor.channel,
        "hint": factor.hint,
        "primary": factor.is_primary,
        "verified_at": factor.verified_at,
        "disabled_at": factor.disabled_at,
    })
}

/// The purposes that Keycloak may name.
fn login_purpose(name: &str) -> Option<Purpose> {
    Purpose::named(name).filter(|purpose| purpose.is_of_logins())
}

/// An id that is none cannot name a challenge.
fn challenge_id(text: &str) -> Result<ChallengeId, Problem> {
    text.parse().map_err(|_| Refusal::NotFound.problem())
}

/// The channel, if one is named.
fn channel(fields: &mut Fields) -> Result<Option<Channel>, Problem> {
    fields
        .optional_text("channel", MAX_ID)?
        .map(|name| Channel::named(&name).ok_or_else(|| expected("channel", "sms or email")))
        .transpose()
}
