//! What staff see and decide, by API.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use crate::{
    access::{
        Caller, Permission,
        http::{Gatekeeper, Guard, Routes},
    },
    admission::{Admission, AdmissionError, AdmissionId, Allowed, AllowedId, Asked, Decider, Decision},
    companies::administration::Reason,
    platform::{
        http::{
            extract::{JsonBody, PathIds, QueryFields},
            paging::{Page, PageQuery},
        },
        masked::Masked,
        problem::Problem,
    },
};

/// `/backoffice/sign-ups` and what is below it.
#[must_use]
pub fn router(keeper: Gatekeeper, admission: &Admission) -> Routes {
    let state = || admission.clone();
    let decide = Guard::System(Permission::RequestsManage);
    Routes::new(keeper)
        .at(decide, routes!(requests), state())
        .at(decide, routes!(approve), state())
        .at(decide, routes!(refuse), state())
        .at(decide, routes!(allowed, allow), state())
        .at(decide, routes!(disallow), state())
}

impl From<AdmissionError> for Problem {
    fn from(error: AdmissionError) -> Self {
        let conflict = |code, title| Self::new(StatusCode::CONFLICT, code, title);
        match error {
            AdmissionError::Denied(denied) => denied.into(),
            AdmissionError::Invalid(field, expected) => {
                Self::invalid_request(format!("{field}: expected {expected}"))
                    .with("errors", json!([{"field": field, "expected": expected}]))
            }
            AdmissionError::Decided => conflict("admission/decided", "Staff have decided otherwise already"),
            AdmissionError::Held => conflict("admission/held", "It is on the list already"),
            AdmissionError::TooMany => {
                conflict("admission/too-many", "There are as many entries as there may be")
            }
            AdmissionError::Database(error) => Self::of_database(&error),
        }
    }
}

/// A request to sign up.
#[derive(Debug, Serialize, ToSchema)]
struct SignUpRequest {
    /// Its id.
    request_id: Uuid,
    /// Their address.
    #[schema(value_type = String)]
    email: Masked<String>,
    /// Given name.
    #[schema(value_type = Option<String>)]
    first_name: Option<Masked<String>>,
    /// Family name.
    #[schema(value_type = Option<String>)]
    last_name: Option<Masked<String>>,
    /// The company they named.
    company: Option<String>,
    /// The language of their page.
    locale: String,
    /// `waiting`, `approved` or `refused`.
    state: String,
    /// When they asked first.
    asked_at: DateTime<Utc>,
    /// When staff decided.
    decided_at: Option<DateTime<Utc>>,
    /// Who decided.
    decided_by: Option<String>,
    /// Why.
    reason: Option<String>,
}

impl From<Asked> for SignUpRequest {
    fn from(asked: Asked) -> Self {
        Self {
            request_id: asked.request_id.0,
            email: asked.email,
            first_name: asked.first_name,
            last_name: asked.last_name,
            company: asked.company,
            locale: asked.locale,
            state: asked.state,
            asked_at: asked.asked_at,
            decided_at: asked.decided_at,
            decided_by: asked.decided_by,
            reason: asked.reason,
        }
    }
}

/// Who may sign up without asking.
#[derive(Debug, Serialize, ToSchema)]
struct SignUpAllowed {
    /// Its id.
    allowed_id: Uuid,
    /// An address or a domain, in lower case.
    #[schema(value_type = String)]
    value: Masked<String>,
    /// Why.
    reason: String,
    /// Who added it.
    added_by: String,
    /// When.
    added_at: DateTime<Utc>,
}

impl From<Allowed> for SignUpAllowed {
    fn from(allowed: Allowed) -> Self {
        Self {
            allowed_id: allowed.allowed_id.0,
            value: allowed.value,
            reason: allowed.reason,
            added_by: allowed.added_by,
            added_at: allowed.added_at,
        }
    }
}

/// Why it is decided so.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignUpReason {
    /// 1 to 500 characters.
    reason: String,
}

/// Who is to be allowed, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignUpAllowedBody {
    /// An e-mail address, or a domain for all of its addresses.
    #[schema(value_type = String, max_length = 254)]
    value: Masked<String>,
    /// 1 to 500 characters.
    reason: String,
}

fn read(reason: &str) -> Result<Reason, Problem> {
    let wrong = AdmissionError::Invalid("reason", "1 to 500 characters");
    Reason::new(reason).ok_or_else(|| wrong.into())
}

