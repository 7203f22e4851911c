//! A new contact, to which a code is sent.

use std::collections::BTreeSet;

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};

use super::{
    LIST, problem,
    purposes::{Choice, choices, chosen_in},
};
use crate::{
    contacts::{ContactError, Kind, Purpose},
    portal::{Frame, Portal, Submission, Visitor, page, see, words},
};

#[derive(Template)]
#[template(path = "portal/templates/contact_new.html")]
struct NewPage {
    frame: Frame,
    words: &'static words::Contacts,
    kind: Kind,
    action: &'static str,
    value: String,
    choices: Vec<Choice>,
}

fn new_page(visitor: &Visitor, kind: Kind, value: &str, chosen: &BTreeSet<Purpose>) -> NewPage {
    let words = words::Contacts::of(visitor.language);
    let (title, action) = match kind {
        Kind::Email => (words.add_email, "/account/contacts/new-email"),
        Kind::Phone => (words.add_phone, "/account/contacts/new-phone"),
    };
    let frame = Frame::new(visitor, LIST, title);
    NewPage { frame, words, kind, action, value: value.to_owned(), choices: choices(chosen, words) }
}

/// The form for an e-mail address.
pub async fn new_email(visitor: Visitor) -> Response {
    page(StatusCode::OK, &new_page(&visitor, Kind::Email, "", &BTreeSet::new()))
}

/// The form for a number.
pub async fn new_phone(visitor: Visitor) -> Response {
    page(StatusCode::OK, &new_page(&visitor, Kind::Phone, "", &BTreeSet::new()))
}

/// Sends a code to an e-mail address.
pub async fn add_email(State(portal): State<Portal>, form: Submission) -> Response {
    add(&portal, form, Kind::Email).await
}

/// Sends a code to a number.
pub async fn add_phone(State(portal): State<Portal>, form: Submission) -> Response {
    add(&portal, form, Kind::Phone).await
}

async fn add(portal: &Portal, form: Submission, kind: Kind) -> Response {
    let Submission { visitor, fields } = form;
    let (typed, chosen) = (fields.text("value"), chosen_in(&fields));
    match portal.contacts().add(&visitor.owner(), kind, typed, chosen.clone()).await {
        Ok(id) => see(&format!("{LIST}/pending/{id}")),
        Err(ContactError::Database(error)) => visitor.failed(&error),
        Err(error) => {
            let mut shown = new_page(&visitor, kind, typed, &chosen);
            shown.frame.problems = vec![problem(&error, shown.words, kind, "value")];
            page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
    }
}
