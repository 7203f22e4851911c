//! What was done in the company, by whom.

use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::{
    body::Body,
    extract::{Query, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use super::Asked;
use crate::{
    audit::{self, Recorded, Search},
    backoffice::BackOfficeError,
    directory,
    portal::{
        Frame, NoPage, Portal, Visitor,
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
    let known = known(portal, visitor, &entries).await?;
    let rows = entries.into_iter().map(|entry| row(entry, visitor, words, &known)).collect();
    Ok(HistoryPage { frame: Frame::new(visitor, HERE, words.history), words, rows, next })
}

/// How the people of some entries are known to whoever is in the company now.
struct Known {
    /// The names of those who are in it: others stay unnamed.
    names: HashMap<String, String>,
    /// Who is no longer in it and was.
    former: HashSet<String>,
}

async fn known(portal: &Portal, visitor: &Visitor, entries: &[Recorded]) -> Result<Known, NoPage> {
    let actors = entries.iter().filter_map(|entry| entry.actor_id.clone());
    let subjects = entries.iter().filter(|it| it.subject_kind == "person").map(|it| it.subject_id.clone());
    let mut ids: Vec<String> = actors.chain(subjects).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut conn = portal.pool().acquire().await?;
    let companies = crate::companies::companies_of_people(&mut conn, &ids).await?;
    let own = visitor.company_id()?;
    let is_in_it = |id: &String| companies.get(id).is_some_and(|(company, _)| company.company_id == own);
    let (inside, outside): (Vec<String>, Vec<String>) = ids.into_iter().partition(is_in_it);
    let people = directory::people_by_id(&mut conn, &inside).await?;
    let name = |person: directory::PersonRow| {
        let names = [&person.first_name, &person.last_name].into_iter().flatten();
        let name = names.map(|name| name.expose().trim()).collect::<Vec<_>>().join(" ");
        (person.user_id, name.trim().to_owned())
    };
    Ok(Known {
        names: people.into_iter().map(name).filter(|(_, name)| !name.is_empty()).collect(),
        former: audit::store::people_of_company(&mut conn, own.0, &outside).await?,
    })
}

fn row(entry: Recorded, visitor: &Visitor, words: &'static words::Company, known: &Known) -> Row {
    let actor = entry.actor_id.as_deref();
    let called = |id: Option<&str>| {
        let id = id?;
        let former = known.former.contains(id).then(|| words.former.to_owned());
        known.names.get(id).cloned().or(former)
    };
    Row {
        at: visitor.time(entry.occurred_at),
        iso: entry.occurred_at.to_rfc3339(),
        who: match entry.actor_kind.as_str() {
            "person" if actor == Some(visitor.person.user_id.as_str()) => words.you.to_owned(),
            // Staff are named to nobody outside.
            "person" | "operator" => called(actor).unwrap_or_else(|| words.staff.to_owned()),
            "system" => words.system.to_owned(),
            _ => words.service.to_owned(),
        },
        about: called(Some(entry.subject_id.as_str())).unwrap_or_default(),
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
