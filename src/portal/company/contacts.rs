//! Whom to ask at the company: the list, and the form of one.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};

use super::billing::Done;
use crate::{
    access::Permission,
    companies::contacts::{
        CompanyContact, CompanyContactError, CompanyContactId, ContactField, ContactInput, Matter,
    },
    platform::masked::Masked,
    portal::{
        FieldProblem, Fields, Frame, NoPage, Portal, Submission, Visitor, page,
        page::note,
        see,
        words::{self, fill},
    },
};

const LIST: &str = "/company/contacts";

type Words = words::CompanyContacts;

/// A contact, as lists show it.
pub(in crate::portal) struct Row {
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
    pub purposes: Vec<&'static str>,
    href: String,
    edit: String,
}

#[derive(Template)]
#[template(path = "portal/templates/company_contacts.html")]
struct ListPage {
    frame: Frame,
    words: &'static Words,
    rows: Vec<Row>,
    may_change: bool,
}

/// Something to ask about.
struct Choice {
    value: &'static str,
    label: &'static str,
    help: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "portal/templates/company_contact.html")]
struct FormPage {
    frame: Frame,
    words: &'static Words,
    href: String,
    /// The version that is changed; none for a new contact.
    version: Option<i64>,
    name: String,
    email: String,
    phone: String,
    choices: Vec<Choice>,
    /// What somebody else has saved meanwhile.
    theirs: Option<Row>,
}

/// The list.
pub async fn list(State(portal): State<Portal>, visitor: Visitor, Query(query): Query<Done>) -> Response {
    let words = Words::of(visitor.language);
    let done = query.done.as_deref().and_then(|done| match done {
        "added" => Some(words.added),
        "saved" => Some(words.saved),
        "removed" => Some(words.removed),
        _ => None,
    });
    let company_id = match visitor.company_id() {
        Ok(company_id) => company_id,
        Err(no_page) => return no_page.show(visitor.language),
    };
    match portal.company_contacts().list(&visitor.caller, company_id).await {
        Ok(contacts) => {
            let rows = contacts.iter().map(|contact| row(contact, words)).collect();
            let may_change = visitor.may(Permission::ContactsManage);
            let frame = Frame::new(&visitor, LIST, words.title).done(done);
            page(StatusCode::OK, &ListPage { frame, words, rows, may_change })
        }
        Err(error) => no_page(&error).show(visitor.language),
    }
}

/// A contact in the visitor's language.
pub(in crate::portal) fn row(contact: &CompanyContact, words: &'static Words) -> Row {
    let name = contact.name.expose().clone();
    Row {
        href: format!("{LIST}/{}", contact.contact_id),
        edit: fill(words.edit_whom, &name),
        email: contact.email.expose().clone(),
        phone: contact.phone.as_ref().map(|phone| phone.expose().clone()),
        purposes: contact.purposes.iter().map(|matter| named(*matter, words).0).collect(),
        name,
    }
}

/// A matter in the visitor's language, and what it means.
const fn named(matter: Matter, words: &Words) -> (&'static str, &'static str) {
    match matter {
        Matter::Technical => (words.technical, words.technical_help),
        Matter::Billing => (words.billing, words.billing_help),
        Matter::Security => (words.security, words.security_help),
        Matter::Other => (words.other, words.other_help),
    }
}

/// Why there is no page about it.
fn no_page(error: &CompanyContactError) -> NoPage {
    match error {
        CompanyContactError::Database(error) => {
            note(error);
            NoPage::Failed
        }
        _ => NoPage::NotFound,
    }
}

/// The form, filled; `changed` is which contact in which version, none for a new one.
fn form(visitor: &Visitor, changed: Option<(CompanyContactId, i64)>, typed: &ContactInput) -> FormPage {
    let words = Words::of(visitor.language);
    let choice = |matter: Matter| {
        let (label, help) = named(matter, words);
        Choice { value: matter.name(), label, help, is_chosen: typed.purposes.contains(&matter) }
    };
    let title = if changed.is_some() { words.edit_title } else { words.new };
    FormPage {
        frame: Frame::new(visitor, LIST, title),
        href: changed.map_or_else(|| format!("{LIST}/new"), |(id, _)| format!("{LIST}/{id}")),
        version: changed.map(|(_, version)| version),
        name: typed.name.expose().clone(),
        email: typed.email.expose().clone(),
        phone: typed.phone.expose().clone(),
        choices: Matter::ALL.into_iter().map(choice).collect(),
        theirs: None,
        words,
    }
}

