//! The code that proves a contact.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};

use super::{Done, LIST, problem};
use crate::{
    contacts::{ContactError, Pending, PendingId},
    portal::{
        Frame, NoPage, Portal, Submission, Visitor,
        codes::typed_code,
        page, see,
        words::{self, fill},
    },
};

#[derive(Template)]
#[template(path = "portal/templates/contact_code.html")]
struct CodePage {
    frame: Frame,
    words: &'static words::Contacts,
    sent: String,
    href: String,
}

fn code_page(visitor: &Visitor, pending: &Pending) -> CodePage {
    let words = words::Contacts::of(visitor.language);
    CodePage {
        frame: Frame::new(visitor, LIST, words.code_title),
        sent: fill(words.code_sent, pending.value.expose()),
        href: format!("{LIST}/pending/{}", pending.pending_id),
        words,
    }
}

async fn pending(portal: &Portal, visitor: &Visitor, id: PendingId) -> Result<Pending, NoPage> {
    let (_, pending) = portal.contacts().list(&visitor.person.user_id).await?;
    pending.into_iter().find(|pending| pending.pending_id == id).ok_or(NoPage::NotFound)
}

/// The field for the code.
pub async fn code(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(id): Path<PendingId>,
    Query(query): Query<Done>,
) -> Response {
    match pending(&portal, &visitor, id).await {
        Ok(pending) => {
            let mut shown = code_page(&visitor, &pending);
            shown.frame.done = query.done.filter(|done| done == "resent").map(|_| shown.words.resent);
            page(StatusCode::OK, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// Takes the code.
pub async fn enter_code(
    State(portal): State<Portal>,
    Path(id): Path<PendingId>,
    form: Submission,
) -> Response {
    let Submission { visitor, fields } = form;
    let proven = portal.contacts().prove(&visitor.owner(), id, typed_code(&fields)).await;
    match proven {
        Ok(_) => see("/account/contacts?done=added"),
        Err(error) => code_problem(&portal, &visitor, id, error).await,
    }
}

/// Sends the message again.
pub async fn resend(State(portal): State<Portal>, Path(id): Path<PendingId>, form: Submission) -> Response {
    let visitor = form.visitor;
    match portal.contacts().resend(&visitor.owner(), id).await {
        Ok(()) => see(&format!("{LIST}/pending/{id}?done=resent")),
        Err(error) => code_problem(&portal, &visitor, id, error).await,
    }
}

async fn code_problem(portal: &Portal, visitor: &Visitor, id: PendingId, error: ContactError) -> Response {
    if let ContactError::Database(error) = error {
        return visitor.failed(&error);
    }
    match pending(portal, visitor, id).await {
        Ok(pending) => {
            let mut shown = code_page(visitor, &pending);
            shown.frame.problems = vec![problem(&error, shown.words, pending.kind(), "code")];
            page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        // Entered twice: the first time made it a contact.
        Err(NoPage::NotFound) => see(LIST),
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// Takes back the wish for an address.
pub async fn cancel(State(portal): State<Portal>, Path(id): Path<PendingId>, form: Submission) -> Response {
    match portal.contacts().cancel(&form.visitor.owner(), id).await {
        Err(ContactError::Database(error)) => form.visitor.failed(&error),
        _ => see(LIST),
    }
}
