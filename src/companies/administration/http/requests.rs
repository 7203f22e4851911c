//! Who asks to be let in, by API.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    access::{
        Caller, Permission,
        http::{Gatekeeper, Guard, Routes},
    },
    companies::{
        CompanyId,
        administration::{Companies, JoinRequestListed},
    },
    platform::{
        http::{
            extract::{PathIds, QueryFields},
            paging::{Page, PageQuery},
        },
        masked::Masked,
        problem::Problem,
    },
};

pub(super) fn router(keeper: Gatekeeper, companies: &Companies) -> Routes {
    let state = || companies.clone();
    Routes::new(keeper)
        .at(Guard::Company(Permission::PeopleView), routes!(join_requests), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(approve_request), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(refuse_request), state())
}

/// Somebody who asks to be let in.
#[derive(Debug, Serialize, ToSchema)]
pub struct JoinRequestShown {
    /// Keycloak's id of the person.
    pub user_id: String,
    /// When they asked.
    pub requested_at: DateTime<Utc>,
    /// Given name.
    #[schema(value_type = Option<String>)]
    pub first_name: Option<Masked<String>>,
    /// Family name.
    #[schema(value_type = Option<String>)]
    pub last_name: Option<Masked<String>>,
    /// The login e-mail address.
    #[schema(value_type = Option<String>)]
    pub email: Option<Masked<String>>,
}

impl From<JoinRequestListed> for JoinRequestShown {
    fn from(request: JoinRequestListed) -> Self {
        let JoinRequestListed { user_id, requested_at, first_name, last_name, email } = request;
        Self { user_id, requested_at, first_name, last_name, email }
    }
}

/// Who asks to be let in, the eldest request first.
#[utoipa::path(
    get, path = "/companies/{company_id}/join-requests", operation_id = "listJoinRequests", tag = "companies",
    params(("company_id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<JoinRequestShown>), (status = 401), (status = 403), (status = 404)),
)]
async fn join_requests(
    State(companies): State<Companies>,
    caller: Caller,
    PathIds(company_id): PathIds<CompanyId>,
    QueryFields(page): QueryFields<PageQuery>,
) -> Result<Json<Page<JoinRequestShown>>, Problem> {
    let limit = page.limit()?;
    let rows = companies.join_requests(&caller, company_id, page.after()?, limit).await?;
    Ok(Json(Page::of(rows, limit, |row| (row.requested_at, row.user_id.clone()), JoinRequestShown::from)))
}

/// Lets somebody in who asked.
#[utoipa::path(
    post, path = "/companies/{company_id}/join-requests/{user_id}/approve", operation_id = "approveJoinRequest",
    tag = "companies", params(("company_id" = Uuid, Path), ("user_id" = String, Path)),
    responses((status = 202), (status = 401), (status = 403), (status = 404)),
)]
async fn approve_request(
    State(companies): State<Companies>,
    caller: Caller,
    PathIds((company_id, user_id)): PathIds<(CompanyId, String)>,
) -> Result<StatusCode, Problem> {
    companies.approve_request(&caller, company_id, &user_id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Refuses somebody who asked.
#[utoipa::path(
    post, path = "/companies/{company_id}/join-requests/{user_id}/refuse", operation_id = "refuseJoinRequest",
    tag = "companies", params(("company_id" = Uuid, Path), ("user_id" = String, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)),
)]
async fn refuse_request(
    State(companies): State<Companies>,
    caller: Caller,
    PathIds((company_id, user_id)): PathIds<(CompanyId, String)>,
) -> Result<StatusCode, Problem> {
    companies.refuse_request(&caller, company_id, &user_id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