fn typed(fields: &Fields) -> ContactInput {
    let text = |name| Masked::new(fields.text(name).to_owned());
    let is_chosen = |matter: &Matter| fields.all("purposes").any(|name| name == matter.name());
    let purposes: BTreeSet<Matter> = Matter::ALL.into_iter().filter(is_chosen).collect();
    ContactInput { name: text("name"), purposes, email: text("email"), phone: text("phone") }
}

/// The form for a new contact.
pub async fn new(visitor: Visitor) -> Response {
    page(StatusCode::OK, &form(&visitor, None, &ContactInput::default()))
}

/// Adds it.
pub async fn add(State(portal): State<Portal>, sent: Submission) -> Response {
    let Submission { visitor, fields } = sent;
    let company_id = match visitor.company_id() {
        Ok(company_id) => company_id,
        Err(no_page) => return no_page.show(visitor.language),
    };
    let typed = typed(&fields);
    match portal.company_contacts().add(&visitor.caller, company_id, &typed).await {
        Ok(_) => see("/company/contacts?done=added"),
        Err(error) => again(&visitor, None, &typed, error),
    }
}

/// The form of a contact.
pub async fn edit(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(id): Path<CompanyContactId>,
) -> Response {
    let company_id = match visitor.company_id() {
        Ok(company_id) => company_id,
        Err(no_page) => return no_page.show(visitor.language),
    };
    match portal.company_contacts().find(&visitor.caller, company_id, id).await {
        Ok(contact) => {
            let held = ContactInput {
                name: contact.name,
                purposes: contact.purposes,
                email: contact.email,
                phone: contact.phone.unwrap_or_default(),
            };
            page(StatusCode::OK, &form(&visitor, Some((id, contact.version)), &held))
        }
        Err(error) => no_page(&error).show(visitor.language),
    }
}

/// Saves it over the version that the form was filled from.
pub async fn save(
    State(portal): State<Portal>,
    Path(id): Path<CompanyContactId>,
    sent: Submission,
) -> Response {
    let Submission { visitor, fields } = sent;
    let company_id = match visitor.company_id() {
        Ok(company_id) => company_id,
        Err(no_page) => return no_page.show(visitor.language),
    };
    let (typed, place) = (typed(&fields), (id, fields.version()));
    match portal.company_contacts().change(&visitor.caller, company_id, place, &typed).await {
        Ok(_) => see("/company/contacts?done=saved"),
        Err(error) => again(&visitor, Some(place), &typed, error),
    }
}

/// Removes it, as it was on the page.
pub async fn remove(
    State(portal): State<Portal>,
    Path(id): Path<CompanyContactId>,
    sent: Submission,
) -> Response {
    let Submission { visitor, fields } = sent;
    let company_id = match visitor.company_id() {
        Ok(company_id) => company_id,
        Err(no_page) => return no_page.show(visitor.language),
    };
    let place = (id, fields.version());
    match portal.company_contacts().remove(&visitor.caller, company_id, place).await {
        Ok(()) => see("/company/contacts?done=removed"),
        // The page shows what it has become, to be decided anew.
        Err(CompanyContactError::Changed(_)) => see(&format!("{LIST}/{id}")),
        Err(error) => no_page(&error).show(visitor.language),
    }
}

/// The form once more with what was typed, and what is wrong with it.
fn again(
    visitor: &Visitor,
    changed: Option<(CompanyContactId, i64)>,
    typed: &ContactInput,
    error: CompanyContactError,
) -> Response {
    let mut shown = form(visitor, changed, typed);
    let words = shown.words;
    let problem = |field, expected: &str| FieldProblem { field, expected: expected.to_owned() };
    let status = match error {
        CompanyContactError::Fields(wrong) => {
            shown.frame.problems = wrong
                .into_iter()
                .map(|field| match field {
                    ContactField::Name => problem("name", words.name_expected),
                    ContactField::Purposes => problem("purposes", words.purposes_expected),
                    ContactField::Email => problem("email", words.email_expected),
                    ContactField::Phone => problem("phone", words.phone_expected),
                })
                .collect();
            StatusCode::UNPROCESSABLE_ENTITY
        }
        CompanyContactError::Held => {
            shown.frame.problems = vec![problem("email", words.held)];
            StatusCode::CONFLICT
        }
        CompanyContactError::TooMany => {
            shown.frame.problems = vec![problem("name", words.too_many)];
            StatusCode::CONFLICT
        }
        CompanyContactError::Changed(newest) => {
            shown.version = Some(newest.version);
            shown.theirs = Some(row(&newest, words));
            StatusCode::PRECONDITION_FAILED
        }
        error => return no_page(&error).show(visitor.language),
    };
    page(status, &shown)
}
