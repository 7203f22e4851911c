//! Requests in the back office, by API.

use axum::{Json, extract::State as Part};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{Act, Ask, Intake, ProjectAsk, Refused, RequestId, State, Step, Waiting};
use crate::{
    access::{
        Caller, Permission,
        http::{Gatekeeper, Guard, Routes},
    },
    companies::administration::Reason,
    platform::{
        http::{
            extract::{JsonBody, PathIds, QueryFields},
            paging::{Page, PageQuery},
        },
        problem::{Problem, StatusCode},
    },
};

/// `/backoffice/requests` and what is done with one.
#[must_use]
pub fn router(keeper: Gatekeeper, intake: &Intake) -> Routes {
    let state = || intake.clone();
    Routes::new(keeper)
        .at(Guard::System(Permission::DirectoryView), routes!(list), state())
        .at(Guard::System(Permission::RequestsManage), routes!(open), state())
        .at(Guard::System(Permission::RequestsManage), routes!(approve), state())
        .at(Guard::System(Permission::RequestsManage), routes!(reject), state())
        .at(Guard::System(Permission::RequestsManage), routes!(delegate), state())
        .at(Guard::System(Permission::RequestsManage), routes!(escalate), state())
        .at(Guard::System(Permission::RequestsManage), routes!(retry), state())
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let conflict = |code, title| Self::new(StatusCode::CONFLICT, code, title);
        match refused {
            Refused::Denied(denied) => denied.into(),
            Refused::Unknown => Self::not_found(),
            Refused::State(state) => {
                conflict("requests/state", "It does not stand so that this could be done")
                    .with("state", state.name())
            }
            Refused::Own => Self::new(
                StatusCode::FORBIDDEN,
                "requests/own",
                "Somebody else has to approve what you ask for",
            ),
            Refused::Assigned => conflict(
                "requests/assigned",
                "It was handed to somebody else; say why you act in their place",
            ),
            Refused::Escalated => Self::new(
                StatusCode::FORBIDDEN,
                "requests/escalated",
                "It went one step up, and is decided there",
            ),
            Refused::NoSuchPerson => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "requests/nobody", "There is nobody of that name")
            }
            Refused::NotStaff => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "requests/not-staff",
                "A request is handed only to staff who may decide it",
            )
            .with_detail("to: expected somebody of staff who may decide this, and has signed in here before"),
            Refused::Database(error) => Self::of_database(&error),
        }
    }
}

/// Which requests.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only those in this state; when absent, all that wait for somebody: `received`, `notified`, `failed`.
    state: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// How many items at most, 1 to 200; 50 when absent.
    limit: Option<u32>,
}

/// What waits, the eldest first; addresses masked.
#[utoipa::path(
    get, path = "/backoffice/requests", operation_id = "listRequests", tag = "requests", params(ListQuery),
    responses((status = 200, body = Page<Waiting>), (status = 400), (status = 401), (status = 403)),
)]
async fn list(
    Part(intake): Part<Intake>,
    caller: Caller,
    QueryFields(query): QueryFields<ListQuery>,
) -> Result<Json<Page<Waiting>>, Problem> {
    let state = match &query.state {
        None => None,
        Some(word) => Some(
            State::named(word)
                .ok_or_else(|| Problem::invalid_request("state: expected the state of a request"))?,
        ),
    };
    let page = PageQuery { after: query.after, limit: query.limit };
    let (limit, after) = (page.limit()?, page.after()?);
    let found = intake.waiting(&caller, state, after, limit).await?;
    Ok(Json(Page::of(found, limit, |it| (it.received_at, it.request_id), |it| it)))
}

