//! How a person can be reached: the list, adding with a code, changing, removing.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use crate::{
    contacts::{Contact, ContactError, ContactId, Kind, Pending, PendingId, PhoneFacts, Purpose, Unchanged},
    otp::Refusal,
    platform::masked::Masked,
    portal::{
        FieldProblem, Fields, Frame, NoPage, Portal, Submission, Visitor, page, see,
        words::{self, fill},
    },
};

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
    done: Option<String>,
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

fn purpose_name(purpose: Purpose, words: &'static words::Contacts) -> &'static str {
    match purpose {
        Purpose::Login => words.login,
        Purpose::SecondFactor => words.second_factor,
        Purpose::Billing => words.billing,
        Purpose::Notice => words.notice,
        Purpose::Technical => words.technical,
        Purpose::Security => words.security,
    }
}

/// A purpose to choose.
struct Choice {
    value: &'static str,
    label: &'static str,
    help: &'static str,
    is_chosen: bool,
}

fn choices(chosen: &BTreeSet<Purpose>, words: &'static words::Contacts) -> Vec<Choice> {
    let choice = |purpose: Purpose| Choice {
        value: purpose.name(),
        label: purpose_name(purpose, words),
        help: match purpose {
            Purpose::Billing => words.billing_help,
            Purpose::Technical => words.technical_help,
            _ => words.security_help,
        },
        is_chosen: chosen.contains(&purpose),
    };
    Purpose::CHOICES.into_iter().map(choice).collect()
}

fn chosen_in(fields: &Fields) -> BTreeSet<Purpose> {
    let is_chosen = |purpose: &Purpose| fields.all("purposes").any(|name| name == purpose.name());
    Purpose::CHOICES.into_iter().filter(is_chosen).collect()
}

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
    // Spaces are how people read a code out; everything else is for the rule to judge.
    let code: String = fields.text("code").chars().filter(|sign| !sign.is_whitespace()).take(32).collect();
    let proven = portal.contacts().prove(&visitor.owner(), id, Masked::new(code)).await;
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
    let changed = portal.contacts().set_purposes(&form.visitor.owner(), id, chosen).await;
    after(&portal, &form.visitor, id, changed, "/account/contacts?done=saved").await
}

/// Makes it the first choice.
pub async fn make_primary(
    State(portal): State<Portal>,
    Path(id): Path<ContactId>,
    form: Submission,
) -> Response {
    let changed = portal.contacts().make_primary(&form.visitor.owner(), id).await;
    after(&portal, &form.visitor, id, changed, "/account/contacts?done=saved").await
}

/// Removes it.
pub async fn remove(State(portal): State<Portal>, Path(id): Path<ContactId>, form: Submission) -> Response {
    match portal.contacts().remove(&form.visitor.owner(), id).await {
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

/// What is wrong, at the field that it is about.
fn problem(
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
        ContactError::Unchanged(Unchanged::NotFound) | ContactError::Database(_) => {
            words.code_over.to_owned()
        }
        ContactError::Code(refusal) => refused(refusal, words, kind),
    };
    FieldProblem { field, expected }
}

fn refused(refusal: &Refusal, words: &'static words::Contacts, kind: Kind) -> String {
    match refusal {
        Refusal::CodeWrong { attempts_left } => fill(words.code_wrong, attempts_left),
        Refusal::Locked => words.code_locked.to_owned(),
        Refusal::TooSoon { wait } | Refusal::RateLimited { wait, .. } => {
            fill(words.code_later, wait.as_secs() + 1)
        }
        Refusal::DestinationInvalid(_) if kind == Kind::Phone => words.phone_expected.to_owned(),
        Refusal::DestinationInvalid(_) => words.email_expected.to_owned(),
        Refusal::DeliveryUnavailable => words.not_sent.to_owned(),
        _ => words.code_over.to_owned(),
    }
}
