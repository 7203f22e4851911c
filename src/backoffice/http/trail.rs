//! The trail: of everybody, and of one company.

use axum::{
    Json,
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::{
    access::{
        Caller, Permission,
        http::{Gatekeeper, Guard, Routes},
    },
    audit::{Recorded, Search},
    backoffice::BackOffice,
    platform::{
        http::{
            extract::{PathIds, QueryFields},
            paging::{Page, PageQuery},
        },
        problem::Problem,
    },
};

pub(super) fn router(keeper: Gatekeeper, office: &BackOffice) -> Routes {
    let state = || office.clone();
    Routes::new(keeper)
        .at(Guard::Company(Permission::CompanyAuditView), routes!(company_trail), state())
        .at(Guard::System(Permission::AuditView), routes!(trail), state())
        .at(Guard::System(Permission::AuditView), routes!(export_trail), state())
}

/// Which entries of the trail.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TrailQuery {
    /// To this kind of thing: `person`, `company`, …
    subject_kind: Option<String>,
    /// To the thing of this id.
    subject_id: Option<String>,
    /// By the person, system or operator of this id.
    actor_id: Option<String>,
    /// This action.
    action: Option<String>,
    /// Not before.
    from: Option<DateTime<Utc>>,
    /// Before.
    until: Option<DateTime<Utc>>,
    /// `next` of the page before.
    after: Option<String>,
    /// How many items at most, 1 to 200; 50 when absent.
    limit: Option<u32>,
}

impl TrailQuery {
    fn read(self, company_id: Option<Uuid>) -> Result<(Search, i64), Problem> {
        let limit = PageQuery { after: None, limit: self.limit }.limit()?;
        let after = self.after.map(|after| after.parse()).transpose();
        let after =
            after.map_err(|_| Problem::invalid_request("after: expected `next` of an earlier page"))?;
        let Self { subject_kind, subject_id, actor_id, action, from, until, .. } = self;
        Ok((Search { subject_kind, subject_id, actor_id, action, company_id, from, until, after }, limit))
    }
}

fn page_of(entries: Vec<Recorded>, limit: i64) -> Json<Page<Recorded>> {
    let is_full = i64::try_from(entries.len()).is_ok_and(|read| read == limit);
    let next = entries.last().filter(|_| is_full).map(|last| last.cursor().to_string());
    Json(Page { items: entries, next })
}

/// What was done, the newest first.
#[utoipa::path(
    get, path = "/backoffice/audit", operation_id = "searchAudit", tag = "audit", params(TrailQuery),
    responses((status = 200, body = Page<Recorded>), (status = 401), (status = 403)),
)]
async fn trail(
    State(office): State<BackOffice>,
    caller: Caller,
    QueryFields(query): QueryFields<TrailQuery>,
) -> Result<Json<Page<Recorded>>, Problem> {
    let (search, limit) = query.read(None)?;
    Ok(page_of(office.trail(&caller, &search, limit).await?, limit))
}

/// What was done in a company, the newest first.
#[utoipa::path(
    get, path = "/companies/{company_id}/audit", operation_id = "searchCompanyAudit", tag = "audit",
    params(("company_id" = Uuid, Path), TrailQuery),
    responses((status = 200, body = Page<Recorded>), (status = 401), (status = 403), (status = 404)),
)]
async fn company_trail(
    State(office): State<BackOffice>,
    caller: Caller,
    PathIds(company_id): PathIds<Uuid>,
    QueryFields(query): QueryFields<TrailQuery>,
) -> Result<Json<Page<Recorded>>, Problem> {
    let (search, limit) = query.read(Some(company_id))?;
    Ok(page_of(office.trail(&caller, &search, limit).await?, limit))
}

/// What was done, all of it, one JSON document a line.
#[utoipa::path(
    get, path = "/backoffice/audit/export", operation_id = "exportAudit", tag = "audit", params(TrailQuery),
    responses((status = 200, body = String, content_type = "application/jsonl"), (status = 401), (status = 403)),
)]
async fn export_trail(
    State(office): State<BackOffice>,
    caller: Caller,
    QueryFields(query): QueryFields<TrailQuery>,
) -> Result<Response, Problem> {
    let (search, _) = query.read(None)?;
    let lines = office.export_trail(&caller, search)?;
    let headers = [(header::CONTENT_TYPE, "application/jsonl")];
    Ok((headers, Body::from_stream(lines)).into_response())
}
