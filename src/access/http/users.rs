//! Who may do what, asked by other systems and by people.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{Gatekeeper, Guard, Routes};
use crate::{
    access::{Access, Caller, Held, Permission, Reason, Scope},
    platform::{
        http::extract::{PathIds, QueryFields},
        problem::Problem,
    },
};

/// `/users/{user_id}/access` and why.
#[must_use]
pub fn router(keeper: Gatekeeper, access: Access) -> Routes {
    Routes::new(keeper).at(Guard::PersonIn(Permission::AccessView), routes!(access_of), access.clone()).at(
        Guard::PersonIn(Permission::AccessView),
        routes!(why),
        access,
    )
}

/// What a person may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessShown {
    /// Keycloak's id of the person.
    pub user_id: String,
    /// The companies they belong to, as far as the caller may know.
    pub companies: Vec<Uuid>,
    /// Whether they may act at all. Who is stopped, here or in Keycloak, holds nothing meanwhile.
    pub may_act: bool,
    /// What they hold and may use now, as far as the caller may know.
    pub held: Vec<HeldShown>,
}

/// Something that a person holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldShown {
    /// A role's type, a role of staff, or a permission.
    pub gives: &'static str,
    /// `SYSTEM`, `CUSTOMER` or `DEPLOYMENT`.
    pub scope: &'static str,
    /// The company, unless it is the system.
    pub company_id: Option<Uuid>,
    /// The deployment, if it is one.
    pub deployment_id: Option<Uuid>,
    /// Until when, if not for good.
    pub ends_at: Option<DateTime<Utc>>,
    /// The permissions that follow.
    pub permissions: Vec<&'static str>,
}

impl HeldShown {
    /// None for what gives nothing.
    #[must_use]
    pub fn of(held: &Held) -> Option<Self> {
        let reason = Reason::of(held, held.permissions().next()?);
        Some(Self {
            gives: reason.gives,
            scope: reason.scope,
            company_id: reason.company_id,
            deployment_id: reason.deployment_id,
            ends_at: reason.ends_at,
            permissions: held.permissions().map(Permission::name).collect(),
        })
    }
}

/// What a person may do.
#[utoipa::path(
    get, path = "/users/{user_id}/access", operation_id = "getUserAccess", tag = "access",
    params(("user_id" = String, Path, description = "Keycloak's id of the person")),
    responses((status = 200, body = AccessShown), (status = 401), (status = 403), (status = 404)),
)]
async fn access_of(
    State(access): State<Access>,
    caller: Caller,
    PathIds(user_id): PathIds<String>,
) -> Result<Json<AccessShown>, Problem> {
    let found = access.access_of(&caller, &user_id).await?;
    let held = found.in_force().iter().filter_map(HeldShown::of).collect();
    Ok(Json(AccessShown { user_id, may_act: found.may_act, companies: found.companies, held }))
}

/// What is asked about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WhyQuery {
    /// The permission, for example `billing.manage`.
    permission: String,
    /// `SYSTEM`, `CUSTOMER` or `DEPLOYMENT`.
    scope: String,
    /// The company, unless it is the system.
    company_id: Option<Uuid>,
    /// The deployment, if it is one.
    deployment_id: Option<Uuid>,
}

/// Why a person may do something: every chain from a decision to the permission. None means they may not.
#[utoipa::path(
    get, path = "/users/{user_id}/access/why", operation_id = "explainUserAccess", tag = "access",
    params(("user_id" = String, Path, description = "Keycloak's id of the person"), WhyQuery),
    responses((status = 200, body = Vec<Reason>), (status = 401), (status = 403), (status = 404)),
)]
async fn why(
    State(access): State<Access>,
    caller: Caller,
    PathIds(user_id): PathIds<String>,
    QueryFields(query): QueryFields<WhyQuery>,
) -> Result<Json<Vec<Reason>>, Problem> {
    let permission = Permission::named(&query.permission)
        .ok_or_else(|| Problem::invalid_request("permission: expected a name of the catalogue"))?;
    let place = Scope::named(&query.scope)
        .and_then(|scope| scope.place(query.company_id, query.deployment_id))
        .ok_or_else(|| {
            Problem::invalid_request("scope: expected SYSTEM, CUSTOMER or DEPLOYMENT with its ids")
        })?;
    Ok(Json(access.why(&caller, &user_id, permission, place).await?))
}
