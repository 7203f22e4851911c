//! Who may sign up without asking while the launch is closed.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};

use super::{
    Asked, reason_of,
    sign_ups::{self, no_page},
};
use crate::{
    admission::{AdmissionError, Allowed, AllowedId, Decider},
    platform::http::paging::{Page, PageQuery},
    portal::{
        FieldProblem, Frame, NoPage, Portal, Submission, Visitor,
        page::{page, see},
        words::{self, fill},
    },
};

/// Entries on a page.
const SHOWN: u32 = 50;

struct Row {
    id: AllowedId,
    value: String,
    reason: String,
    at: String,
    by: String,
    remove: String,
    remove_reason: String,
}

#[derive(Template)]
#[template(path = "portal/templates/backoffice_allowed.html")]
struct AllowedPage {
    frame: Frame,
    words: &'static words::SignUps,
    rows: Vec<Row>,
    next: Option<String>,
    value: String,
    reason: String,
}

/// The list.
pub async fn show(State(portal): State<Portal>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let words = words::SignUps::of(visitor.language);
    let done = asked.done.as_deref().and_then(|done| match done {
        "added" => Some(words.was_added),
        "removed" => Some(words.was_removed),
        _ => None,
    });
    match page_of(&portal, &visitor, asked.after).await {
        Ok(mut shown) => {
            shown.frame.done = done;
            page(StatusCode::OK, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn page_of(portal: &Portal, visitor: &Visitor, after: Option<String>) -> Result<AllowedPage, NoPage> {
    let words = words::SignUps::of(visitor.language);
    let query = PageQuery { after, limit: Some(SHOWN) };
    let (after, limit) = (query.after().map_err(|_| NoPage::NotFound)?, i64::from(SHOWN));
    let found = portal.admission().allowed(&visitor.caller, after, limit).await;
    let found = found.map_err(|error| no_page(&error))?;
    let place = |entry: &Allowed| (entry.added_at, entry.allowed_id);
    let found = Page::of(found, limit, place, |entry| row(entry, visitor, words));
    Ok(AllowedPage {
        frame: Frame::new(visitor, sign_ups::HERE, words.allowed),
        rows: found.items,
        next: found.next,
        value: String::new(),
        reason: String::new(),
        words,
    })
}

fn row(entry: Allowed, visitor: &Visitor, words: &'static words::SignUps) -> Row {
    let value = entry.value.into_inner();
    Row {
        id: entry.allowed_id,
        reason: entry.reason,
        at: visitor.time(entry.added_at),
        by: entry.added_by,
        remove: fill(words.remove_what, &value),
        remove_reason: fill(words.remove_reason, &value),
        value,
    }
}

/// Adds an entry.
pub async fn allow(State(portal): State<Portal>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let words = words::SignUps::of(visitor.language);
    let typed = (fields.text("value"), fields.text("reason"));
    let reason = match reason_of(typed.1, &visitor) {
        Ok(reason) => reason,
        Err(expected) => return again(&portal, &visitor, typed, ("reason", expected)).await,
    };
    let expected = match portal.admission().allow(Decider::Staff(&visitor.caller), typed.0, &reason).await {
        Ok(_) => return see("/backoffice/sign-ups/allowed?done=added"),
        Err(AdmissionError::Invalid(..)) => words.value_expected,
        Err(AdmissionError::Held) => words.held,
        Err(AdmissionError::TooMany) => words.too_many,
        Err(error) => return no_page(&error).show(visitor.language),
    };
    again(&portal, &visitor, typed, ("value", expected)).await
}

/// Takes an entry off the list.
pub async fn disallow(State(portal): State<Portal>, Path(id): Path<AllowedId>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let reason = match reason_of(fields.text("reason"), &visitor) {
        Ok(reason) => reason,
        Err(expected) => return again(&portal, &visitor, ("", ""), ("allowed-title", expected)).await,
    };
    match portal.admission().disallow(Decider::Staff(&visitor.caller), id, &reason).await {
        Ok(()) => see("/backoffice/sign-ups/allowed?done=removed"),
        Err(error) => no_page(&error).show(visitor.language),
    }
}

async fn again(
    portal: &Portal,
    visitor: &Visitor,
    (value, reason): (&str, &str),
    (field, expected): (&'static str, &str),
) -> Response {
    match page_of(portal, visitor, None).await {
        Ok(mut shown) => {
            (shown.value, shown.reason) = (value.to_owned(), reason.to_owned());
            shown.frame.problems = vec![FieldProblem { field, expected: expected.to_owned() }];
            page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}