/// A request, whole but for its PIN.
#[derive(Debug, Serialize, ToSchema)]
struct OpenedRequest {
    /// As in the list.
    #[serde(flatten)]
    request: Waiting,
    /// Who asks.
    person: Requester,
    /// Whether the project is to be made.
    is_new_project: bool,
    /// What the project is for.
    description: Option<String>,
    /// What is asked of each resource.
    quotas: Vec<RequestedAmount>,
    /// Until when.
    ends_on: Option<NaiveDate>,
    /// In the words of who asks.
    comment: String,
    /// What happened so far, the first first.
    steps: Vec<RequestStep>,
}

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
struct Requester {
    /// The address.
    email: String,
    /// First and last name.
    name: String,
    /// Where they belong, as they say.
    organization: String,
    /// What they do there.
    role: String,
    /// Who vouches for them.
    sponsor: String,
    /// Where they are called.
    phone: String,
    /// Whether they have no account yet.
    is_new: bool,
}

/// So much of a resource.
#[derive(Debug, Serialize, ToSchema)]
struct RequestedAmount {
    /// `compute`, `network` or `volume`.
    service: String,
    /// Its name there.
    resource: String,
    /// -1 is unlimited, RAM is in MB.
    value: i64,
}

/// What happened.
#[derive(Debug, Serialize, ToSchema)]
struct RequestStep {
    /// A state, or `changed`, `delegated`, `escalated`, `on_behalf`.
    what: String,
    /// A person's id, or the name of an operator, a table, or the service.
    by: String,
    /// Why, or to whom.
    reason: Option<String>,
    /// When.
    at: DateTime<Utc>,
}

impl OpenedRequest {
    fn of(request: Waiting, ask: Ask, steps: Vec<Step>) -> Self {
        let name = ask.full_name().into_inner();
        let (is_new_project, description) = match ask.project {
            ProjectAsk::New { description, .. } => (true, Some(description)),
            ProjectAsk::Existing { .. } => (false, None),
        };
        let amount = |quota: super::QuotaAsk| RequestedAmount {
            service: quota.service.name().to_owned(),
            resource: quota.resource,
            value: quota.value,
        };
        let step =
            |step: Step| RequestStep { what: step.state, by: step.actor, reason: step.reason, at: step.at };
        Self {
            request,
            person: Requester {
                email: ask.email.into_inner(),
                name,
                organization: ask.organization,
                role: ask.role,
                sponsor: ask.sponsor,
                phone: ask.phone.into_inner(),
                is_new: ask.is_new_user,
            },
            is_new_project,
            description,
            quotas: ask.quotas.into_iter().map(amount).collect(),
            ends_on: ask.ends_on,
            comment: ask.comment,
            steps: steps.into_iter().map(step).collect(),
        }
    }
}

/// A request, whole but for its PIN. That somebody looked is recorded.
#[utoipa::path(
    get, path = "/backoffice/requests/{request_id}", operation_id = "openRequest", tag = "requests",
    params(("request_id" = Uuid, Path)),
    responses((status = 200, body = OpenedRequest), (status = 401), (status = 403), (status = 404)),
)]
async fn open(
    Part(intake): Part<Intake>,
    caller: Caller,
    PathIds(id): PathIds<RequestId>,
) -> Result<Json<OpenedRequest>, Problem> {
    let (request, ask, steps) = intake.open(&caller, id).await?;
    Ok(Json(OpenedRequest::of(request, ask, steps)))
}

/// How it stands now.
#[derive(Debug, Serialize, ToSchema)]
struct RequestStanding {
    /// The state.
    state: String,
}

async fn decided(
    intake: &Intake,
    caller: &Caller,
    id: RequestId,
    act: Act,
    on_behalf: Option<&str>,
) -> Result<Json<RequestStanding>, Problem> {
    let on_behalf = on_behalf.map(|why| read_reason("on_behalf", why)).transpose()?;
    let state = intake.decide(caller, id, act, on_behalf).await?;
    Ok(Json(RequestStanding { state: state.name().to_owned() }))
}

fn read_reason(field: &str, text: &str) -> Result<String, Problem> {
    let reason = Reason::new(text).map(|reason| reason.text().to_owned());
    reason.ok_or_else(|| Problem::invalid_request(format!("{field}: expected 1 to 500 characters")))
}

/// An approval.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RequestApproval {
    /// Why one decides in the place of whom it was handed to; 1 to 500 characters.
    on_behalf: Option<String>,
}

