//! What was done in the company, by whom.

use askama::Template;
use axum::{
    body::Body,
    extract::{Query, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use super::Asked;
use crate::{
    audit::{Recorded, Search},
    backoffice::BackOfficeError,
    portal::{
        Frame, NoPage, Portal, Visitor,
        known::Known,
        page::{note, page},
        words,
    },
};

const HERE: &str = "/company/history";
/// Entries on a page.
const SHOWN: i64 = 50;

struct Row {
    at: String,
    iso: String,
    action: String,
    told: String,
    who: String,
    about: String,
    reason: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/templates/company_history.html")]
struct HistoryPage {
    frame: Frame,
    words: &'static words::Company,
    rows: Vec<Row>,
    next: Option<String>,
}

/// The page.
pub async fn show(State(portal): State<Portal>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    match page_of(&portal, &visitor, asked.after).await {
        Ok(shown) => page(StatusCode::OK, &shown),
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// Which entries: those of the visitor's company and no other.
fn search(visitor: &Visitor) -> Result<Search, NoPage> {
    Ok(Search { company_id: Some(visitor.company_id()?.0), ..Search::default() })
}

async fn page_of(portal: &Portal, visitor: &Visitor, after: Option<String>) -> Result<HistoryPage, NoPage> {
    let words = words::Company::of(visitor.language);
    let after = after.map(|after| after.parse()).transpose().map_err(|_| NoPage::NotFound)?;
    let asked = Search { after, ..search(visitor)? };
    let entries = portal.office().trail(&visitor.caller, &asked, SHOWN).await.map_err(no_page)?;
    let is_full = i64::try_from(entries.len()).is_ok_and(|count| count == SHOWN);
    let next = entries.last().filter(|_| is_full).map(|last| last.cursor().to_string());
    let known = Known::of(portal, visitor, &entries).await?;
    let rows = entries.into_iter().map(|entry| row(entry, visitor, &known)).collect();
    Ok(HistoryPage { frame: Frame::new(visitor, HERE, words.history), words, rows, next })
}

fn row(entry: Recorded, visitor: &Visitor, known: &Known) -> Row {
    Row {
        at: visitor.time(entry.occurred_at),
        iso: entry.occurred_at.to_rfc3339(),
        who: known.who(&entry),
        about: known.called(&entry.subject_id).unwrap_or_default(),
        told: words::action(&entry.action, visitor.language).to_owned(),
        action: entry.action,
        reason: entry.reason,
    }
}

/// All of it, a line of JSON an entry.
pub async fn export(State(portal): State<Portal>, visitor: Visitor) -> Response {
    let exported = search(&visitor)
        .and_then(|asked| portal.office().export_trail(&visitor.caller, asked).map_err(no_page));
    match exported {
        Ok(lines) => {
            let name = HeaderValue::from_static("attachment; filename=\"gatehouse-history.jsonl\"");
            let headers: [(HeaderName, HeaderValue); 2] = [
                (header::CONTENT_TYPE, HeaderValue::from_static("application/jsonl")),
                (header::CONTENT_DISPOSITION, name),
            ];
            (headers, Body::from_stream(lines)).into_response()
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

fn no_page(error: BackOfficeError) -> NoPage {
    match error {
        BackOfficeError::Database(error) => {
            note(&error);
            NoPage::Failed
        }
        _ => NoPage::NotFound,
    }
}
