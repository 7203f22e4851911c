//! Another address to sign in with: asked for, proven by a code, and then Keycloak's.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use crate::{
    account::AccountError,
    contacts::comparable_email,
    directory::{
        PersonRow,
        commands::{CommandState, Refusal},
    },
    portal::{
        FieldProblem, Frame, Portal, Submission, Visitor,
        codes::{refused, typed_code},
        page, see, sign_in,
        words::{self, fill},
    },
};

const HERE: &str = "/account/email";
const CODE: &str = "/account/email/code";
/// The entry of the navigation that is shown as current.
const SECTION: &str = "/account/security";

#[derive(Template)]
#[template(path = "portal/templates/email.html")]
struct EmailPage {
    frame: Frame,
    words: &'static words::Email,
    current: String,
    address: String,
}

#[derive(Template)]
#[template(path = "portal/templates/email_code.html")]
struct CodePage {
    frame: Frame,
    words: &'static words::Email,
    codes: &'static words::Contacts,
    sent: String,
}

/// Which alert a page shows.
#[derive(Deserialize)]
pub struct Done {
    done: Option<String>,
}

fn email_page(visitor: &Visitor, address: &str) -> EmailPage {
    let words = words::Email::of(visitor.language);
    let current = visitor.person.email.as_ref().map(|email| email.expose().clone()).unwrap_or_default();
    EmailPage {
        frame: Frame::new(visitor, SECTION, words.title),
        current,
        address: address.to_owned(),
        words,
    }
}

/// The form for the new address.
pub async fn show(State(portal): State<Portal>, visitor: Visitor) -> Response {
    match portal.fresh(&visitor) {
        Some(_) => page(StatusCode::OK, &email_page(&visitor, "")),
        None => sign_in::again(HERE),
    }
}

/// Sends a code to the new address.
pub async fn ask(State(portal): State<Portal>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let Some(fresh) = portal.fresh(&visitor) else { return sign_in::again(HERE) };
    let typed = fields.text("address");
    match portal.account().ask_email(&fresh, typed).await {
        Ok(()) => see(CODE),
        Err(AccountError::Database(error)) => visitor.failed(&error),
        Err(error) => {
            let mut shown = email_page(&visitor, typed);
            let expected = expected(&error, &visitor);
            shown.frame.problems = vec![FieldProblem { field: "address", expected }];
            page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
    }
}

/// The field for the code.
pub async fn code(State(portal): State<Portal>, visitor: Visitor, Query(query): Query<Done>) -> Response {
    if portal.fresh(&visitor).is_none() {
        return sign_in::again(CODE);
    }
    let resent = query.done.is_some_and(|done| done == "resent");
    code_page(&portal, &visitor, Vec::new(), resent).await
}

async fn code_page(
    portal: &Portal,
    visitor: &Visitor,
    problems: Vec<FieldProblem>,
    is_resent: bool,
) -> Response {
    let wanted = match portal.account().wanted(&visitor.person.user_id).await {
        Ok(Some(wanted)) => wanted,
        // Entered twice, or taken back: there is nothing to enter here.
        Ok(None) => return see(HERE),
        Err(error) => return visitor.failed(&error),
    };
    let (words, codes) = (words::Email::of(visitor.language), words::Contacts::of(visitor.language));
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let frame = Frame::new(visitor, SECTION, words.code_title);
    let frame = frame.done(is_resent.then_some(codes.resent)).problems(problems);
    page(status, &CodePage { frame, words, codes, sent: fill(codes.code_sent, wanted.address.expose()) })
}

/// Takes the code, and waits a little for Keycloak.
pub async fn enter_code(State(portal): State<Portal>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let Some(fresh) = portal.fresh(&visitor) else { return sign_in::again(CODE) };
    let (id, address) = match portal.account().prove_email(&fresh, typed_code(&fields)).await {
        Ok(asked) => asked,
        Err(error) => return code_problem(&portal, &visitor, error).await,
    };
    let is_there = |person: &PersonRow| {
        let email = person.email.as_ref().map(|email| comparable_email(email.expose()));
        email.is_some_and(|email| email.eq_ignore_ascii_case(address.expose()))
    };
    match portal.outcome(id, &visitor.person.user_id, is_there).await {
        Some(CommandState::Done) => see("/account/security?done=address"),
        Some(CommandState::Refused(reason)) => {
            let mut shown = email_page(&visitor, address.expose());
            let expected = match reason {
                Refusal::Conflict => shown.words.taken,
                _ => shown.words.refused,
            };
            shown.frame.problems = vec![FieldProblem { field: "address", expected: expected.to_owned() }];
            page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        _ => see("/account/security?done=address-waiting"),
    }
}

/// Sends the message again.
pub async fn resend(State(portal): State<Portal>, form: Submission) -> Response {
    let Some(fresh) = portal.fresh(&form.visitor) else { return sign_in::again(CODE) };
    match portal.account().resend_email_code(&fresh).await {
        Ok(()) => see("/account/email/code?done=resent"),
        Err(error) => code_problem(&portal, &form.visitor, error).await,
    }
}

/// Takes back the wish.
pub async fn cancel(State(portal): State<Portal>, form: Submission) -> Response {
    match portal.account().cancel_email(&form.visitor.person.user_id).await {
        Ok(()) => see(SECTION),
        Err(error) => form.visitor.failed(&error),
    }
}

async fn code_problem(portal: &Portal, visitor: &Visitor, error: AccountError) -> Response {
    if let AccountError::Database(error) = error {
        return visitor.failed(&error);
    }
    let problem = FieldProblem { field: "code", expected: expected(&error, visitor) };
    code_page(portal, visitor, vec![problem], false).await
}

fn expected(error: &AccountError, visitor: &Visitor) -> String {
    let codes = words::Contacts::of(visitor.language);
    match error {
        AccountError::Same => words::Email::of(visitor.language).same.to_owned(),
        AccountError::Code(refusal) => refused(refusal, codes, false),
        _ => codes.code_over.to_owned(),
    }
}
