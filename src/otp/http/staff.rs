//! What staff see and do, below the root of the API: factors, blocked prefixes, the cost of messages.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::{
    access::{
        Caller, Permission,
        http::{Gatekeeper, Guard, Routes},
    },
    otp::{
        BlockedPrefix, FactorId, FactorName, FactorRecord, Otp, OtpError, Reset, Spend, StaffAct,
        error::database_problem,
    },
    platform::{
        http::extract::{JsonBody, PathIds},
        problem::Problem,
    },
};

/// `/users/{user_id}/factors…` and `/system/sms/…`.
#[must_use]
pub fn router(keeper: Gatekeeper, otp: Otp) -> Routes {
    let (look, manage) = (Guard::System(Permission::DirectoryView), Guard::System(Permission::FactorsManage));
    let messages = Guard::System(Permission::MessagesView);
    Routes::new(keeper)
        .at(look, routes!(list), otp.clone())
        .at(manage, routes!(disable), otp.clone())
        .at(manage, routes!(enable), otp.clone())
        .at(manage, routes!(lock), otp.clone())
        .at(manage, routes!(unlock), otp.clone())
        .at(Guard::System(Permission::FactorsReset), routes!(reset), otp.clone())
        .at(messages, routes!(blocked_prefixes), otp.clone())
        .at(manage, routes!(lift_prefix), otp.clone())
        .at(messages, routes!(spend), otp)
}

/// Why something is done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    /// 1 to 500 characters; it goes to the audit trail.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// A factor on record.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactorShown {
    /// Its id.
    pub id: Uuid,
    /// `sms` or `email`.
    pub channel: String,
    /// The masked destination.
    pub hint: String,
    /// Whether it is asked first.
    pub primary: bool,
    /// When it was proven.
    pub verified_at: DateTime<Utc>,
    /// When Keycloak first showed it.
    pub bound_at: Option<DateTime<Utc>>,
    /// When staff disabled it.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Why.
    pub disabled_reason: Option<String>,
    /// When it was locked.
    pub locked_at: Option<DateTime<Utc>>,
    /// Why, when staff did it; otherwise too many codes were wrong.
    pub lock_reason: Option<String>,
    /// Wrong codes in a row.
    pub failures: i32,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// `replaced`, `removed` or `reset`.
    pub end_reason: Option<String>,
}

impl From<FactorRecord> for FactorShown {
    fn from(record: FactorRecord) -> Self {
        Self {
            id: record.id.0,
            channel: record.channel.name().to_owned(),
            hint: record.hint,
            primary: record.is_primary,
            verified_at: record.verified_at,
            bound_at: record.bound_at,
            disabled_at: record.disabled_at,
            disabled_reason: record.disabled_reason,
            locked_at: record.locked_at,
            lock_reason: record.lock_reason,
            failures: record.failures,
            ended_at: record.ended_at,
            end_reason: record.end_reason,
        }
    }
}

/// What became of a reset.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResetShown {
    /// `asked`: another person must confirm it within a day; `done`: the factor has ended.
    pub status: &'static str,
}

impl From<OtpError> for Problem {
    fn from(error: OtpError) -> Self {
        match error {
            OtpError::Refused(refusal) => refusal.problem(),
            OtpError::Database(error) => database_problem(&error),
        }
    }
}

fn act(caller: &Caller, body: &ReasonBody) -> Result<StaffAct, Problem> {
    StaffAct::new(caller.actor(), caller.origin.clone(), &body.reason).map_err(|refusal| refusal.problem())
}

fn name<'a>(caller: &'a Caller, (user_id, id): &'a (String, FactorId)) -> FactorName<'a> {
    FactorName { realm: &caller.realm, user_id, id: *id }
}

/// Every factor a person ever had, masked, the live ones first.
#[utoipa::path(
    get, path = "/users/{user_id}/factors", operation_id = "listFactors", tag = "factors",
    params(("user_id" = String, Path)),
    responses((status = 200, body = Vec<FactorShown>), (status = 401), (status = 403)),
)]
async fn list(
    State(otp): State<Otp>,
    caller: Caller,
    PathIds(user_id): PathIds<String>,
) -> Result<Json<Vec<FactorShown>>, Problem> {
    let records = otp.factors_on_record(&caller.realm, &user_id).await;
    let records = records.map_err(|error| database_problem(&error))?;
    Ok(Json(records.into_iter().map(FactorShown::from).collect()))
}