/// Which requests.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SignUpQuery {
    /// `waiting`, `approved` or `refused`; all when absent.
    state: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// How many items at most, 1 to 200; 50 when absent.
    limit: Option<u32>,
}

/// Who asked to sign up while the launch is closed, the eldest first.
#[utoipa::path(
    get, path = "/backoffice/sign-ups", operation_id = "listSignUps", tag = "backoffice", params(SignUpQuery),
    responses((status = 200, body = Page<SignUpRequest>), (status = 401), (status = 403)),
)]
async fn requests(
    State(admission): State<Admission>,
    caller: Caller,
    QueryFields(query): QueryFields<SignUpQuery>,
) -> Result<Json<Page<SignUpRequest>>, Problem> {
    let page = PageQuery { after: query.after, limit: query.limit };
    let (limit, after) = (page.limit()?, page.after()?);
    let rows = admission.requests(&caller, query.state.as_deref(), after, limit).await?;
    Ok(Json(Page::of(rows, limit, |row| (row.asked_at, row.request_id), Into::into)))
}

/// Lets somebody sign up who asked; they get a letter with the link.
#[utoipa::path(
    post, path = "/backoffice/sign-ups/{request_id}/approve", operation_id = "approveSignUp", tag = "backoffice",
    params(("request_id" = Uuid, Path)), request_body = SignUpReason,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn approve(
    State(admission): State<Admission>,
    caller: Caller,
    PathIds(id): PathIds<AdmissionId>,
    JsonBody(body): JsonBody<SignUpReason>,
) -> Result<StatusCode, Problem> {
    admission.decide(&caller, id, Decision::Approve, &read(&body.reason)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses somebody who asked; they get a letter that says so, without the reason.
#[utoipa::path(
    post, path = "/backoffice/sign-ups/{request_id}/refuse", operation_id = "refuseSignUp", tag = "backoffice",
    params(("request_id" = Uuid, Path)), request_body = SignUpReason,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn refuse(
    State(admission): State<Admission>,
    caller: Caller,
    PathIds(id): PathIds<AdmissionId>,
    JsonBody(body): JsonBody<SignUpReason>,
) -> Result<StatusCode, Problem> {
    admission.decide(&caller, id, Decision::Refuse, &read(&body.reason)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who may sign up without asking, the eldest entry first.
#[utoipa::path(
    get, path = "/backoffice/sign-ups/allowed", operation_id = "listAllowedSignUps", tag = "backoffice",
    params(PageQuery),
    responses((status = 200, body = Page<SignUpAllowed>), (status = 401), (status = 403)),
)]
async fn allowed(
    State(admission): State<Admission>,
    caller: Caller,
    QueryFields(page): QueryFields<PageQuery>,
) -> Result<Json<Page<SignUpAllowed>>, Problem> {
    let limit = page.limit()?;
    let rows = admission.allowed(&caller, page.after()?, limit).await?;
    Ok(Json(Page::of(rows, limit, |row| (row.added_at, row.allowed_id), Into::into)))
}

/// Lets an address, or every address of a domain, sign up without asking.
#[utoipa::path(
    post, path = "/backoffice/sign-ups/allowed", operation_id = "allowSignUp", tag = "backoffice",
    request_body = SignUpAllowedBody,
    responses((status = 201, body = SignUpAllowed), (status = 400), (status = 401), (status = 403), (status = 409)),
)]
async fn allow(
    State(admission): State<Admission>,
    caller: Caller,
    JsonBody(body): JsonBody<SignUpAllowedBody>,
) -> Result<(StatusCode, Json<SignUpAllowed>), Problem> {
    let added = admission.allow(Decider::Staff(&caller), body.value.expose(), &read(&body.reason)?).await?;
    Ok((StatusCode::CREATED, Json(added.into())))
}

/// Takes an address or a domain off the list. Who has signed up keeps the account.
#[utoipa::path(
    post, path = "/backoffice/sign-ups/allowed/{allowed_id}/removal", operation_id = "disallowSignUp",
    tag = "backoffice", params(("allowed_id" = Uuid, Path)), request_body = SignUpReason,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)),
)]
async fn disallow(
    State(admission): State<Admission>,
    caller: Caller,
    PathIds(id): PathIds<AllowedId>,
    JsonBody(body): JsonBody<SignUpReason>,
) -> Result<StatusCode, Problem> {
    admission.disallow(Decider::Staff(&caller), id, &read(&body.reason)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
