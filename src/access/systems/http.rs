//! Systems by API: of a company, and of the cloud's operator.

use axum::{
    Extension, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{NewSystem, System, Systems, SystemsError};
use crate::{
    access::{
        Caller, Permission, Power,
        http::{Gatekeeper, Guard, Routes},
    },
    platform::{
        http::{
            extract::{JsonBody, PathIds},
            idempotency::ShownOnce,
        },
        problem::Problem,
    },
};

/// `/companies/{company_id}/systems` and `/system/clients`.
#[must_use]
pub fn router(keeper: Gatekeeper, systems: &Systems) -> Routes {
    let (company, operator) =
        (Guard::Company(Permission::SystemsManage), Guard::System(Permission::SystemAccess));
    let state = || systems.clone();
    Routes::new(keeper)
        .at(company, routes!(list, make), state())
        .at(company, routes!(renew_secret), state())
        .at(company, routes!(revoke), state())
        .at(operator, routes!(list_operators, make_operators), state())
        .at(operator, routes!(renew_operators_secret), state())
        .at(operator, routes!(revoke_operators), state())
}

impl From<SystemsError> for Problem {
    fn from(error: SystemsError) -> Self {
        let conflict = |code, title| Self::new(StatusCode::CONFLICT, code, title);
        match error {
            SystemsError::Access(error) => error.into(),
            SystemsError::Invalid(field, expected) => {
                Self::invalid_request(format!("{field}: expected {expected}"))
                    .with("errors", json!([{"field": field, "expected": expected}]))
            }
            SystemsError::TooMany => {
                conflict("systems/too-many", "There are as many systems as there may be")
            }
            SystemsError::NotYet => conflict("systems/not-yet", "The system is still being made"),
            SystemsError::Unavailable => Self::unavailable().with_retry_after(10),
        }
    }
}

/// All systems: there are never more than fit into one answer.
#[derive(Debug, Serialize, ToSchema)]
struct SystemList {
    items: Vec<System>,
}

/// A system to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SystemBody {
    /// 1 to 100 characters.
    name: String,
    /// What it may look at: permissions of the catalogue.
    #[serde(default)]
    permissions: Vec<String>,
}

impl SystemBody {
    fn read(self) -> Result<NewSystem, Problem> {
        let known = |name: &String| Permission::named(name).map(Power::Direct);
        let powers: Option<Vec<Power>> = self.permissions.iter().map(known).collect();
        let powers = powers
            .ok_or_else(|| Problem::invalid_request("permissions: expected permissions of the catalogue"))?;
        Ok(NewSystem { name: self.name, powers })
    }
}

/// A secret, shown once.
#[derive(Debug, Serialize, ToSchema)]
struct SystemSecret {
    /// By what the system signs in.
    client_id: String,
    /// With what. It is kept nowhere here.
    client_secret: String,
}

impl SystemSecret {
    fn show(client_id: String, secret: &SecretString) -> Response {
        let shown = Self { client_id, client_secret: secret.expose_secret().to_owned() };
        (Extension(ShownOnce), Json(shown)).into_response()
    }
}

/// The systems of a company.
#[utoipa::path(
    get, path = "/companies/{company_id}/systems", operation_id = "listSystems", tag = "systems",
    params(("company_id" = Uuid, Path)),
    responses((status = 200, body = SystemList), (status = 401), (status = 403), (status = 404)),
)]
async fn list(
    State(systems): State<Systems>,
    caller: Caller,
    PathIds(company_id): PathIds<Uuid>,
) -> Result<Json<SystemList>, Problem> {
    Ok(Json(SystemList { items: systems.list(&caller, Some(company_id)).await? }))
}

/// Makes a system of a company. It has no secret until one is asked for.
#[utoipa::path(
    post, path = "/companies/{company_id}/systems", operation_id = "makeSystem", tag = "systems",
    params(("company_id" = Uuid, Path)), request_body = SystemBody,
    responses((status = 201, body = System), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn make(
    State(systems): State<Systems>,
    caller: Caller,
    PathIds(company_id): PathIds<Uuid>,
    JsonBody(body): JsonBody<SystemBody>,
) -> Result<(StatusCode, Json<System>), Problem> {
    let made = systems.make(&caller, Some(company_id), &body.read()?).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Makes another secret of a system, shown once; the one before is over.
#[utoipa::path(
    post, path = "/companies/{company_id}/systems/{client_id}/secret", operation_id = "renewSystemSecret",
    tag = "systems", params(("company_id" = Uuid, Path), ("client_id" = String, Path)),
    responses((status = 200, body = SystemSecret), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn renew_secret(
    State(systems): State<Systems>,
    caller: Caller,
    PathIds((company_id, client_id)): PathIds<(Uuid, String)>,
) -> Result<Response, Problem> {
    let secret = systems.renew_secret(&caller, Some(company_id), &client_id).await?;
    Ok(SystemSecret::show(client_id, &secret))
}

/// Revokes a system of a company: its tokens are refused at once.
#[utoipa::path(
    delete, path = "/companies/{company_id}/systems/{client_id}", operation_id = "revokeSystem",
    tag = "systems", params(("company_id" = Uuid, Path), ("client_id" = String, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)),
)]
async fn revoke(
    State(systems): State<Systems>,
    caller: Caller,
    PathIds((company_id, client_id)): PathIds<(Uuid, String)>,
) -> Result<StatusCode, Problem> {
    systems.revoke(&caller, Some(company_id), &client_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The systems of the cloud's operator.
#[utoipa::path(
    get, path = "/system/clients", operation_id = "listOperatorSystems", tag = "systems",
    responses((status = 200, body = SystemList), (status = 401), (status = 403)),
)]
async fn list_operators(State(systems): State<Systems>, caller: Caller) -> Result<Json<SystemList>, Problem> {
    Ok(Json(SystemList { items: systems.list(&caller, None).await? }))
}

/// Makes a system of the cloud's operator, which may look at every company. It has no secret until one
/// is asked for.
#[utoipa::path(
    post, path = "/system/clients", operation_id = "makeOperatorSystem", tag = "systems",
    request_body = SystemBody,
    responses((status = 201, body = System), (status = 401), (status = 403), (status = 409)),
)]
async fn make_operators(
    State(systems): State<Systems>,
    caller: Caller,
    JsonBody(body): JsonBody<SystemBody>,
) -> Result<(StatusCode, Json<System>), Problem> {
    Ok((StatusCode::CREATED, Json(systems.make(&caller, None, &body.read()?).await?)))
}

/// Makes another secret of a system of the operator, shown once; the one before is over.
#[utoipa::path(
    post, path = "/system/clients/{client_id}/secret", operation_id = "renewOperatorSystemSecret",
    tag = "systems", params(("client_id" = String, Path)),
    responses((status = 200, body = SystemSecret), (status = 401), (status = 403), (status = 404), (status = 409)),
)]
async fn renew_operators_secret(
    State(systems): State<Systems>,
    caller: Caller,
    PathIds(client_id): PathIds<String>,
) -> Result<Response, Problem> {
    let secret = systems.renew_secret(&caller, None, &client_id).await?;
    Ok(SystemSecret::show(client_id, &secret))
}

/// Revokes a system of the operator: its tokens are refused at once.
#[utoipa::path(
    delete, path = "/system/clients/{client_id}", operation_id = "revokeOperatorSystem", tag = "systems",
    params(("client_id" = String, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404)),
)]
async fn revoke_operators(
    State(systems): State<Systems>,
    caller: Caller,
    PathIds(client_id): PathIds<String>,
) -> Result<StatusCode, Problem> {
    systems.revoke(&caller, None, &client_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
