//! The administration of a company by API.

use axum::{Json, body::Bytes, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    Companies, CompaniesError, InvitationId, InvitationOutcome, JoinRequestListed, NewInvitation,
    PeopleFilter, PersonListed, Profile, Reason,
};
use crate::{
    access::{
        Caller, Permission,
        http::{Gatekeeper, Guard, Routes},
    },
    companies::{CompanyId, Role},
    platform::{
        http::{
            extract::{JsonBody, PathIds, QueryFields},
            paging::{Page, PageQuery},
            preconditions::{IfMatch, Versioned, changed},
        },
        masked::Masked,
        problem::Problem,
    },
};

/// `/companies/{company_id}` and what is below it about people.
#[must_use]
pub fn router(keeper: Gatekeeper, companies: &Companies) -> Routes {
    let state = || companies.clone();
    Routes::new(keeper)
        .at(Guard::Company(Permission::CompanyView), routes!(profile), state())
        .at(Guard::Company(Permission::CompanyManage), routes!(rename), state())
        .at(Guard::Company(Permission::PeopleView), routes!(people), state())
        .at(Guard::Company(Permission::PeopleView), routes!(join_requests), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(invite), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(invite_from_csv), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(resend_invitation), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(cancel_invitation), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(set_role), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(disable), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(enable), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(start_password_reset), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(remove), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(approve_request), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(refuse_request), state())
        .at(Guard::Person, routes!(leave), state())
}

impl From<CompaniesError> for Problem {
    fn from(error: CompaniesError) -> Self {
        let conflict = |code, title| Self::new(StatusCode::CONFLICT, code, title);
        match error {
            CompaniesError::Denied(denied) => denied.into(),
            CompaniesError::LastAdmin => {
                conflict("companies/last-admin", "The company would be without an admin")
            }
            CompaniesError::Invalid(field, expected) => {
                Self::invalid_request(format!("{field}: expected {expected}"))
                    .with("errors", json!([{"field": field, "expected": expected}]))
            }
            CompaniesError::Changed(version) => changed(version),
            CompaniesError::InAnotherCompany => conflict(
                "companies/in-another-company",
                "The account belongs to another company too: remove the person instead",
            ),
            CompaniesError::NameTaken => conflict("companies/name-taken", "Another company holds this name"),
            CompaniesError::TooManyInvitations => {
                conflict("companies/too-many-invitations", "Too many invitations are open")
            }
            CompaniesError::NotInUse => conflict("companies/not-in-use", "The company is not in use yet"),
            CompaniesError::Database(error) => Self::of_database(&error),
        }
    }
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

/// The profile of a company.
#[utoipa::path(
    get, path = "/companies/{company_id}", operation_id = "getCompany", tag = "companies",
    params(("company_id" = Uuid, Path)),
    responses((status = 200, body = Profile), (status = 401), (status = 403), (status = 404)),
)]
async fn profile(
    State(companies): State<Companies>,
    caller: Caller,
    PathIds(company_id): PathIds<CompanyId>,
) -> Result<Versioned<Json<Profile>>, Problem> {
    let profile = companies.profile(&caller, company_id).await?;
    Ok(Versioned { version: profile.version, answer: Json(profile) })
}

/// The name a company is to have.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RenameBody {
    /// 1 to 255 characters.
    name: String,
}

/// Gives a company another name.
#[utoipa::path(
    patch, path = "/companies/{company_id}", operation_id = "renameCompany", tag = "companies",
    params(("company_id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the last answer")),
    request_body = RenameBody,
    responses((status = 202), (status = 401), (status = 403), (status = 404), (status = 409), (status = 412)),
)]
async fn rename(
    State(companies): State<Companies>,
    caller: Caller,
    PathIds(company_id): PathIds<CompanyId>,
    version: IfMatch,
    JsonBody(body): JsonBody<RenameBody>,
) -> Result<StatusCode, Problem> {
    companies.rename(&caller, company_id, &body.name, version.0).await?;
    Ok(StatusCode::ACCEPTED)
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
    let filter = PeopleFilter { search: search.map(Masked::new), state: query.state, after };
    let rows = companies.people(&caller, company_id, &filter, limit).await?;
    Ok(Json(Page::of(rows, limit, |row| (row.since, row.id.clone()), PersonShown::from)))
}

/// Who is to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InviteBody {
    /// At most 1000 people.
    people: Vec<InviteePerson>,
    /// Only say what would become of each.
    #[serde(default)]
    dry_run: bool,
}

