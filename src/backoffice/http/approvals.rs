//! What needs a second pair of eyes.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{Made, WithReason};
use crate::{
    access::{
        Caller, Permission, Target,
        http::{Gatekeeper, Guard, Routes},
    },
    backoffice::{Approval, ApprovalId, ApprovalKind, BackOffice},
    companies::CompanyId,
    platform::{
        http::{
            extract::{JsonBody, PathIds, QueryFields},
            paging::{Page, PageQuery},
        },
        problem::Problem,
    },
};

pub(super) fn router(keeper: Gatekeeper, office: &BackOffice) -> Routes {
    let state = || office.clone();
    Routes::new(keeper)
        .at(Guard::Company(Permission::PeopleManage), routes!(ask_factor_reset_as_admin), state())
        .at(Guard::System(Permission::FactorsReset), routes!(ask_factor_reset), state())
        .at(Guard::System(Permission::OwnersChange), routes!(ask_owner_change), state())
        .at(Guard::System(Permission::DirectoryView), routes!(approvals), state())
        .at(Guard::System(Permission::FactorsReset), routes!(approve), state())
        .at(Guard::System(Permission::FactorsReset), routes!(refuse), state())
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
