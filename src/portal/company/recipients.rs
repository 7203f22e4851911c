//! Who gets invoices.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};

use super::billing::{Done, editor, shown};
use crate::{
    billing::{BillingError, Editor, PendingRecipient, RecipientId},
    portal::{
        FieldProblem, Frame, NoPage, Portal, Submission, Visitor,
        codes::{refused, typed_code},
        page, see,
        words::{self, fill},
    },
};

#[derive(Template)]
#[template(path = "portal/templates/recipient_code.html")]
struct CodePage {
    frame: Frame,
    words: &'static words::Contacts,
    sent: String,
    href: String,
}

/// Sends a code to an address.
pub async fn add(State(portal): State<Portal>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let editor = match editor(&visitor) {
        Ok(editor) => editor,
        Err(no_page) => return no_page.show(visitor.language),
    };
    match portal.billing().add_recipient(&editor, fields.text("email")).await {
        Ok(id) => see(&format!("/company/recipients/{id}")),
        Err(BillingError::Database(error)) => visitor.failed(&error),
        Err(error) => {
            let problem = FieldProblem { field: "email", expected: expected(&error, &visitor) };
            shown(&portal, &visitor, None, vec![problem], StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

/// An address gets no more invoices.
pub async fn remove(State(portal): State<Portal>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let editor = match editor(&visitor) {
        Ok(editor) => editor,
        Err(no_page) => return no_page.show(visitor.language),
    };
    match portal.billing().remove_recipient(&editor, fields.text("email")).await {
        Err(BillingError::Database(error)) => visitor.failed(&error),
        _ => see("/company?done=recipient-removed"),
    }
}

/// The field for the code.
pub async fn code(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(id): Path<RecipientId>,
    Query(query): Query<Done>,
) -> Response {
    match waiting(&portal, &visitor, id).await {
        Ok((_, pending)) => {
            let mut shown = code_page(&visitor, &pending);
            shown.frame.done = query.done.map(|_| shown.words.resent);
            page(StatusCode::OK, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// Sends the code again.
pub async fn resend(State(portal): State<Portal>, Path(id): Path<RecipientId>, form: Submission) -> Response {
    let visitor = form.visitor;
    let (editor, pending) = match waiting(&portal, &visitor, id).await {
        Ok(waiting) => waiting,
        Err(no_page) => return no_page.show(visitor.language),
    };
    match portal.billing().resend_recipient(&editor, id).await {
        Ok(()) => see(&format!("/company/recipients/{id}?done=resent")),
        Err(error) => code_again(&visitor, &pending, &error),
    }
}

/// Takes back the wish for the address.
pub async fn cancel(State(portal): State<Portal>, Path(id): Path<RecipientId>, form: Submission) -> Response {
    let visitor = form.visitor;
    let editor = match editor(&visitor) {
        Ok(editor) => editor,
        Err(no_page) => return no_page.show(visitor.language),
    };
    match portal.billing().cancel_recipient(&editor, id).await {
        Ok(()) => see("/company"),
        Err(BillingError::Database(error)) => visitor.failed(&error),
        Err(_) => NoPage::NotFound.show(visitor.language),
    }
}

/// Takes the code.
pub async fn enter_code(
    State(portal): State<Portal>,
    Path(id): Path<RecipientId>,
    form: Submission,
) -> Response {
    let Submission { visitor, fields } = form;
    let (editor, pending) = match waiting(&portal, &visitor, id).await {
        Ok(waiting) => waiting,
        // Entered twice: the first time made it a recipient.
        Err(NoPage::NotFound) => return see("/company"),
        Err(no_page) => return no_page.show(visitor.language),
    };
    match portal.billing().prove_recipient(&editor, id, typed_code(&fields)).await {
        Ok(()) => see("/company?done=recipient-added"),
        Err(error) => code_again(&visitor, &pending, &error),
    }
}

/// The field again, with what is wrong.
fn code_again(visitor: &Visitor, pending: &PendingRecipient, error: &BillingError) -> Response {
    if let BillingError::Database(error) = error {
        return visitor.failed(error);
    }
    let mut shown = code_page(visitor, pending);
    shown.frame.problems = vec![FieldProblem { field: "code", expected: expected(error, visitor) }];
    page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
}

async fn waiting(
    portal: &Portal,
    visitor: &Visitor,
    id: RecipientId,
) -> Result<(Editor, PendingRecipient), NoPage> {
    let editor = editor(visitor)?;
    let pending = portal.billing().pending(&editor).await?;
    let found = pending.into_iter().find(|pending| pending.pending_id == id);
    found.map(|pending| (editor, pending)).ok_or(NoPage::NotFound)
}

fn code_page(visitor: &Visitor, pending: &PendingRecipient) -> CodePage {
    let words = words::Contacts::of(visitor.language);
    CodePage {
        frame: Frame::new(visitor, "/company", words.code_title),
        sent: fill(words.code_sent, pending.email.expose()),
        href: format!("/company/recipients/{}", pending.pending_id),
        words,
    }
}

fn expected(error: &BillingError, visitor: &Visitor) -> String {
    let words = words::Contacts::of(visitor.language);
    match error {
        BillingError::Held => words.held.to_owned(),
        BillingError::TooMany => words.too_many.to_owned(),
        BillingError::Code(refusal) => refused(refusal, words, false),
        _ => words.code_over.to_owned(),
    }
}