/// Disables a factor: its owner has to enrol another destination at the next login.
#[utoipa::path(
    post, path = "/users/{user_id}/factors/{factor_id}/disable", operation_id = "disableFactor", tag = "factors",
    params(("user_id" = String, Path), ("factor_id" = Uuid, Path)), request_body = ReasonBody,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn disable(
    State(otp): State<Otp>,
    caller: Caller,
    PathIds(path): PathIds<(String, FactorId)>,
    JsonBody(body): JsonBody<ReasonBody>,
) -> Result<StatusCode, Problem> {
    otp.disable_factor(name(&caller, &path), &act(&caller, &body)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a disabled destination be enrolled again.
#[utoipa::path(
    post, path = "/users/{user_id}/factors/{factor_id}/enable", operation_id = "enableFactor", tag = "factors",
    params(("user_id" = String, Path), ("factor_id" = Uuid, Path)), request_body = ReasonBody,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn enable(
    State(otp): State<Otp>,
    caller: Caller,
    PathIds(path): PathIds<(String, FactorId)>,
    JsonBody(body): JsonBody<ReasonBody>,
) -> Result<StatusCode, Problem> {
    otp.enable_factor(name(&caller, &path), &act(&caller, &body)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Locks a factor as too many wrong codes do.
#[utoipa::path(
    post, path = "/users/{user_id}/factors/{factor_id}/lock", operation_id = "lockFactor", tag = "factors",
    params(("user_id" = String, Path), ("factor_id" = Uuid, Path)), request_body = ReasonBody,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn lock(
    State(otp): State<Otp>,
    caller: Caller,
    PathIds(path): PathIds<(String, FactorId)>,
    JsonBody(body): JsonBody<ReasonBody>,
) -> Result<StatusCode, Problem> {
    otp.lock_factor(name(&caller, &path), &act(&caller, &body)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Unlocks a factor and forgets its wrong codes.
#[utoipa::path(
    post, path = "/users/{user_id}/factors/{factor_id}/unlock", operation_id = "unlockFactor", tag = "factors",
    params(("user_id" = String, Path), ("factor_id" = Uuid, Path)), request_body = ReasonBody,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn unlock(
    State(otp): State<Otp>,
    caller: Caller,
    PathIds(path): PathIds<(String, FactorId)>,
    JsonBody(body): JsonBody<ReasonBody>,
) -> Result<StatusCode, Problem> {
    otp.unlock_factor(name(&caller, &path), &act(&caller, &body)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks for the reset of a factor, or confirms what another member of staff asked for within a day.
#[utoipa::path(
    post, path = "/users/{user_id}/factors/{factor_id}/reset", operation_id = "resetFactor", tag = "factors",
    params(("user_id" = String, Path), ("factor_id" = Uuid, Path)), request_body = ReasonBody,
    responses(
        (status = 200, body = ResetShown), (status = 202, body = ResetShown), (status = 400), (status = 401),
        (status = 403), (status = 404), (status = 409),
    ),
)]
async fn reset(
    State(otp): State<Otp>,
    caller: Caller,
    PathIds(path): PathIds<(String, FactorId)>,
    JsonBody(body): JsonBody<ReasonBody>,
) -> Result<(StatusCode, Json<ResetShown>), Problem> {
    // Four eyes are those of people.
    caller.require_person()?;
    let reset = otp.reset_factor(name(&caller, &path), &act(&caller, &body)?).await?;
    Ok(match reset {
        Reset::Asked => (StatusCode::ACCEPTED, Json(ResetShown { status: "asked" })),
        Reset::Done => (StatusCode::OK, Json(ResetShown { status: "done" })),
    })
}

/// The number prefixes that get no text message, because hardly a code came back from them.
#[utoipa::path(
    get, path = "/system/sms/blocked-prefixes", operation_id = "listBlockedPrefixes", tag = "messages",
    responses((status = 200, body = Vec<BlockedPrefix>), (status = 401), (status = 403)),
)]
async fn blocked_prefixes(State(otp): State<Otp>, _: Caller) -> Result<Json<Vec<BlockedPrefix>>, Problem> {
    otp.blocked_prefixes().await.map(Json).map_err(|error| database_problem(&error))
}

/// Lets a blocked prefix go; it is judged anew by what is sent from now on.
#[utoipa::path(
    post, path = "/system/sms/blocked-prefixes/{prefix}/lift", operation_id = "liftBlockedPrefix",
    tag = "messages", params(("prefix" = String, Path)), request_body = ReasonBody,
    responses((status = 200, body = BlockedPrefix), (status = 400), (status = 401), (status = 403), (status = 409)),
)]
async fn lift_prefix(
    State(otp): State<Otp>,
    caller: Caller,
    PathIds(prefix): PathIds<String>,
    JsonBody(body): JsonBody<ReasonBody>,
) -> Result<Json<BlockedPrefix>, Problem> {
    Ok(Json(otp.lift_prefix(&prefix, &act(&caller, &body)?).await?))
}

/// What text messages cost in the last hour and day, by list price, beside their budgets.
#[utoipa::path(
    get, path = "/system/sms/spend", operation_id = "getSmsSpend", tag = "messages",
    responses((status = 200, body = Spend), (status = 401), (status = 403)),
)]
async fn spend(State(otp): State<Otp>, _: Caller) -> Result<Json<Spend>, Problem> {
    otp.sms_spend().await.map(Json).map_err(|error| database_problem(&error))
}
