//! The profile of a company, by API.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    access::{
        Caller, Permission,
        http::{Gatekeeper, Guard, Routes},
    },
    companies::{
        CompanyId,
        administration::{Companies, Profile},
    },
    platform::{
        http::{
            extract::{JsonBody, PathIds},
            preconditions::{IfMatch, Versioned},
        },
        problem::Problem,
    },
};

pub(super) fn router(keeper: Gatekeeper, companies: &Companies) -> Routes {
    let state = || companies.clone();
    Routes::new(keeper).at(Guard::Company(Permission::CompanyView), routes!(profile), state()).at(
        Guard::Company(Permission::CompanyManage),
        routes!(rename),
        state(),
    )
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
