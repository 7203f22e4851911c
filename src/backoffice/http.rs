//! The back office by API, and what other systems ask about a person.

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    Approval, ApprovalId, ApprovalKind, BackOffice, BackOfficeError, Extended, FoundCompany, FoundPerson,
    Note, ParkedJob, Query,
};
use crate::{
    access::{
        Caller, Permission, Target,
        http::{Gatekeeper, Guard, Routes},
    },
    audit::{Recorded, Search, Subject},
    companies::{CompanyId, administration::Reason},
    platform::{
        http::{
            extract::{JsonBody, PathIds, QueryFields},
            paging::{Page, PageQuery},
        },
        problem::Problem,
    },
};

/// `/users/{user_id}/extended`, `/backoffice/…` and the trails.
#[must_use]
pub fn router(keeper: Gatekeeper, office: &BackOffice) -> Routes {
    let state = || office.clone();
    Routes::new(keeper)
        .at(Guard::PersonIn(Permission::PeopleView), routes!(extended), state())
        .at(Guard::Company(Permission::CompanyAuditView), routes!(company_trail), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(ask_factor_reset_as_admin), state())
        .at(Guard::System(Permission::PeopleUnmask), routes!(unmask), state())
        .at(Guard::System(Permission::DirectoryView), routes!(find_people), state())
        .at(Guard::System(Permission::DirectoryView), routes!(find_companies), state())
        .at(Guard::System(Permission::PeopleBlock), routes!(block), state())
        .at(Guard::System(Permission::PeopleBlock), routes!(unblock), state())
        .at(Guard::System(Permission::CompaniesSuspend), routes!(suspend), state())
        .at(Guard::System(Permission::CompaniesSuspend), routes!(resume), state())
        .at(Guard::System(Permission::DirectoryView), routes!(person_notes), state())
        .at(Guard::System(Permission::NotesManage), routes!(write_person_note), state())
        .at(Guard::System(Permission::DirectoryView), routes!(company_notes), state())
        .at(Guard::System(Permission::NotesManage), routes!(write_company_note), state())
        .at(Guard::System(Permission::FactorsReset), routes!(ask_factor_reset), state())
        .at(Guard::System(Permission::OwnersChange), routes!(ask_owner_change), state())
        .at(Guard::System(Permission::DirectoryView), routes!(approvals), state())
        .at(Guard::System(Permission::FactorsReset), routes!(approve), state())
        .at(Guard::System(Permission::FactorsReset), routes!(refuse), state())
        .at(Guard::System(Permission::JobsView), routes!(parked_jobs), state())
        .at(Guard::System(Permission::JobsManage), routes!(retry_job), state())
        .at(Guard::System(Permission::AuditView), routes!(trail), state())
        .at(Guard::System(Permission::AuditView), routes!(export_trail), state())
}

impl From<BackOfficeError> for Problem {
    fn from(error: BackOfficeError) -> Self {
        match error {
            BackOfficeError::Denied(denied) => denied.into(),
            BackOfficeError::SameEyes => {
                Self::new(StatusCode::FORBIDDEN, "approvals/same-eyes", "Somebody else has to decide this")
            }
            BackOfficeError::AskedAlready => Self::new(
                StatusCode::CONFLICT,
                "approvals/asked-already",
                "The same waits for a decision already",
            ),
            BackOfficeError::Invalid(field, expected) => {
                Self::invalid_request(format!("{field}: expected {expected}"))
            }
            BackOfficeError::Companies(error) => error.into(),
            BackOfficeError::Database(error) => Self::of_database(&error),
        }
    }
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WithReason {
    /// 1 to 500 characters.
    reason: String,
}

impl WithReason {
    fn read(&self) -> Result<Reason, Problem> {
        Reason::new(&self.reason)
            .ok_or_else(|| Problem::invalid_request("reason: expected 1 to 500 characters"))
    }
}

/// Everything about a person that the caller may know; masked for staff.
#[utoipa::path(
    get, path = "/users/{user_id}/extended", operation_id = "getUserExtended", tag = "users",
    params(("user_id" = String, Path)),
    responses((status = 200, body = Extended), (status = 401), (status = 403), (status = 404)),
)]
async fn extended(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(user_id): PathIds<String>,
) -> Result<Json<Extended>, Problem> {
    Ok(Json(office.extended(&caller, &user_id, None).await?))
}