/// Somebody who is to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InviteePerson {
    /// Where the invitation goes.
    email: String,
    /// Given name.
    first_name: Option<String>,
    /// Family name.
    last_name: Option<String>,
    /// `admin` or `user`; `user` when absent.
    role: Option<String>,
}

fn role_named(name: &str) -> Result<Role, Problem> {
    match name {
        "admin" => Ok(Role::Admin),
        "user" => Ok(Role::User),
        _ => Err(Problem::invalid_request("role: expected admin or user")),
    }
}

impl TryFrom<InviteePerson> for NewInvitation {
    type Error = Problem;

    fn try_from(person: InviteePerson) -> Result<Self, Problem> {
        Ok(Self {
            email: Masked::new(person.email.trim().to_owned()),
            first_name: person.first_name.map(Masked::new),
            last_name: person.last_name.map(Masked::new),
            role: role_named(person.role.as_deref().unwrap_or("user"))?,
        })
    }
}

/// Invites people, one or many.
#[utoipa::path(
    post, path = "/companies/{company_id}/invitations", operation_id = "invite", tag = "companies",
    params(("company_id" = Uuid, Path)), request_body = InviteBody,
    responses((status = 200, body = Vec<InvitationOutcome>), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn invite(
    State(companies): State<Companies>,
    caller: Caller,
    PathIds(company_id): PathIds<CompanyId>,
    JsonBody(body): JsonBody<InviteBody>,
) -> Result<Json<Vec<InvitationOutcome>>, Problem> {
    let people: Vec<NewInvitation> =
        body.people.into_iter().map(NewInvitation::try_from).collect::<Result<_, _>>()?;
    Ok(Json(companies.invite(&caller, company_id, &people, body.dry_run).await?))
}

/// Whether to do it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DryRun {
    /// Only say what would become of each.
    #[serde(default)]
    dry_run: bool,
}

/// Invites the people of a CSV file with the columns `email`, `first_name`, `last_name` and `role`.
#[utoipa::path(
    post, path = "/companies/{company_id}/invitations/csv", operation_id = "inviteFromCsv", tag = "companies",
    params(("company_id" = Uuid, Path), DryRun), request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = Vec<InvitationOutcome>), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn invite_from_csv(
    State(companies): State<Companies>,
    caller: Caller,
    PathIds(company_id): PathIds<CompanyId>,
    QueryFields(query): QueryFields<DryRun>,
    file: Bytes,
) -> Result<Json<Vec<InvitationOutcome>>, Problem> {
    Ok(Json(companies.invite_from_csv(&caller, company_id, &file, query.dry_run).await?))
}

/// Sends an invitation again.
#[utoipa::path(
    post, path = "/companies/{company_id}/invitations/{invitation_id}/resend", operation_id = "resendInvitation",
    tag = "companies", params(("company_id" = Uuid, Path), ("invitation_id" = Uuid, Path)),
    responses((status = 202), (status = 401), (status = 403), (status = 404)),
)]
async fn resend_invitation(
    State(companies): State<Companies>,
    caller: Caller,
    PathIds((company_id, id)): PathIds<(CompanyId, InvitationId)>,
) -> Result<StatusCode, Problem> {
    companies.resend_invitation(&caller, company_id, id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Takes an invitation back.
#[utoipa::path(
    delete, path = "/companies/{company_id}/invitations/{invitation_id}", operation_id = "cancelInvitation",
    tag = "companies", params(("company_id" = Uuid, Path), ("invitation_id" = Uuid, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)),
)]
async fn cancel_invitation(
    State(companies): State<Companies>,
    caller: Caller,
    PathIds((company_id, id)): PathIds<(CompanyId, InvitationId)>,
) -> Result<StatusCode, Problem> {
    companies.cancel_invitation(&caller, company_id, id).await?;
    Ok(StatusCode::NO_CONTENT)
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

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReasonBody {
    /// 1 to 500 characters.
    reason: String,
}

impl ReasonBody {
    fn read(&self) -> Result<Reason, Problem> {
        let wrong = CompaniesError::Invalid("reason", "1 to 500 characters");
        Reason::new(&self.reason).ok_or_else(|| wrong.into())
    }
}

/// Stops somebody from signing in.
#[utoipa::path(
    post, path = "/companies/{company_id}/people/{user_id}/disable", operation_id = "disablePerson", tag = "companies",
    params(("company_id" = Uuid, Path), ("user_id" = String, Path)), request_body = ReasonBody,
    responses((status = 202), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn disable(
    State(companies): State<Companies>,
    caller: Caller,
    PathIds((company_id, user_id)): PathIds<(CompanyId, String)>,
    JsonBody(body): JsonBody<ReasonBody>,
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
