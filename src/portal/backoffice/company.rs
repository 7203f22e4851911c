//! A company, as staff see it.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};

use super::{Asked, TrailRow, no_page, person::NoteRow, reason_of, told};
use crate::{
    access::Permission,
    audit::{Search, Subject},
    backoffice::{ApprovalKind, BackOfficeError},
    billing::TaxId,
    companies::{
        CompanyId,
        administration::Profile,
        contacts::{CompanyContact, CompanyContactError},
    },
    portal::{
        FieldProblem, Frame, NoPage, Portal, Submission, Visitor, company,
        page::{note, page, see},
        words,
    },
};

/// Entries of the trail, and notes, on the page.
const SHOWN: i64 = 20;

#[derive(Template)]
#[template(path = "portal/templates/backoffice_company.html")]
#[expect(clippy::struct_excessive_bools, reason = "each decides by itself what the page shows")]
struct CompanyPage {
    frame: Frame,
    words: &'static words::BackOffice,
    href: String,
    profile: Profile,
    state: &'static str,
    colour: &'static str,
    since: String,
    is_suspended: bool,
    billing: &'static words::Billing,
    tax_ids: Vec<TaxIdRow>,
    contacts: Vec<company::contacts::Row>,
    notes: Vec<NoteRow>,
    trail: Vec<TrailRow>,
    may_unmask: bool,
    may_suspend: bool,
    may_write: bool,
    may_change_owner: bool,
}

/// A tax number, masked.
struct TaxIdRow {
    text: String,
    is_unchecked: bool,
}

/// A state in the visitor's language, and how it is coloured.
pub(super) fn state_of(status: &str, visitor: &Visitor) -> (&'static str, &'static str) {
    let words = words::Company::of(visitor.language);
    match status {
        "active" => (words.active, "good"),
        "pending" => (words.pending, ""),
        "suspended" => (words.suspended, "warn"),
        _ => (words.disabled, "warn"),
    }
}

