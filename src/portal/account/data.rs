//! What is held about a person, and what was done with it.

use askama::Template;
use axum::{
    Json,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use crate::{
    adapters::keycloak::SessionInfo,
    audit::{self, Recorded, Search},
    portal::{Frame, Portal, Visitor, known::Known, page, words},
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
    who: String,
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
    let looked = async {
        let entries = history(&portal, &visitor, SHOWN).await?;
        let known = Known::of(&portal, &visitor, &entries).await?;
        Ok(entries.into_iter().map(|entry| row(entry, &visitor, &known)).collect())
    };
    let rows = match looked.await {
        Ok(rows) => rows,
        Err(error) => return visitor.failed(&error),
    };
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

fn row(entry: Recorded, visitor: &Visitor, known: &Known) -> Row {
    Row {
        at: visitor.time(entry.occurred_at),
        iso: entry.occurred_at.to_rfc3339(),
        who: known.who(&entry),
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

async fn everything(portal: &Portal, visitor: &Visitor) -> Result<Value, sqlx::Error> {
    let user_id = &visitor.person.user_id;
    let mut all = portal.account().held(&visitor.person).await?;
    all.insert("person".to_owned(), json!(visitor.person));
    all.insert("history".to_owned(), json!(history(portal, visitor, EXPORTED).await?));
    let own = Search { actor_id: Some(user_id.clone()), ..Search::default() };
    let deeds = audit::store::search(&mut *portal.pool().acquire().await?, &own, EXPORTED).await?;
    // To whom it was done is not theirs to take away.
    let deed = |deed: Recorded| json!({"action": deed.action, "at": deed.occurred_at, "ip_address": deed.ip_address, "client_id": deed.client_id});
    all.insert("done_by_the_person".to_owned(), deeds.into_iter().map(deed).collect());
    let at_keycloak = portal.keycloak().sessions(user_id).await.map(|sessions| {
        let session = |it: SessionInfo| json!({"session_id": it.session_id, "ip_address": it.ip_address, "started_at": it.started_at, "seen_at": it.seen_at, "applications": it.applications});
        sessions.into_iter().map(session).collect::<Vec<Value>>()
    });
    // None when Keycloak does not answer: the rest is not held up by it.
    all.insert("sessions_at_keycloak".to_owned(), json!(at_keycloak.ok()));
    Ok(Value::Object(all))
}
