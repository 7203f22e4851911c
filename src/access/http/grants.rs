//! Grants of a company and of the system.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{Gatekeeper, Guard, Routes};
use crate::{
    access::{Access, Caller, GrantId, GrantRow, Holder, Level, NewGrant, Permission, Power, Target},
    platform::{
        http::{
            extract::{JsonBody, PathIds, QueryFields},
            paging::{Page, PageQuery},
        },
        problem::Problem,
    },
};

/// The longest reason, in characters.
const MAX_REASON: usize = 500;

/// `/companies/{company_id}/grants` and `/system/…`.
#[must_use]
pub fn router(keeper: Gatekeeper, access: Access) -> Routes {
    Routes::new(keeper)
        .at(Guard::Company(Permission::AccessView), routes!(list), access.clone())
        .at(Guard::Company(Permission::AccessManage), routes!(grant), access.clone())
        .at(Guard::Company(Permission::AccessManage), routes!(revoke), access.clone())
        .at(Guard::System(Permission::SystemAccess), routes!(join_system, leave_system), access.clone())
        .at(Guard::System(Permission::SystemAccess), routes!(grant_system), access.clone())
        .at(Guard::System(Permission::SystemAccess), routes!(revoke_system), access)
}

/// A grant.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrantShown {
    /// Its id.
    pub grant_id: Uuid,
    /// The person who holds it.
    pub user_id: Option<String>,
    /// The system that holds it.
    pub client_id: Option<String>,
    /// `SYSTEM`, `CUSTOMER` or `DEPLOYMENT`.
    pub scope: String,
    /// The deployment, if it is for one.
    pub deployment_id: Option<Uuid>,
    /// The type of the role, if it is one.
    pub role: Option<String>,
    /// The permission, if it is one.
    pub permission: Option<String>,
    /// Who gave it.
    pub granted_by: String,
    /// When.
    pub granted_at: DateTime<Utc>,
    /// Until when, if not for good.
    pub ends_at: Option<DateTime<Utc>>,
}

impl From<GrantRow> for GrantShown {
    fn from(row: GrantRow) -> Self {
        Self {
            grant_id: row.grant_id.0,
            user_id: row.user_id,
            client_id: row.client_id,
            scope: row.scope,
            deployment_id: row.deployment_id,
            role: row.level,
            permission: row.permission,
            granted_by: row.granted_by,
            granted_at: row.granted_at,
            ends_at: row.ends_at,
        }
    }
}

/// What is to be granted: a role or a permission, to a person or a system.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantBody {
    /// The person who is to hold it.
    user_id: Option<String>,
    /// The system that is to hold it.
    client_id: Option<String>,
    /// The deployment it is for; the whole company when absent.
    deployment_id: Option<Uuid>,
    /// `VIEW`, `MANAGE`, `ADMIN` or `SUPER`.
    role: Option<String>,
    /// A permission of the catalogue.
    permission: Option<String>,
    /// Until when, if not for good.
    ends_at: Option<DateTime<Utc>>,
    /// Why.
    reason: Option<String>,
}

impl GrantBody {
    fn into_grant(self, company: Option<Uuid>) -> Result<NewGrant, Problem> {
        let holder = match (self.user_id, self.client_id) {
            (Some(user_id), None) => Holder::Person(user_id),
            (None, Some(client_id)) => Holder::System(client_id),
            _ => return Err(Problem::invalid_request("user_id, client_id: expected one of them")),
        };
        let power = match (self.role.as_deref(), self.permission.as_deref()) {
            (Some(role), None) => Level::named(role).map(Power::Role),
            (None, Some(name)) => Permission::named(name).map(Power::Direct),
            _ => None,
        };
        let power = power.ok_or_else(|| {
            Problem::invalid_request(
                "role, permission: expected VIEW, MANAGE, ADMIN or SUPER, or a permission of the catalogue",
            )
        })?;
        let place = match (company, self.deployment_id) {
            (None, None) => Target::System,
            (Some(company), None) => Target::Company(company),
            (Some(company), Some(deployment)) => Target::Deployment { company, deployment },
            (None, Some(_)) => return Err(Problem::invalid_request("deployment_id: expected none here")),
        };
        if self.reason.as_ref().is_some_and(|reason| reason.chars().count() > MAX_REASON) {
            return Err(Problem::invalid_request(format!(
                "reason: expected at most {MAX_REASON} characters"
            )));
        }
        Ok(NewGrant { holder, power, place, ends_at: self.ends_at, reason: self.reason })
    }
}

