//! Who asked to sign up while the launch is closed, and what staff decide.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};

use super::{Asked, reason_of};
use crate::{
    admission::{AdmissionError, AdmissionId, Asked as Request, Decision},
    platform::{
        http::paging::{Page, PageQuery},
        masked::Masked,
    },
    portal::{
        FieldProblem, Frame, NoPage, Portal, Submission, Visitor,
        page::{note, page, see},
        words::{self, fill},
    },
};

pub(super) const HERE: &str = "/backoffice/sign-ups";
/// Requests on a page.
const SHOWN: u32 = 50;

struct Row {
    email: String,
    company: Option<String>,
    since: String,
    href: String,
    open: String,
}

#[derive(Template)]
#[template(path = "portal/templates/backoffice_sign_ups.html")]
struct ListPage {
    frame: Frame,
    words: &'static words::SignUps,
    rows: Vec<Row>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/templates/backoffice_sign_up.html")]
struct RequestPage {
    frame: Frame,
    words: &'static words::SignUps,
    href: String,
    email: String,
    name: String,
    company: String,
    asked_at: String,
    state: &'static str,
    colour: &'static str,
    is_open: bool,
    reason: String,
}

/// Why there is no page about it.
pub(super) fn no_page(error: &AdmissionError) -> NoPage {
    match error {
        AdmissionError::Database(error) => {
            note(error);
            NoPage::Failed
        }
        _ => NoPage::NotFound,
    }
}

/// Who waits.
pub async fn list(State(portal): State<Portal>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    match list_of(&portal, &visitor, asked).await {
        Ok(shown) => page(StatusCode::OK, &shown),
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn list_of(portal: &Portal, visitor: &Visitor, asked: Asked) -> Result<ListPage, NoPage> {
    let words = words::SignUps::of(visitor.language);
    let done = asked.done.as_deref().and_then(|done| match done {
        "approved" => Some(words.was_approved),
        "refused" => Some(words.was_refused),
        _ => None,
    });
    let query = PageQuery { after: asked.after, limit: Some(SHOWN) };
    let (after, limit) = (query.after().map_err(|_| NoPage::NotFound)?, i64::from(SHOWN));
    let found = portal.admission().requests(&visitor.caller, Some("waiting"), after, limit).await;
    let found = found.map_err(|error| no_page(&error))?;
    let place = |request: &Request| (request.asked_at, request.request_id);
    let found = Page::of(found, limit, place, |request| row(request, visitor, words));
    let frame = Frame::new(visitor, HERE, words.title).done(done);
    Ok(ListPage { frame, words, rows: found.items, next: found.next })
}

fn row(request: Request, visitor: &Visitor, words: &'static words::SignUps) -> Row {
    let email = request.email.expose().clone();
    Row {
        since: fill(words.since, visitor.time(request.asked_at)),
        href: format!("{HERE}/{}", request.request_id),
        open: fill(words.open_whom, &email),
        company: request.company,
        email,
    }
}

/// One request.
pub async fn show(State(portal): State<Portal>, visitor: Visitor, Path(id): Path<AdmissionId>) -> Response {
    match page_of(&portal, &visitor, id).await {
        Ok(shown) => page(StatusCode::OK, &shown),
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn page_of(portal: &Portal, visitor: &Visitor, id: AdmissionId) -> Result<RequestPage, NoPage> {
    let words = words::SignUps::of(visitor.language);
    let found = portal.admission().request(&visitor.caller, id).await.map_err(|error| no_page(&error))?;
    let names = [found.first_name, found.last_name].into_iter().flatten();
    let (state, colour) = match found.state.as_str() {
        "approved" => (words.approved, "good"),
        "refused" => (words.refused, "warn"),
        _ => (words.waiting, ""),
    };
    Ok(RequestPage {
        frame: Frame::new(visitor, HERE, words.title),
        href: format!("{HERE}/{id}"),
        email: found.email.into_inner(),
        name: names.map(Masked::into_inner).collect::<Vec<_>>().join(" "),
        company: found.company.unwrap_or_default(),
        asked_at: visitor.time(found.asked_at),
        is_open: found.state == "waiting",
        reason: found.reason.unwrap_or_default(),
        state,
        colour,
        words,
    })
}

/// Lets them sign up.
pub async fn approve(
    State(portal): State<Portal>,
    Path(id): Path<AdmissionId>,
    form: Submission,
) -> Response {
    decide(&portal, id, form, Decision::Approve).await
}

/// Does not.
pub async fn refuse(State(portal): State<Portal>, Path(id): Path<AdmissionId>, form: Submission) -> Response {
    decide(&portal, id, form, Decision::Refuse).await
}

async fn decide(portal: &Portal, id: AdmissionId, form: Submission, decision: Decision) -> Response {
    let Submission { visitor, fields } = form;
    let typed = fields.text("reason");
    let reason = match reason_of(typed, &visitor) {
        Ok(reason) => reason,
        Err(expected) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return again(portal, &visitor, (id, typed), ("reason", expected), status).await;
        }
    };
    match portal.admission().decide(&visitor.caller, id, decision, &reason).await {
        Ok(()) => see(&format!("{HERE}?done={}", decision.state())),
        Err(AdmissionError::Decided) => {
            let expected = words::SignUps::of(visitor.language).decided;
            again(portal, &visitor, (id, typed), ("decision", expected), StatusCode::CONFLICT).await
        }
        Err(error) => no_page(&error).show(visitor.language),
    }
}

async fn again(
    portal: &Portal,
    visitor: &Visitor,
    (id, typed): (AdmissionId, &str),
    (field, expected): (&'static str, &str),
    status: StatusCode,
) -> Response {
    match page_of(portal, visitor, id).await {
        Ok(mut shown) => {
            if shown.is_open {
                typed.clone_into(&mut shown.reason);
            }
            shown.frame.problems = vec![FieldProblem { field, expected: expected.to_owned() }];
            page(status, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}