/// Lets a request be brought about, once the help desk was told of it.
#[utoipa::path(
    post, path = "/backoffice/requests/{request_id}/approve", operation_id = "approveRequest", tag = "requests",
    params(("request_id" = Uuid, Path)), request_body = RequestApproval,
    responses((status = 200, body = RequestStanding), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn approve(
    Part(intake): Part<Intake>,
    caller: Caller,
    PathIds(id): PathIds<RequestId>,
    JsonBody(body): JsonBody<RequestApproval>,
) -> Result<Json<RequestStanding>, Problem> {
    decided(&intake, &caller, id, Act::Approve, body.on_behalf.as_deref()).await
}

/// A rejection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RequestRejection {
    /// Why, as the person is told; 1 to 500 characters.
    reason: String,
    /// Why one decides in the place of whom it was handed to; 1 to 500 characters.
    on_behalf: Option<String>,
}

/// Ends a request. Whoever asked is told the reason.
#[utoipa::path(
    post, path = "/backoffice/requests/{request_id}/reject", operation_id = "rejectRequest", tag = "requests",
    params(("request_id" = Uuid, Path)), request_body = RequestRejection,
    responses((status = 200, body = RequestStanding), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn reject(
    Part(intake): Part<Intake>,
    caller: Caller,
    PathIds(id): PathIds<RequestId>,
    JsonBody(body): JsonBody<RequestRejection>,
) -> Result<Json<RequestStanding>, Problem> {
    let reason = read_reason("reason", &body.reason)?;
    decided(&intake, &caller, id, Act::Reject(reason), body.on_behalf.as_deref()).await
}

/// To whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RequestDelegation {
    /// The id, user name or address of a person of staff who may decide it, and has signed in here before.
    to: String,
}

/// Hands a request to somebody of staff, who is told, and whose it is from then on.
#[utoipa::path(
    post, path = "/backoffice/requests/{request_id}/delegate", operation_id = "delegateRequest", tag = "requests",
    params(("request_id" = Uuid, Path)), request_body = RequestDelegation,
    responses((status = 200, body = RequestStanding), (status = 401), (status = 403), (status = 404), (status = 409),
        (status = 422)),
)]
async fn delegate(
    Part(intake): Part<Intake>,
    caller: Caller,
    PathIds(id): PathIds<RequestId>,
    JsonBody(body): JsonBody<RequestDelegation>,
) -> Result<Json<RequestStanding>, Problem> {
    if body.to.trim().is_empty() || body.to.len() > 255 {
        return Err(Problem::invalid_request("to: expected the id, user name or address of a person"));
    }
    decided(&intake, &caller, id, Act::Delegate(body.to), None).await
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RequestEscalation {
    /// 1 to 500 characters.
    reason: String,
}

/// Hands a request one step up.
#[utoipa::path(
    post, path = "/backoffice/requests/{request_id}/escalate", operation_id = "escalateRequest", tag = "requests",
    params(("request_id" = Uuid, Path)), request_body = RequestEscalation,
    responses((status = 200, body = RequestStanding), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn escalate(
    Part(intake): Part<Intake>,
    caller: Caller,
    PathIds(id): PathIds<RequestId>,
    JsonBody(body): JsonBody<RequestEscalation>,
) -> Result<Json<RequestStanding>, Problem> {
    let reason = read_reason("reason", &body.reason)?;
    decided(&intake, &caller, id, Act::Escalate(reason), None).await
}

/// Tries again what failed.
#[utoipa::path(
    post, path = "/backoffice/requests/{request_id}/retry", operation_id = "retryRequest", tag = "requests",
    params(("request_id" = Uuid, Path)),
    responses((status = 200, body = RequestStanding), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn retry(
    Part(intake): Part<Intake>,
    caller: Caller,
    PathIds(id): PathIds<RequestId>,
) -> Result<Json<RequestStanding>, Problem> {
    decided(&intake, &caller, id, Act::Retry, None).await
}