/// Everything about a person, unmasked: recorded, and visible to the customer.
#[utoipa::path(
    post, path = "/backoffice/users/{user_id}/unmask", operation_id = "unmaskUser", tag = "backoffice",
    params(("user_id" = String, Path)), request_body = WithReason,
    responses((status = 200, body = Extended), (status = 401), (status = 403), (status = 404)),
)]
async fn unmask(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(user_id): PathIds<String>,
    JsonBody(body): JsonBody<WithReason>,
) -> Result<Json<Extended>, Problem> {
    Ok(Json(office.extended(&caller, &user_id, Some(&body.read()?)).await?))
}

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FindQuery {
    /// An e-mail address, a number that begins with `+`, an id, or a name.
    q: String,
    /// `next` of the page before.
    after: Option<String>,
    /// How many items at most, 1 to 200; 50 when absent.
    limit: Option<u32>,
}

impl FindQuery {
    fn read(self) -> Result<(Query, PageQuery), Problem> {
        let asked = Some(&self.q).filter(|text| text.len() <= 255).and_then(|text| Query::of(text));
        let asked = asked
            .ok_or_else(|| Problem::invalid_request("q: expected an address, a number, an id or a name"))?;
        Ok((asked, PageQuery { after: self.after, limit: self.limit }))
    }
}

/// People by exact address, number or id, or by name; masked.
#[utoipa::path(
    get, path = "/backoffice/users", operation_id = "findUsers", tag = "backoffice", params(FindQuery),
    responses((status = 200, body = Page<FoundPerson>), (status = 401), (status = 403)),
)]
async fn find_people(
    State(office): State<BackOffice>,
    caller: Caller,
    QueryFields(query): QueryFields<FindQuery>,
) -> Result<Json<Page<FoundPerson>>, Problem> {
    let (asked, page) = query.read()?;
    let (limit, after) = (page.limit()?, page.after::<String>()?);
    let found = office.find_people(&caller, &asked, after.as_deref(), limit).await?;
    Ok(Json(Page::of(found, limit, |person| person.user_id.clone(), |person| person)))
}

/// Companies by id or name.
#[utoipa::path(
    get, path = "/backoffice/companies", operation_id = "findCompanies", tag = "backoffice", params(FindQuery),
    responses((status = 200, body = Page<FoundCompany>), (status = 401), (status = 403)),
)]
async fn find_companies(
    State(office): State<BackOffice>,
    caller: Caller,
    QueryFields(query): QueryFields<FindQuery>,
) -> Result<Json<Page<FoundCompany>>, Problem> {
    let (asked, page) = query.read()?;
    let limit = page.limit()?;
    let found = office.find_companies(&caller, &asked, page.after()?, limit).await?;
    Ok(Json(Page::of(found, limit, |company| company.company_id, |company| company)))
}