/// The page.
pub async fn show(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(company_id): Path<CompanyId>,
    Query(asked): Query<Asked>,
) -> Response {
    let words = words::BackOffice::of(visitor.language);
    let done = asked.done.as_deref().and_then(|done| match done {
        "done" => Some(words.done),
        "written" => Some(words.written),
        "asked" => Some(words.asked),
        _ => None,
    });
    match page_of(&portal, &visitor, company_id, None).await {
        Ok(mut shown) => {
            shown.frame.done = done;
            page(StatusCode::OK, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// The page; `unmasked` are the contacts that staff have asked to see.
async fn page_of(
    portal: &Portal,
    visitor: &Visitor,
    company_id: CompanyId,
    unmasked: Option<Vec<CompanyContact>>,
) -> Result<CompanyPage, NoPage> {
    let (office, caller) = (portal.office(), &visitor.caller);
    let failed = |error| no_page(error, visitor);
    let profile = portal.companies().profile(caller, company_id).await;
    let profile = profile.map_err(|error| failed(BackOfficeError::Companies(error)))?;
    let notes = office.notes(caller, &Subject::company(company_id.0), SHOWN).await.map_err(failed)?;
    let search = Search { company_id: Some(company_id.0), ..Search::default() };
    let trail = office.trail(caller, &search, SHOWN).await.map_err(failed)?;
    let may = |permission| visitor.may_as_staff(permission);
    let is_masked = unmasked.is_none();
    let contacts = match unmasked {
        Some(contacts) => contacts,
        None => portal.company_contacts().list(caller, company_id).await.map_err(of_contacts)?,
    };
    let tax_ids = if may(Permission::BillingView) {
        portal.billing().profile(company_id).await?.profile.tax_ids
    } else {
        Vec::new()
    };
    let contact_words = words::CompanyContacts::of(visitor.language);
    let (state, colour) = state_of(&profile.status, visitor);
    Ok(CompanyPage {
        frame: Frame::new(visitor, "/backoffice", profile.name.clone()),
        words: words::BackOffice::of(visitor.language),
        href: format!("/backoffice/companies/{company_id}"),
        state,
        colour,
        since: visitor.time(profile.created_at),
        is_suspended: profile.status == "suspended",
        may_unmask: is_masked && !contacts.is_empty() && may(Permission::PeopleUnmask),
        billing: words::Billing::of(visitor.language),
        tax_ids: tax_ids.iter().map(tax_row).collect(),
        contacts: contacts.iter().map(|it| company::contacts::row(it, contact_words)).collect(),
        notes: notes.into_iter().map(|note| NoteRow::of(note, visitor)).collect(),
        trail: trail.into_iter().map(|entry| TrailRow::of(entry, visitor)).collect(),
        may_suspend: may(Permission::CompaniesSuspend),
        may_write: may(Permission::NotesManage),
        may_change_owner: may(Permission::OwnersChange),
        profile,
    })
}

fn tax_row(id: &TaxId) -> TaxIdRow {
    TaxIdRow { text: format!("{} {}", id.name(), id.masked()), is_unchecked: id.is_unchecked() }
}

fn of_contacts(error: CompanyContactError) -> NoPage {
    match error {
        CompanyContactError::Database(error) => {
            note(&error);
            NoPage::Failed
        }
        _ => NoPage::NotFound,
    }
}

/// Shows the contacts unmasked, once: they stand on this page and at no address.
pub async fn unmask(
    State(portal): State<Portal>,
    Path(company_id): Path<CompanyId>,
    form: Submission,
) -> Response {
    let Submission { visitor, fields } = form;
    let reason = match reason_of(fields.text("reason"), &visitor) {
        Ok(reason) => reason,
        Err(expected) => return again(&portal, &visitor, company_id, "unmask_reason", expected).await,
    };
    let unmasked = portal.company_contacts().unmasked(&visitor.caller, company_id, &reason).await;
    let shown = match unmasked.map_err(of_contacts) {
        Ok(contacts) => page_of(&portal, &visitor, company_id, Some(contacts)).await,
        Err(no_page) => Err(no_page),
    };
    match shown {
        Ok(mut shown) => {
            shown.frame.done = Some(shown.words.unmasked);
            page(StatusCode::OK, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

async fn again(
    portal: &Portal,
    visitor: &Visitor,
    company_id: CompanyId,
    field: &'static str,
    expected: &str,
) -> Response {
    match page_of(portal, visitor, company_id, None).await {
        Ok(mut shown) => {
            shown.frame.problems = vec![FieldProblem { field, expected: expected.to_owned() }];
            page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(no_page) => no_page.show(visitor.language),
    }
}

/// Suspends the company.
pub async fn suspend(
    State(portal): State<Portal>,
    Path(company_id): Path<CompanyId>,
    form: Submission,
) -> Response {
    set_suspended(&portal, company_id, form, true).await
}

/// Lets it go on.
pub async fn resume(
    State(portal): State<Portal>,
    Path(company_id): Path<CompanyId>,
    form: Submission,
) -> Response {
    set_suspended(&portal, company_id, form, false).await
}

async fn set_suspended(portal: &Portal, company_id: CompanyId, form: Submission, suspend: bool) -> Response {
    let Submission { visitor, fields } = form;
    let reason = match reason_of(fields.text("reason"), &visitor) {
        Ok(reason) => reason,
        Err(expected) => return again(portal, &visitor, company_id, "reason", expected).await,
    };
    let changed = portal.office().suspend(&visitor.caller, company_id, suspend, &reason).await;
    done(portal, &visitor, (company_id, "reason"), changed, "done").await
}

async fn done<T>(
    portal: &Portal,
    visitor: &Visitor,
    (company_id, field): (CompanyId, &'static str),
    changed: Result<T, BackOfficeError>,
    word: &str,
) -> Response {
    match changed.map_err(|error| told(error, visitor)) {
        Ok(_) => see(&format!("/backoffice/companies/{company_id}?done={word}")),
        Err(Ok(expected)) => again(portal, visitor, company_id, field, expected).await,
        Err(Err(no_page)) => no_page.show(visitor.language),
    }
}

/// Writes something down.
pub async fn write_note(
    State(portal): State<Portal>,
    Path(company_id): Path<CompanyId>,
    form: Submission,
) -> Response {
    let Submission { visitor, fields } = form;
    let subject = Subject::company(company_id.0);
    let written = portal.office().write_note(&visitor.caller, &subject, fields.text("note")).await;
    done(&portal, &visitor, (company_id, "note"), written, "written").await
}

/// Asks for another admin.
pub async fn ask_owner_change(
    State(portal): State<Portal>,
    Path(company_id): Path<CompanyId>,
    form: Submission,
) -> Response {
    let Submission { visitor, fields } = form;
    let reason = match reason_of(fields.text("reason"), &visitor) {
        Ok(reason) => reason,
        Err(expected) => return again(&portal, &visitor, company_id, "owner_reason", expected).await,
    };
    let (kind, user_id) = (ApprovalKind::OwnerChange(company_id.0), fields.text("user_id"));
    match portal.office().ask(&visitor.caller, kind, user_id, &reason).await {
        // The company is there, or the page would not be: it is the person who is unknown.
        Err(BackOfficeError::Denied(_)) => {
            let expected = words::BackOffice::of(visitor.language).person_expected;
            again(&portal, &visitor, company_id, "user_id", expected).await
        }
        asked => done(&portal, &visitor, (company_id, "user_id"), asked, "asked").await,
    }
}
