//! The people of a company, by API.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{ReasonGiven, role_named};
use crate::{
    access::{
        Caller, Permission,
        http::{Gatekeeper, Guard, Routes},
    },
    companies::{
        CompanyId,
        administration::{Companies, PeopleFilter, PersonListed},
    },
    platform::{
        http::{
            extract::{JsonBody, PathIds, QueryFields},
            paging::{Page, PageQuery},
        },
        masked::Masked,
        problem::Problem,
    },
};

pub(super) fn router(keeper: Gatekeeper, companies: &Companies) -> Routes {
    let state = || companies.clone();
    Routes::new(keeper)
        .at(Guard::Company(Permission::PeopleView), routes!(people), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(set_role), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(disable), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(enable), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(start_password_reset), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(remove), state())
        .at(Guard::Person, routes!(leave), state())
}

/// Somebody in a company, or on the way into it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonShown {
    /// Keycloak's id, once they have an account.
    pub user_id: Option<String>,
    /// The invitation, until they have come.
    pub invitation_id: Option<Uuid>,
    /// Given name.
    #[schema(value_type = Option<String>)]
    pub first_name: Option<Masked<String>>,
    /// Family name.
    #[schema(value_type = Option<String>)]
    pub last_name: Option<Masked<String>>,
    /// The login e-mail address, or the invited one.
    #[schema(value_type = Option<String>)]
    pub email: Option<Masked<String>>,
    /// `admin` or `user`.
    pub role: String,
    /// `active`, `invited`, `expired`, `disabled` or `blocked`.
    pub state: String,
    /// Since when, or when they were invited.
    pub since: DateTime<Utc>,
    /// When the invitation is over.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether something that was decided about them is still on its way to Keycloak.
    pub underway: bool,
}

impl From<PersonListed> for PersonShown {
    fn from(person: PersonListed) -> Self {
        Self {
            user_id: person.user_id,
            invitation_id: person.invitation_id,
            first_name: person.first_name,
            last_name: person.last_name,
            email: person.email,
            role: person.role,
            state: person.state,
            since: person.since,
            expires_at: person.expires_at,
            underway: person.is_underway,
        }
    }
}

/// Which people.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PeopleQuery {
    /// A part of the name or the address.
    search: Option<String>,
    /// `active`, `invited`, `expired`, `disabled` or `blocked`.
    state: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// How many items at most, 1 to 200; 50 when absent.
    limit: Option<u32>,
}

/// The people of a company, the eldest first.
#[utoipa::path(
    get, path = "/companies/{company_id}/people", operation_id = "listPeople", tag = "companies",
    params(("company_id" = Uuid, Path), PeopleQuery),
    responses((status = 200, body = Page<PersonShown>), (status = 401), (status = 403), (status = 404)),
)]
async fn people(
    State(companies): State<Companies>,
    caller: Caller,
    PathIds(company_id): PathIds<CompanyId>,
    QueryFields(query): QueryFields<PeopleQuery>,
) -> Result<Json<Page<PersonShown>>, Problem> {
    let page = PageQuery { after: query.after, limit: query.limit };
    let (limit, after) = (page.limit()?, page.after()?);
    let search = query.search.filter(|text| !text.trim().is_empty());
    if search.as_ref().is_some_and(|text| text.len() > 255) {
        return Err(Problem::invalid_request("search: expected at most 255 bytes"));
    }
    let filter = PeopleFilter { search: search.map(Masked::new), state: query.state, id: None, after };
    let rows = companies.people(&caller, company_id, &filter, limit).await?;
    Ok(Json(Page::of(rows, limit, |row| (row.since, row.id.clone()), PersonShown::from)))
}

/// What somebody is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoleBody {
    /// `admin` or `user`.
    role: String,
}

/// Makes somebody an admin, or a basic user again.
#[utoipa::path(
    put, path = "/companies/{company_id}/people/{user_id}/role", operation_id = "setPersonRole", tag = "companies",
    params(("company_id" = Uuid, Path), ("user_id" = String, Path)), request_body = RoleBody,
    responses((status = 202), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn set_role(
    State(companies): State<Companies>,
    caller: Caller,
    PathIds((company_id, user_id)): PathIds<(CompanyId, String)>,
    JsonBody(body): JsonBody<RoleBody>,
) -> Result<StatusCode, Problem> {
    companies.set_role(&caller, company_id, &user_id, role_named(&body.role)?).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Stops somebody from signing in.
#[utoipa::path(
    post, path = "/companies/{company_id}/people/{user_id}/disable", operation_id = "disablePerson", tag = "companies",
    params(("company_id" = Uuid, Path), ("user_id" = String, Path)), request_body = ReasonGiven,
    responses((status = 202), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn disable(
    State(companies): State<Companies>,
    caller: Caller,
    PathIds((company_id, user_id)): PathIds<(CompanyId, String)>,
    JsonBody(body): JsonBody<ReasonGiven>,
) -> Result<StatusCode, Problem> {
    companies.disable(&caller, company_id, &user_id, &body.read()?).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Lets somebody sign in again.
#[utoipa::path(
    post, path = "/companies/{company_id}/people/{user_id}/enable", operation_id = "enablePerson", tag = "companies",
    params(("company_id" = Uuid, Path), ("user_id" = String, Path)),
    responses((status = 202), (status = 401), (status = 403), (status = 404)),
)]
async fn enable(
    State(companies): State<Companies>,
    caller: Caller,
    PathIds((company_id, user_id)): PathIds<(CompanyId, String)>,
) -> Result<StatusCode, Problem> {
    companies.enable(&caller, company_id, &user_id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Has somebody sent the link by which they choose a new password.
#[utoipa::path(
    post, path = "/companies/{company_id}/people/{user_id}/password-reset", operation_id = "startPasswordReset",
    tag = "companies", params(("company_id" = Uuid, Path), ("user_id" = String, Path)),
    responses((status = 202), (status = 401), (status = 403), (status = 404)),
)]
async fn start_password_reset(
    State(companies): State<Companies>,
    caller: Caller,
    PathIds((company_id, user_id)): PathIds<(CompanyId, String)>,
) -> Result<StatusCode, Problem> {
    companies.start_password_reset(&caller, company_id, &user_id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Takes somebody out of the company.
#[utoipa::path(
    delete, path = "/companies/{company_id}/people/{user_id}", operation_id = "removePerson", tag = "companies",
    params(("company_id" = Uuid, Path), ("user_id" = String, Path)),
    responses((status = 202), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn remove(
    State(companies): State<Companies>,
    caller: Caller,
    PathIds((company_id, user_id)): PathIds<(CompanyId, String)>,
) -> Result<StatusCode, Problem> {
    companies.remove(&caller, company_id, &user_id, None).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Leaves a company.
#[utoipa::path(
    delete, path = "/me/companies/{company_id}", operation_id = "leaveCompany", tag = "companies",
    params(("company_id" = Uuid, Path)),
    responses((status = 202), (status = 401), (status = 404), (status = 409)),
)]
async fn leave(
    State(companies): State<Companies>,
    caller: Caller,
    PathIds(company_id): PathIds<CompanyId>,
) -> Result<StatusCode, Problem> {
    companies.leave(&caller, company_id).await?;
    Ok(StatusCode::ACCEPTED)
}