/// Stops a person everywhere.
#[utoipa::path(
    post, path = "/backoffice/users/{user_id}/block", operation_id = "blockUser", tag = "backoffice",
    params(("user_id" = String, Path)), request_body = WithReason,
    responses((status = 202), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn block(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(user_id): PathIds<String>,
    JsonBody(body): JsonBody<WithReason>,
) -> Result<StatusCode, Problem> {
    office.block(&caller, &user_id, &body.read()?).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Lets a person go on whom staff had stopped.
#[utoipa::path(
    post, path = "/backoffice/users/{user_id}/unblock", operation_id = "unblockUser", tag = "backoffice",
    params(("user_id" = String, Path)), request_body = WithReason,
    responses((status = 202), (status = 401), (status = 403), (status = 404)),
)]
async fn unblock(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(user_id): PathIds<String>,
    JsonBody(body): JsonBody<WithReason>,
) -> Result<StatusCode, Problem> {
    office.unblock(&caller, &user_id, &body.read()?).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Suspends a company.
#[utoipa::path(
    post, path = "/backoffice/companies/{company_id}/suspend", operation_id = "suspendCompany", tag = "backoffice",
    params(("company_id" = Uuid, Path)), request_body = WithReason,
    responses((status = 204), (status = 401), (status = 403), (status = 404)),
)]
async fn suspend(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(company_id): PathIds<CompanyId>,
    JsonBody(body): JsonBody<WithReason>,
) -> Result<StatusCode, Problem> {
    office.suspend(&caller, company_id, true, &body.read()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a suspended company go on.
#[utoipa::path(
    post, path = "/backoffice/companies/{company_id}/resume", operation_id = "resumeCompany", tag = "backoffice",
    params(("company_id" = Uuid, Path)), request_body = WithReason,
    responses((status = 204), (status = 401), (status = 403), (status = 404)),
)]
async fn resume(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(company_id): PathIds<CompanyId>,
    JsonBody(body): JsonBody<WithReason>,
) -> Result<StatusCode, Problem> {
    office.suspend(&caller, company_id, false, &body.read()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is written down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoteBody {
    /// 1 to 2000 characters.
    text: String,
}

/// The id of what was made.
#[derive(Debug, Serialize, ToSchema)]
struct Made {
    /// The id.
    id: Uuid,
}

/// What was written down about a person, the newest first.
#[utoipa::path(
    get, path = "/backoffice/users/{user_id}/notes", operation_id = "listUserNotes", tag = "backoffice",
    params(("user_id" = String, Path)), responses((status = 200, body = Vec<Note>), (status = 401), (status = 403)),
)]
async fn person_notes(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(user_id): PathIds<String>,
) -> Result<Json<Vec<Note>>, Problem> {
    Ok(Json(office.notes(&caller, &Subject::person(user_id), 200).await?))
}

/// Writes something down about a person.
#[utoipa::path(
    post, path = "/backoffice/users/{user_id}/notes", operation_id = "writeUserNote", tag = "backoffice",
    params(("user_id" = String, Path)), request_body = NoteBody,
    responses((status = 201, body = Made), (status = 401), (status = 403), (status = 404)),
)]
async fn write_person_note(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(user_id): PathIds<String>,
    JsonBody(body): JsonBody<NoteBody>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    let id = office.write_note(&caller, &Subject::person(user_id), &body.text).await?;
    Ok((StatusCode::CREATED, Json(Made { id: id.0 })))
}

/// What was written down about a company, the newest first.
#[utoipa::path(
    get, path = "/backoffice/companies/{company_id}/notes", operation_id = "listCompanyNotes", tag = "backoffice",
    params(("company_id" = Uuid, Path)), responses((status = 200, body = Vec<Note>), (status = 401), (status = 403)),
)]
async fn company_notes(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(company_id): PathIds<Uuid>,
) -> Result<Json<Vec<Note>>, Problem> {
    Ok(Json(office.notes(&caller, &Subject::company(company_id), 200).await?))
}

/// Writes something down about a company.
#[utoipa::path(
    post, path = "/backoffice/companies/{company_id}/notes", operation_id = "writeCompanyNote", tag = "backoffice",
    params(("company_id" = Uuid, Path)), request_body = NoteBody,
    responses((status = 201, body = Made), (status = 401), (status = 403), (status = 404)),
)]
async fn write_company_note(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(company_id): PathIds<Uuid>,
    JsonBody(body): JsonBody<NoteBody>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    let id = office.write_note(&caller, &Subject::company(company_id), &body.text).await?;
    Ok((StatusCode::CREATED, Json(Made { id: id.0 })))
}

