//! Asking people in, by API.

use axum::{Json, body::Bytes, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::role_named;
use crate::{
    access::{
        Caller, Permission,
        http::{Gatekeeper, Guard, Routes},
    },
    companies::{
        CompanyId,
        administration::{Companies, InvitationId, InvitationOutcome, NewInvitation},
    },
    platform::{
        http::extract::{JsonBody, PathIds, QueryFields},
        masked::Masked,
        problem::Problem,
    },
};

pub(super) fn router(keeper: Gatekeeper, companies: &Companies) -> Routes {
    let state = || companies.clone();
    Routes::new(keeper)
        .at(Guard::Company(Permission::PeopleManage), routes!(invite), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(invite_from_csv), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(resend_invitation), state())
        .at(Guard::Company(Permission::PeopleManage), routes!(cancel_invitation), state())
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
