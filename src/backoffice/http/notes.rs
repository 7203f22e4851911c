//! What staff write down.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::Made;
use crate::{
    access::{
        Caller, Permission,
        http::{Gatekeeper, Guard, Routes},
    },
    audit::Subject,
    backoffice::{BackOffice, Note},
    platform::{
        http::extract::{JsonBody, PathIds},
        problem::Problem,
    },
};

pub(super) fn router(keeper: Gatekeeper, office: &BackOffice) -> Routes {
    let state = || office.clone();
    Routes::new(keeper)
        .at(Guard::System(Permission::DirectoryView), routes!(person_notes), state())
        .at(Guard::System(Permission::NotesManage), routes!(write_person_note), state())
        .at(Guard::System(Permission::DirectoryView), routes!(company_notes), state())
        .at(Guard::System(Permission::NotesManage), routes!(write_company_note), state())
}

/// What is written down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoteBody {
    /// 1 to 2000 characters.
    text: String,
}

/// What was written down about a person, the newest first.
#[utoipa::path(
    get, path = "/backoffice/users/{user_id}/notes", operation_id = "listUserNotes", tag = "backoffice",
    params(("user_id" = String, Path)), responses((status = 200, body = Vec<Note>), (status = 401), (status = 403)),
)]
async fn person_notes(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(user_id): PathIds<String>,
) -> Result<Json<Vec<Note>>, Problem> {
    Ok(Json(office.notes(&caller, &Subject::person(user_id), 200).await?))
}

/// Writes something down about a person.
#[utoipa::path(
    post, path = "/backoffice/users/{user_id}/notes", operation_id = "writeUserNote", tag = "backoffice",
    params(("user_id" = String, Path)), request_body = NoteBody,
    responses((status = 201, body = Made), (status = 401), (status = 403), (status = 404)),
)]
async fn write_person_note(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(user_id): PathIds<String>,
    JsonBody(body): JsonBody<NoteBody>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    let id = office.write_note(&caller, &Subject::person(user_id), &body.text).await?;
    Ok((StatusCode::CREATED, Json(Made { id: id.0 })))
}

/// What was written down about a company, the newest first.
#[utoipa::path(
    get, path = "/backoffice/companies/{company_id}/notes", operation_id = "listCompanyNotes", tag = "backoffice",
    params(("company_id" = Uuid, Path)), responses((status = 200, body = Vec<Note>), (status = 401), (status = 403)),
)]
async fn company_notes(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(company_id): PathIds<Uuid>,
) -> Result<Json<Vec<Note>>, Problem> {
    Ok(Json(office.notes(&caller, &Subject::company(company_id), 200).await?))
}

/// Writes something down about a company.
#[utoipa::path(
    post, path = "/backoffice/companies/{company_id}/notes", operation_id = "writeCompanyNote", tag = "backoffice",
    params(("company_id" = Uuid, Path)), request_body = NoteBody,
    responses((status = 201, body = Made), (status = 401), (status = 403), (status = 404)),
)]
async fn write_company_note(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(company_id): PathIds<Uuid>,
    JsonBody(body): JsonBody<NoteBody>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    let id = office.write_note(&caller, &Subject::company(company_id), &body.text).await?;
    Ok((StatusCode::CREATED, Json(Made { id: id.0 })))
}