/// Asks, as staff, for a reset of a person's second factors.
#[utoipa::path(
    post, path = "/backoffice/users/{user_id}/factor-reset", operation_id = "askFactorReset", tag = "backoffice",
    params(("user_id" = String, Path)), request_body = WithReason,
    responses((status = 202, body = Made), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn ask_factor_reset(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(user_id): PathIds<String>,
    JsonBody(body): JsonBody<WithReason>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    let id = office.ask(&caller, ApprovalKind::FactorReset, &user_id, &body.read()?).await?;
    Ok((StatusCode::ACCEPTED, Json(Made { id: id.0 })))
}

/// Asks, as an admin of their company, for a reset of a person's second factors; staff decide.
#[utoipa::path(
    post, path = "/companies/{company_id}/people/{user_id}/factor-reset", operation_id = "startFactorReset",
    tag = "companies", params(("company_id" = Uuid, Path), ("user_id" = String, Path)), request_body = WithReason,
    responses((status = 202, body = Made), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn ask_factor_reset_as_admin(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds((company_id, user_id)): PathIds<(CompanyId, String)>,
    JsonBody(body): JsonBody<WithReason>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    caller.require(Permission::PeopleManage, Target::Company(company_id.0))?;
    let id = office.ask(&caller, ApprovalKind::FactorReset, &user_id, &body.read()?).await?;
    Ok((StatusCode::ACCEPTED, Json(Made { id: id.0 })))
}

/// Who is to be admin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OwnerBody {
    /// Keycloak's id of the person.
    user_id: String,
    /// 1 to 500 characters.
    reason: String,
}

/// Asks for another admin of a company.
#[utoipa::path(
    post, path = "/backoffice/companies/{company_id}/owner-change", operation_id = "askOwnerChange", tag = "backoffice",
    params(("company_id" = Uuid, Path)), request_body = OwnerBody,
    responses((status = 202, body = Made), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn ask_owner_change(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(company_id): PathIds<Uuid>,
    JsonBody(body): JsonBody<OwnerBody>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    let reason = WithReason { reason: body.reason }.read()?;
    let id = office.ask(&caller, ApprovalKind::OwnerChange(company_id), &body.user_id, &reason).await?;
    Ok((StatusCode::ACCEPTED, Json(Made { id: id.0 })))
}

/// What waits for a second pair of eyes, the eldest first.
#[utoipa::path(
    get, path = "/backoffice/approvals", operation_id = "listApprovals", tag = "backoffice", params(PageQuery),
    responses((status = 200, body = Page<Approval>), (status = 401), (status = 403)),
)]
async fn approvals(
    State(office): State<BackOffice>,
    caller: Caller,
    QueryFields(page): QueryFields<PageQuery>,
) -> Result<Json<Page<Approval>>, Problem> {
    let limit = page.limit()?;
    let rows = office.approvals(&caller, page.after()?, limit).await?;
    Ok(Json(Page::of(rows, limit, |row| (row.asked_at, row.approval_id), |row| row)))
}

/// Agrees to what somebody else has asked for.
#[utoipa::path(
    post, path = "/backoffice/approvals/{approval_id}/approve", operation_id = "approve", tag = "backoffice",
    params(("approval_id" = Uuid, Path)),
    responses((status = 202), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn approve(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(id): PathIds<ApprovalId>,
) -> Result<StatusCode, Problem> {
    office.decide(&caller, id, true).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Refuses what somebody else has asked for.
#[utoipa::path(
    post, path = "/backoffice/approvals/{approval_id}/refuse", operation_id = "refuse", tag = "backoffice",
    params(("approval_id" = Uuid, Path)), responses((status = 204), (status = 401), (status = 403), (status = 404)),
)]
async fn refuse(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(id): PathIds<ApprovalId>,
) -> Result<StatusCode, Problem> {
    office.decide(&caller, id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Jobs that nobody gets done.
#[utoipa::path(
    get, path = "/backoffice/jobs", operation_id = "listParkedJobs", tag = "backoffice", params(PageQuery),
    responses((status = 200, body = Page<ParkedJob>), (status = 401), (status = 403)),
)]
async fn parked_jobs(
    State(office): State<BackOffice>,
    caller: Caller,
    QueryFields(page): QueryFields<PageQuery>,
) -> Result<Json<Page<ParkedJob>>, Problem> {
    let limit = page.limit()?;
    let rows = office.parked_jobs(&caller, page.after()?, limit).await?;
    Ok(Json(Page::of(rows, limit, |row| (row.kind.clone(), row.key.clone()), |row| row)))
}

