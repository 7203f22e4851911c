//! Jobs that nobody gets done, and records that could not be read.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};

use super::{Asked, no_page};
use crate::{
    access::Permission,
    backoffice::{ParkedJob, ParkedRecord},
    platform::http::paging::{Page, PageQuery},
    portal::{
        Frame, NoPage, Portal, Submission, Visitor,
        page::{page, see},
        words::{self, fill},
    },
};

const HERE: &str = "/backoffice/work";
/// Jobs, and records, on a page.
const SHOWN: u32 = 50;

struct JobRow {
    kind: String,
    key: String,
    attempts: i32,
    error: String,
    at: String,
    retry: String,
}

struct RecordRow {
    place: String,
    reason: String,
    at: String,
}

#[derive(Template)]
#[template(path = "portal/templates/backoffice_work.html")]
struct WorkPage {
    frame: Frame,
    words: &'static words::BackOffice,
    jobs: Vec<JobRow>,
    next: Option<String>,
    records: Vec<RecordRow>,
    may_retry: bool,
}

/// The page.
pub async fn show(State(portal): State<Portal>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    match page_of(&portal, &visitor, asked).await {
        Ok(shown) => page(StatusCode::OK, &shown),
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn page_of(portal: &Portal, visitor: &Visitor, asked: Asked) -> Result<WorkPage, NoPage> {
    let words = words::BackOffice::of(visitor.language);
    let query = PageQuery { after: asked.after, limit: Some(SHOWN) };
    let (after, limit) = (query.after().map_err(|_| NoPage::NotFound)?, i64::from(SHOWN));
    let failed = |error| no_page(error, visitor);
    let jobs = portal.office().parked_jobs(&visitor.caller, after, limit).await.map_err(failed)?;
    let place = |row: &ParkedJob| (row.kind.clone(), row.key.clone());
    let jobs = Page::of(jobs, limit, place, |job| job_row(job, visitor, words));
    let records = portal.office().parked_records(&visitor.caller, limit).await.map_err(failed)?;
    Ok(WorkPage {
        frame: Frame::new(visitor, HERE, words.work).done(asked.done.map(|_| words.done)),
        jobs: jobs.items,
        next: jobs.next,
        records: records.into_iter().map(|record| record_row(record, visitor)).collect(),
        may_retry: visitor.may_as_staff(Permission::JobsManage),
        words,
    })
}

fn job_row(job: ParkedJob, visitor: &Visitor, words: &'static words::BackOffice) -> JobRow {
    JobRow {
        retry: fill(words.retry_what, format!("{} {}", job.kind, job.key)),
        at: visitor.time(job.created_at),
        error: job.last_error.unwrap_or_default(),
        attempts: job.attempts,
        kind: job.kind,
        key: job.key,
    }
}

fn record_row(record: ParkedRecord, visitor: &Visitor) -> RecordRow {
    RecordRow {
        place: format!("{} {} {}", record.topic, record.partition, record.offset),
        at: visitor.time(record.parked_at),
        reason: record.reason,
    }
}

/// Has a job tried again.
pub async fn retry(State(portal): State<Portal>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let retried = portal.office().retry_job(&visitor.caller, fields.text("kind"), fields.text("key")).await;
    match retried {
        Ok(()) => see("/backoffice/work?done=yes"),
        Err(error) => no_page(error, &visitor).show(visitor.language),
    }
}
