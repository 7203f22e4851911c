//! Finding people and companies, looking at them, and stopping them.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::WithReason;
use crate::{
    access::{
        Caller, Permission,
        http::{Gatekeeper, Guard, Routes},
    },
    backoffice::{BackOffice, Extended, FoundCompany, FoundPerson, Query},
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
        .at(Guard::PersonIn(Permission::PeopleView), routes!(extended), state())
        .at(Guard::System(Permission::PeopleUnmask), routes!(unmask), state())
        .at(Guard::System(Permission::DirectoryView), routes!(find_people), state())
        .at(Guard::System(Permission::DirectoryView), routes!(find_companies), state())
        .at(Guard::System(Permission::PeopleBlock), routes!(block), state())
        .at(Guard::System(Permission::PeopleBlock), routes!(unblock), state())
        .at(Guard::System(Permission::CompaniesSuspend), routes!(suspend), state())
        .at(Guard::System(Permission::CompaniesSuspend), routes!(resume), state())
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
