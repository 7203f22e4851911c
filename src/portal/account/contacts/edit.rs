//! A contact that is held: its purposes, the first choice, its end.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::{
    LIST, problem,
    purposes::{Choice, choices, chosen_in, purpose_name},
};
use crate::{
    contacts::{Contact, ContactError, ContactId, Purpose, Unchanged, own_purposes},
    portal::{Frame, NoPage, Portal, Submission, Visitor, page, see, words},
};

/// Where a change that was made leads.
const SAVED: &str = "/account/contacts?done=saved";

#[derive(Template)]
#[template(path = "portal/templates/contact_edit.html")]
struct EditPage {
    frame: Frame,
    words: &'static words::Contacts,
    href: String,
    value: String,
    version: i64,
    choices: Vec<Choice>,
    may_be_primary: bool,
    is_followed: bool,
    /// What was chosen here and what is saved, when somebody else has changed it meanwhile.
    differences: Option<Differences>,
}

/// What somebody wanted of a contact.
enum Wanted {
    Purposes(BTreeSet<Purpose>),
    Primary,
    Gone,
}

/// Two versions of a contact's purposes.
struct Differences {
    mine: String,
    theirs: String,
}

fn edit_page(visitor: &Visitor, contact: &Contact) -> EditPage {
    let words = words::Contacts::of(visitor.language);
    EditPage {
        frame: Frame::new(visitor, LIST, words.edit_title),
        href: format!("{LIST}/{}", contact.contact_id),
        value: contact.value.expose().clone(),
        version: contact.version(),
        choices: choices(&contact.purposes, words),
        may_be_primary: !contact.is_primary && contact.verified_at.is_some(),
        is_followed: contact.purposes.iter().any(|purpose| purpose.is_followed()),
        differences: None,
        words,
    }
}

async fn contact(portal: &Portal, visitor: &Visitor, id: ContactId) -> Result<Contact, NoPage> {
    let (contacts, _) = portal.contacts().list(&visitor.person.user_id).await?;
    contacts.into_iter().find(|contact| contact.contact_id == id).ok_or(NoPage::NotFound)
}

/// The page of one contact.
pub async fn edit(State(portal): State<Portal>, visitor: Visitor, Path(id): Path<ContactId>) -> Response {
    match contact(&portal, &visitor, id).await {
        Ok(contact) => page(StatusCode::OK, &edit_page(&visitor, &contact)),
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// Uses it for other purposes.
pub async fn set_purposes(
    State(portal): State<Portal>,
    Path(id): Path<ContactId>,
    form: Submission,
) -> Response {
    let Submission { visitor, fields } = form;
    let chosen = chosen_in(&fields);
    let seen = (id, Some(fields.version()));
    match portal.contacts().set_purposes(&visitor.owner(), seen, chosen.clone()).await {
        Ok(()) => see(SAVED),
        Err(error) => not_done(&portal, &visitor, id, error, Wanted::Purposes(chosen)).await,
    }
}

/// Makes it the first choice.
pub async fn make_primary(
    State(portal): State<Portal>,
    Path(id): Path<ContactId>,
    form: Submission,
) -> Response {
    let Submission { visitor, fields } = form;
    match portal.contacts().make_primary(&visitor.owner(), (id, Some(fields.version()))).await {
        Ok(()) => see(SAVED),
        Err(error) => not_done(&portal, &visitor, id, error, Wanted::Primary).await,
    }
}

/// Removes it.
pub async fn remove(State(portal): State<Portal>, Path(id): Path<ContactId>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    match portal.contacts().remove(&visitor.owner(), (id, Some(fields.version()))).await {
        // Removed twice is removed.
        Ok(()) | Err(ContactError::Unchanged(Unchanged::NotFound)) => see("/account/contacts?done=removed"),
        Err(error) => not_done(&portal, &visitor, id, error, Wanted::Gone).await,
    }
}

/// The page as it is now, with what kept the change from being made. What is so already was sent twice, and is done.
async fn not_done(
    portal: &Portal,
    visitor: &Visitor,
    id: ContactId,
    error: ContactError,
    wanted: Wanted,
) -> Response {
    if let ContactError::Database(error) = error {
        return visitor.failed(&error);
    }
    let contact = match contact(portal, visitor, id).await {
        Ok(contact) => contact,
        Err(no_page) => return no_page.show(visitor.language),
    };
    let theirs = own_purposes(contact.purposes.iter().copied());
    let (is_so_already, mine) = match wanted {
        Wanted::Purposes(mine) => (mine == theirs, mine),
        Wanted::Primary => (contact.is_primary, theirs.clone()),
        Wanted::Gone => (false, theirs.clone()),
    };
    let mut shown = edit_page(visitor, &contact);
    let status = if let ContactError::Changed(_) = error {
        if is_so_already {
            return see(SAVED);
        }
        let named = |purposes: &BTreeSet<Purpose>| {
            let names = purposes.iter().map(|purpose| purpose_name(*purpose, shown.words));
            names.collect::<Vec<_>>().join(", ")
        };
        shown.differences = Some(Differences { mine: named(&mine), theirs: named(&theirs) });
        shown.choices = choices(&mine, shown.words);
        StatusCode::PRECONDITION_FAILED
    } else {
        shown.frame.problems = vec![problem(&error, shown.words, contact.kind, "value")];
        StatusCode::UNPROCESSABLE_ENTITY
    };
    page(status, &shown)
}
