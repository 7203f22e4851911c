//! The audit trail of everybody.

use askama::Template;
use axum::{
    body::Body,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use super::{TrailRow, no_page};
use crate::{
    audit::Search,
    portal::{Fields, Frame, NoPage, Portal, Submission, Visitor, page, words},
};

/// Entries on a page.
const SHOWN: i64 = 50;

#[derive(Template)]
#[template(path = "portal/templates/backoffice_trail.html")]
struct TrailPage {
    frame: Frame,
    words: &'static words::BackOffice,
    subject_id: String,
    action: String,
    rows: Vec<TrailRow>,
    next: Option<String>,
}

/// The newest entries.
pub async fn show(State(portal): State<Portal>, visitor: Visitor) -> Response {
    searched(&portal, &visitor, &Fields::default()).await
}

/// The entries that match.
pub async fn search(State(portal): State<Portal>, form: Submission) -> Response {
    searched(&portal, &form.visitor, &form.fields).await
}

async fn searched(portal: &Portal, visitor: &Visitor, fields: &Fields) -> Response {
    match page_of(portal, visitor, fields).await {
        Ok(shown) => page(StatusCode::OK, &shown),
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn page_of(portal: &Portal, visitor: &Visitor, fields: &Fields) -> Result<TrailPage, NoPage> {
    let words = words::BackOffice::of(visitor.language);
    let text = |name| fields.text(name).to_owned();
    let wanted = |name| Some(text(name)).filter(|text| !text.is_empty());
    let after = wanted("after").map(|after| after.parse()).transpose().map_err(|_| NoPage::NotFound)?;
    let asked =
        Search { subject_id: wanted("subject_id"), action: wanted("action"), after, ..Search::default() };
    let entries = portal.office().trail(&visitor.caller, &asked, SHOWN).await;
    let entries = entries.map_err(|error| no_page(error, visitor))?;
    let is_full = i64::try_from(entries.len()).is_ok_and(|count| count == SHOWN);
    let next = entries.last().filter(|_| is_full).map(|last| last.cursor().to_string());
    Ok(TrailPage {
        frame: Frame::new(visitor, "/backoffice/trail", words.trail),
        subject_id: text("subject_id"),
        action: text("action"),
        rows: entries.into_iter().map(|entry| TrailRow::of(entry, visitor)).collect(),
        next,
        words,
    })
}

/// All of it, a line of JSON an entry.
pub async fn export(State(portal): State<Portal>, visitor: Visitor) -> Response {
    match portal.office().export_trail(&visitor.caller, Search::default()) {
        Ok(lines) => {
            let name = HeaderValue::from_static("attachment; filename=\"gatehouse-trail.jsonl\"");
            let headers: [(HeaderName, HeaderValue); 2] = [
                (header::CONTENT_TYPE, HeaderValue::from_static("application/jsonl")),
                (header::CONTENT_DISPOSITION, name),
            ];
            (headers, Body::from_stream(lines)).into_response()
        }
        Err(error) => no_page(error, &visitor).show(visitor.language),
    }
}