/// Which job.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct JobBody {
    /// What kind of work.
    kind: String,
    /// What it is about.
    key: String,
}

/// Has a parked job tried again.
#[utoipa::path(
    post, path = "/backoffice/jobs/retry", operation_id = "retryJob", tag = "backoffice", request_body = JobBody,
    responses((status = 202), (status = 401), (status = 403), (status = 404)),
)]
async fn retry_job(
    State(office): State<BackOffice>,
    caller: Caller,
    JsonBody(body): JsonBody<JobBody>,
) -> Result<StatusCode, Problem> {
    office.retry_job(&caller, &body.kind, &body.key).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Which entries of the trail.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TrailQuery {
    /// To this kind of thing: `person`, `company`, …
    subject_kind: Option<String>,
    /// To the thing of this id.
    subject_id: Option<String>,
    /// By the person, system or operator of this id.
    actor_id: Option<String>,
    /// This action.
    action: Option<String>,
    /// Not before.
    from: Option<DateTime<Utc>>,
    /// Before.
    until: Option<DateTime<Utc>>,
    /// `next` of the page before.
    after: Option<String>,
    /// How many items at most, 1 to 200; 50 when absent.
    limit: Option<u32>,
}

impl TrailQuery {
    fn read(self, company_id: Option<Uuid>) -> Result<(Search, i64), Problem> {
        let limit = PageQuery { after: None, limit: self.limit }.limit()?;
        let after = self.after.map(|after| after.parse()).transpose();
        let after =
            after.map_err(|_| Problem::invalid_request("after: expected `next` of an earlier page"))?;
        let Self { subject_kind, subject_id, actor_id, action, from, until, .. } = self;
        Ok((Search { subject_kind, subject_id, actor_id, action, company_id, from, until, after }, limit))
    }
}

fn page_of(entries: Vec<Recorded>, limit: i64) -> Json<Page<Recorded>> {
    let is_full = i64::try_from(entries.len()).is_ok_and(|read| read == limit);
    let next = entries.last().filter(|_| is_full).map(|last| last.cursor().to_string());
    Json(Page { items: entries, next })
}

/// What was done, the newest first.
#[utoipa::path(
    get, path = "/backoffice/audit", operation_id = "searchAudit", tag = "audit", params(TrailQuery),
    responses((status = 200, body = Page<Recorded>), (status = 401), (status = 403)),
)]
async fn trail(
    State(office): State<BackOffice>,
    caller: Caller,
    QueryFields(query): QueryFields<TrailQuery>,
) -> Result<Json<Page<Recorded>>, Problem> {
    let (search, limit) = query.read(None)?;
    Ok(page_of(office.trail(&caller, &search, limit).await?, limit))
}

/// What was done in a company, the newest first.
#[utoipa::path(
    get, path = "/companies/{company_id}/audit", operation_id = "searchCompanyAudit", tag = "audit",
    params(("company_id" = Uuid, Path), TrailQuery),
    responses((status = 200, body = Page<Recorded>), (status = 401), (status = 403), (status = 404)),
)]
async fn company_trail(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(company_id): PathIds<Uuid>,
    QueryFields(query): QueryFields<TrailQuery>,
) -> Result<Json<Page<Recorded>>, Problem> {
    let (search, limit) = query.read(Some(company_id))?;
    Ok(page_of(office.trail(&caller, &search, limit).await?, limit))
}

/// What was done, all of it, one JSON document a line.
#[utoipa::path(
    get, path = "/backoffice/audit/export", operation_id = "exportAudit", tag = "audit", params(TrailQuery),
    responses((status = 200, body = String, content_type = "application/jsonl"), (status = 401), (status = 403)),
)]
async fn export_trail(
    State(office): State<BackOffice>,
    caller: Caller,
    QueryFields(query): QueryFields<TrailQuery>,
) -> Result<Response, Problem> {
    let (search, _) = query.read(None)?;
    let lines = office.export_trail(&caller, search)?;
    let headers = [(header::CONTENT_TYPE, "application/jsonl")];
    Ok((headers, Body::from_stream(lines)).into_response())
}