/// The grants of a company, the eldest first.
#[utoipa::path(
    get, path = "/companies/{company_id}/grants", operation_id = "listGrants", tag = "access",
    params(("company_id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<GrantShown>), (status = 401), (status = 403), (status = 404)),
)]
async fn list(
    State(access): State<Access>,
    caller: Caller,
    PathIds(company_id): PathIds<Uuid>,
    QueryFields(page): QueryFields<PageQuery>,
) -> Result<Json<Page<GrantShown>>, Problem> {
    let limit = page.limit()?;
    let rows = access.grants(&caller, company_id, page.after()?, limit).await?;
    Ok(Json(Page::of(rows, limit, |row| (row.granted_at, row.grant_id), GrantShown::from)))
}

/// Grants a role or a permission in a company.
#[utoipa::path(
    post, path = "/companies/{company_id}/grants", operation_id = "grant", tag = "access",
    params(("company_id" = Uuid, Path)), request_body = GrantBody,
    responses((status = 201, body = GrantShown), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn grant(
    State(access): State<Access>,
    caller: Caller,
    PathIds(company_id): PathIds<Uuid>,
    JsonBody(body): JsonBody<GrantBody>,
) -> Result<(StatusCode, Json<GrantShown>), Problem> {
    let granted = access.grant(&caller, &body.into_grant(Some(company_id))?).await?;
    Ok((StatusCode::CREATED, Json(granted.into())))
}

/// Takes a grant of a company away.
#[utoipa::path(
    delete, path = "/companies/{company_id}/grants/{grant_id}", operation_id = "revokeGrant", tag = "access",
    params(("company_id" = Uuid, Path), ("grant_id" = Uuid, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)),
)]
async fn revoke(
    State(access): State<Access>,
    caller: Caller,
    PathIds((company_id, grant_id)): PathIds<(Uuid, GrantId)>,
) -> Result<StatusCode, Problem> {
    access.revoke(&caller, Some(company_id), grant_id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Associates a person with the system.
#[utoipa::path(
    put, path = "/system/members/{user_id}", operation_id = "joinSystem", tag = "access",
    params(("user_id" = String, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)),
)]
async fn join_system(
    State(access): State<Access>,
    caller: Caller,
    PathIds(user_id): PathIds<String>,
) -> Result<StatusCode, Problem> {
    access.join_system(&caller, &user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a person's association with the system, and every grant they have there.
#[utoipa::path(
    delete, path = "/system/members/{user_id}", operation_id = "leaveSystem", tag = "access",
    params(("user_id" = String, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)),
)]
async fn leave_system(
    State(access): State<Access>,
    caller: Caller,
    PathIds(user_id): PathIds<String>,
) -> Result<StatusCode, Problem> {
    access.leave_system(&caller, &user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Grants a role or a permission in the whole system.
#[utoipa::path(
    post, path = "/system/grants", operation_id = "grantSystem", tag = "access", request_body = GrantBody,
    responses((status = 201, body = GrantShown), (status = 401), (status = 403), (status = 409)),
)]
async fn grant_system(
    State(access): State<Access>,
    caller: Caller,
    JsonBody(body): JsonBody<GrantBody>,
) -> Result<(StatusCode, Json<GrantShown>), Problem> {
    let granted = access.grant(&caller, &body.into_grant(None)?).await?;
    Ok((StatusCode::CREATED, Json(granted.into())))
}

/// Takes a grant of the system away.
#[utoipa::path(
    delete, path = "/system/grants/{grant_id}", operation_id = "revokeSystemGrant", tag = "access",
    params(("grant_id" = Uuid, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)),
)]
async fn revoke_system(
    State(access): State<Access>,
    caller: Caller,
    PathIds(grant_id): PathIds<GrantId>,
) -> Result<StatusCode, Problem> {
    access.revoke(&caller, None, grant_id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
