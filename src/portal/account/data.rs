//! What is held about a person, and what was done with it.

use askama::Template;
use axum::{
    Json,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::json;

use crate::{
    audit::{self, Recorded, Search},
    portal::{Frame, Portal, Visitor, page, words},
};

const HERE: &str = "/account/data";
/// Entries on the page; the file holds more.
const SHOWN: i64 = 50;
/// Entries in the file: more than a person's account ever has.
const EXPORTED: i64 = 10_000;

/// An entry of the history.
struct Row {
    at: String,
    iso: String,
    action: String,
    told: String,
    who: &'static str,
    reason: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/templates/data.html")]
struct DataPage {
    frame: Frame,
    words: &'static words::Data,
    rows: Vec<Row>,
}

/// The page.
pub async fn show(State(portal): State<Portal>, visitor: Visitor) -> Response {
    let words = words::Data::of(visitor.language);
    let entries = match history(&portal, &visitor, SHOWN).await {
        Ok(entries) => entries,
        Err(error) => return visitor.failed(&error),
    };
    let rows = entries.into_iter().map(|entry| row(entry, &visitor, words)).collect();
    page(StatusCode::OK, &DataPage { frame: Frame::new(&visitor, HERE, words.title), words, rows })
}

async fn history(portal: &Portal, visitor: &Visitor, limit: i64) -> Result<Vec<Recorded>, sqlx::Error> {
    let search = Search {
        subject_kind: Some("person".to_owned()),
        subject_id: Some(visitor.person.user_id.clone()),
        ..Search::default()
    };
    audit::store::search(&mut *portal.pool().acquire().await?, &search, limit).await
}

fn row(entry: Recorded, visitor: &Visitor, words: &'static words::Data) -> Row {
    let own = entry.actor_id.as_deref() == Some(visitor.person.user_id.as_str());
    Row {
        at: visitor.time(entry.occurred_at),
        iso: entry.occurred_at.to_rfc3339(),
        who: match entry.actor_kind.as_str() {
            "person" if own => words.you,
            "person" | "operator" => words.staff,
            "system" => words.system,
            _ => words.service,
        },
        told: words::action(&entry.action, visitor.language).to_owned(),
        action: entry.action,
        reason: entry.reason,
    }
}

/// Everything held about the person, as one file.
pub async fn export(State(portal): State<Portal>, visitor: Visitor) -> Response {
    match everything(&portal, &visitor).await {
        Ok(all) => {
            let name = HeaderValue::from_static("attachment; filename=\"gatehouse-my-data.json\"");
            let headers: [(HeaderName, HeaderValue); 1] = [(header::CONTENT_DISPOSITION, name)];
            (headers, Json(all)).into_response()
        }
        Err(error) => visitor.failed(&error),
    }
}

async fn everything(portal: &Portal, visitor: &Visitor) -> Result<serde_json::Value, sqlx::Error> {
    let (contacts, pending) = portal.contacts().list(&visitor.person.user_id).await?;
    let waiting: Vec<_> = pending
        .iter()
        .map(|pending| json!({"kind": pending.kind(), "value": pending.value, "since": pending.created_at}))
        .collect();
    let company = visitor.company.as_ref();
    let wanted = portal.account().wanted(&visitor.person.user_id).await?;
    Ok(json!({
        "sign_in_address_waiting_for_its_code": wanted.map(|wanted| wanted.address),
        "person": visitor.person,
        "contacts": contacts,
        "contacts_waiting_for_their_code": waiting,
        "company": company.map(|(company, role)| json!({"company_id": company.company_id, "name": company.name, "role": role})),
        "history": history(portal, visitor, EXPORTED).await?,
    }))
}
