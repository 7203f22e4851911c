//! How a person can be reached: the list; adding with a code, changing and removing stand beside it.

mod code;
mod edit;
mod new;
mod purposes;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

pub use code::{cancel, code, enter_code, resend};
pub use edit::{edit, make_primary, remove, set_purposes};
pub use new::{add_email, add_phone, new_email, new_phone};

use crate::{
    contacts::{Contact, ContactError, Kind, Pending, PhoneFacts, Unchanged},
    portal::{
        FieldProblem, Frame, Portal, Visitor,
        codes::refused,
        page,
        words::{self, fill},
    },
};
use purposes::purpose_name;

const LIST: &str = "/account/contacts";

/// A contact in the list.
struct Row {
    href: String,
    value: String,
    edit: String,
    purposes: Vec<&'static str>,
    is_primary: bool,
    is_proven: bool,
    country: Option<String>,
}

/// An address that waits for its code.
struct Waiting {
    href: String,
    value: String,
    enter: String,
}

/// The contacts of one kind.
struct Group {
    title: &'static str,
    empty: &'static str,
    add: &'static str,
    add_href: &'static str,
    rows: Vec<Row>,
    waiting: Vec<Waiting>,
}

#[derive(Template)]
#[template(path = "portal/templates/contacts.html")]
struct ListPage {
    frame: Frame,
    words: &'static words::Contacts,
    groups: [Group; 2],
}

/// Which alert a page shows.
#[derive(Deserialize)]
pub struct Done {
    pub(super) done: Option<String>,
}

/// The list.
pub async fn list(State(portal): State<Portal>, visitor: Visitor, Query(query): Query<Done>) -> Response {
    let words = words::Contacts::of(visitor.language);
    let (contacts, pending) = match portal.contacts().list(&visitor.person.user_id).await {
        Ok(held) => held,
        Err(error) => return visitor.failed(&error),
    };
    let done = query.done.as_deref().and_then(|done| match done {
        "added" => Some(words.added),
        "saved" => Some(words.saved),
        "removed" => Some(words.removed),
        _ => None,
    });
    let group = |kind| group(kind, &contacts, &pending, words);
    let groups = [group(Kind::Email), group(Kind::Phone)];
    page(
        StatusCode::OK,
        &ListPage { frame: Frame::new(&visitor, LIST, words.title).done(done), words, groups },
    )
}

fn group(kind: Kind, contacts: &[Contact], pending: &[Pending], words: &'static words::Contacts) -> Group {
    let rows = contacts.iter().filter(|contact| contact.kind == kind).map(|contact| row(contact, words));
    let waiting = pending.iter().filter(|pending| pending.kind() == kind).map(|pending| Waiting {
        href: format!("{LIST}/pending/{}", pending.pending_id),
        value: pending.value.expose().clone(),
        enter: fill(words.enter_code_for, pending.value.expose()),
    });
    let (title, empty, add, add_href) = match kind {
        Kind::Email => (words.emails, words.no_email, words.add_email, "/account/contacts/new-email"),
        Kind::Phone => (words.phones, words.no_phone, words.add_phone, "/account/contacts/new-phone"),
    };
    Group { title, empty, add, add_href, rows: rows.collect(), waiting: waiting.collect() }
}

fn row(contact: &Contact, words: &'static words::Contacts) -> Row {
    let value = contact.value.expose().clone();
    Row {
        href: format!("{LIST}/{}", contact.contact_id),
        edit: fill(words.edit_what, &value),
        purposes: contact.purposes.iter().map(|purpose| purpose_name(*purpose, words)).collect(),
        is_primary: contact.is_primary,
        is_proven: contact.verified_at.is_some(),
        country: (contact.kind == Kind::Phone).then(|| PhoneFacts::of(&value).country).flatten(),
        value,
    }
}

/// What is wrong, at the field that it is about.
pub(super) fn problem(
    error: &ContactError,
    words: &'static words::Contacts,
    kind: Kind,
    field: &'static str,
) -> FieldProblem {
    let expected = match error {
        ContactError::Unchanged(Unchanged::NoPurpose) => {
            return FieldProblem { field: "purposes", expected: words.purposes_expected.to_owned() };
        }
        ContactError::Unchanged(Unchanged::Followed) => words.remove_followed.to_owned(),
        ContactError::Unchanged(Unchanged::TooMany) => words.too_many.to_owned(),
        ContactError::Unchanged(Unchanged::Held) => words.held.to_owned(),
        ContactError::Unchanged(Unchanged::NotFound)
        | ContactError::Changed(_)
        | ContactError::Database(_) => words.code_over.to_owned(),
        ContactError::Code(refusal) => refused(refusal, words, kind == Kind::Phone),
    };
    FieldProblem { field, expected }
}
