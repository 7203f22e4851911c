//! A contact that is held: its purposes, the first choice, its end.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::{
    LIST, problem,
    purposes::{Choice, choices, chosen_in},
};
use crate::{
    contacts::{Contact, ContactError, ContactId, Unchanged},
    portal::{Frame, NoPage, Portal, Submission, Visitor, page, see, words},
};

#[derive(Template)]
#[template(path = "portal/templates/contact_edit.html")]
struct EditPage {
    frame: Frame,
    words: &'static words::Contacts,
    href: String,
    value: String,
    choices: Vec<Choice>,
    may_be_primary: bool,
    is_followed: bool,
}

fn edit_page(visitor: &Visitor, contact: &Contact) -> EditPage {
    let words = words::Contacts::of(visitor.language);
    EditPage {
        frame: Frame::new(visitor, LIST, words.edit_title),
        href: format!("{LIST}/{}", contact.contact_id),
        value: contact.value.expose().clone(),
        choices: choices(&contact.purposes, words),
        may_be_primary: !contact.is_primary && contact.verified_at.is_some(),
        is_followed: contact.purposes.iter().any(|purpose| purpose.is_followed()),
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
    let chosen = chosen_in(&form.fields);
    let changed = portal.contacts().set_purposes(&form.visitor.owner(), (id, None), chosen).await;
    after(&portal, &form.visitor, id, changed, "/account/contacts?done=saved").await
}

/// Makes it the first choice.
pub async fn make_primary(
    State(portal): State<Portal>,
    Path(id): Path<ContactId>,
    form: Submission,
) -> Response {
    let changed = portal.contacts().make_primary(&form.visitor.owner(), (id, None)).await;
    after(&portal, &form.visitor, id, changed, "/account/contacts?done=saved").await
}

/// Removes it.
pub async fn remove(State(portal): State<Portal>, Path(id): Path<ContactId>, form: Submission) -> Response {
    match portal.contacts().remove(&form.visitor.owner(), (id, None)).await {
        // Removed twice is removed.
        Err(ContactError::Unchanged(Unchanged::NotFound)) => see("/account/contacts?done=removed"),
        changed => after(&portal, &form.visitor, id, changed, "/account/contacts?done=removed").await,
    }
}

async fn after(
    portal: &Portal,
    visitor: &Visitor,
    id: ContactId,
    changed: Result<(), ContactError>,
    next: &str,
) -> Response {
    let error = match changed {
        Ok(()) => return see(next),
        Err(ContactError::Database(error)) => return visitor.failed(&error),
        Err(error) => error,
    };
    match contact(portal, visitor, id).await {
        Ok(contact) => {
            let mut shown = edit_page(visitor, &contact);
            shown.frame.problems = vec![problem(&error, shown.words, contact.kind, "value")];
            page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}
