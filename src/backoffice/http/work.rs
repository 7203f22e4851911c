//! Jobs that nobody gets done.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    access::{
        Caller, Permission,
        http::{Gatekeeper, Guard, Routes},
    },
    backoffice::{BackOffice, ParkedJob},
    platform::{
        http::{
            extract::{JsonBody, QueryFields},
            paging::{Page, PageQuery},
        },
        problem::Problem,
    },
};

pub(super) fn router(keeper: Gatekeeper, office: &BackOffice) -> Routes {
    let state = || office.clone();
    Routes::new(keeper).at(Guard::System(Permission::JobsView), routes!(parked_jobs), state()).at(
        Guard::System(Permission::JobsManage),
        routes!(retry_job),
        state(),
    )
}

/// Jobs that nobody gets done.
#[utoipa::path(
    get, path = "/backoffice/jobs", operation_id = "listParkedJobs", tag = "backoffice", params(PageQuery),
    responses((status = 200, body = Page<ParkedJob>), (status = 401), (status = 403)),
)]
async fn parked_jobs(
    State(office): State<BackOffice>,
    caller: Caller,
    QueryFields(page): QueryFields<PageQuery>,
) -> Result<Json<Page<ParkedJob>>, Problem> {
    let limit = page.limit()?;
    let rows = office.parked_jobs(&caller, page.after()?, limit).await?;
    Ok(Json(Page::of(rows, limit, |row| (row.kind.clone(), row.key.clone()), |row| row)))
}

/// Which job.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct JobBody {
    /// What kind of work.
    kind: String,
    /// What it is about.
    key: String,
}

/// Has a parked job tried again.
#[utoipa::path(
    post, path = "/backoffice/jobs/retry", operation_id = "retryJob", tag = "backoffice", request_body = JobBody,
    responses((status = 202), (status = 401), (status = 403), (status = 404)),
)]
async fn retry_job(
    State(office): State<BackOffice>,
    caller: Caller,
    JsonBody(body): JsonBody<JobBody>,
) -> Result<StatusCode, Problem> {
    office.retry_job(&caller, &body.kind, &body.key).await?;
    Ok(StatusCode::ACCEPTED)
}
