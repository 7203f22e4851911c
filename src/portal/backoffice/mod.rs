//! The back office: staff help all customers. Every page asks the service behind it, which decides again.

mod allowed;
mod approvals;
mod cloud_password;
mod company;
mod factors;
mod messages;
mod person;
mod requests;
mod search;
mod sign_ups;
mod trail;
mod work;

use serde::Deserialize;

use super::{Door, NoPage, Pages, Visitor, page::note, words};
use crate::{
    access::Permission,
    audit::Recorded,
    backoffice::BackOfficeError,
    companies::administration::{CompaniesError, Reason},
};

/// Everything under `/backoffice`.
pub fn pages(pages: Pages) -> Pages {
    let look = Door::Staff(Permission::DirectoryView);
    let (block, notes) = (Door::Staff(Permission::PeopleBlock), Door::Staff(Permission::NotesManage));
    let (reset, suspend) = (Door::Staff(Permission::FactorsReset), Door::Staff(Permission::CompaniesSuspend));
    let (messages, trail) = (Door::Staff(Permission::MessagesView), Door::Staff(Permission::AuditView));
    let decide = Door::Staff(Permission::RequestsManage);
    let factors = Door::Staff(Permission::FactorsManage);
    let unmask = Door::Staff(Permission::PeopleUnmask);
    pages
        .get(look, "/backoffice", search::show)
        .post(look, "/backoffice/search", search::find)
        .get(look, "/backoffice/people/{user_id}", person::show)
        .post(unmask, "/backoffice/people/{user_id}/unmask", person::unmask)
        .post(block, "/backoffice/people/{user_id}/block", person::block)
        .post(block, "/backoffice/people/{user_id}/unblock", person::unblock)
        .post(notes, "/backoffice/people/{user_id}/notes", person::write_note)
        .post(factors, "/backoffice/people/{user_id}/password", person::send_password_link)
        .post(factors, "/backoffice/people/{user_id}/cloud-password", cloud_password::send)
        .post(reset, "/backoffice/people/{user_id}/factors", person::ask_factor_reset)
        .post(factors, "/backoffice/people/{user_id}/factors/{factor_id}", factors::act)
        .get(look, "/backoffice/companies/{company_id}", company::show)
        .post(unmask, "/backoffice/companies/{company_id}/unmask", company::unmask)
        .post(suspend, "/backoffice/companies/{company_id}/suspend", company::suspend)
        .post(suspend, "/backoffice/companies/{company_id}/resume", company::resume)
        .post(notes, "/backoffice/companies/{company_id}/notes", company::write_note)
        .post(
            Door::Staff(Permission::OwnersChange),
            "/backoffice/companies/{company_id}/owner",
            company::ask_owner_change,
        )
        .get(look, "/backoffice/approvals", approvals::show)
        .post(reset, "/backoffice/approvals/{approval_id}/approve", approvals::approve)
        .post(reset, "/backoffice/approvals/{approval_id}/refuse", approvals::refuse)
        .get(Door::Staff(Permission::JobsView), "/backoffice/work", work::show)
        .post(Door::Staff(Permission::JobsManage), "/backoffice/work/retry", work::retry)
        .get(messages, "/backoffice/messages", messages::show)
        .post(factors, "/backoffice/messages/lift", messages::lift)
        .get(look, "/backoffice/requests", requests::list)
        .get(decide, "/backoffice/requests/{request_id}", requests::show)
        .post(decide, "/backoffice/requests/{request_id}/approve", requests::approve)
        .post(decide, "/backoffice/requests/{request_id}/reject", requests::reject)
        .post(decide, "/backoffice/requests/{request_id}/delegate", requests::delegate)
        .post(decide, "/backoffice/requests/{request_id}/escalate", requests::escalate)
        .post(decide, "/backoffice/requests/{request_id}/retry", requests::retry)
        .get(decide, "/backoffice/sign-ups", sign_ups::list)
        .get(decide, "/backoffice/sign-ups/allowed", allowed::show)
        .post(decide, "/backoffice/sign-ups/allowed", allowed::allow)
        .post(decide, "/backoffice/sign-ups/allowed/{allowed_id}/remove", allowed::disallow)
        .get(decide, "/backoffice/sign-ups/{request_id}", sign_ups::show)
        .post(decide, "/backoffice/sign-ups/{request_id}/approve", sign_ups::approve)
        .post(decide, "/backoffice/sign-ups/{request_id}/refuse", sign_ups::refuse)
        .get(trail, "/backoffice/trail", trail::show)
        .post(trail, "/backoffice/trail", trail::search)
        .get(trail, "/backoffice/trail/export", trail::export)
}

/// What a page is asked for.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// Which alert it shows.
    done: Option<String>,
    /// Where the list goes on.
    after: Option<String>,
}

/// What to tell of a use case that was not carried out; else that there is no page.
fn told(error: BackOfficeError, visitor: &Visitor) -> Result<&'static str, NoPage> {
    let words = words::BackOffice::of(visitor.language);
    match error {
        BackOfficeError::Denied(_) | BackOfficeError::Companies(CompaniesError::Denied(_)) => {
            Err(NoPage::NotFound)
        }
        BackOfficeError::SameEyes => Ok(words.same_eyes),
        BackOfficeError::AskedAlready => Ok(words.asked_already),
        BackOfficeError::Invalid(..) => Ok(words.note_expected),
        BackOfficeError::Companies(CompaniesError::LastAdmin) => Ok(words.last_admin),
        BackOfficeError::Database(error) | BackOfficeError::Companies(CompaniesError::Database(error)) => {
            note(&error);
            Err(NoPage::Failed)
        }
        BackOfficeError::Companies(_) => Err(NoPage::Failed),
    }
}

/// That there is no page, for a page that only shows.
fn no_page(error: BackOfficeError, visitor: &Visitor) -> NoPage {
    told(error, visitor).err().unwrap_or(NoPage::Failed)
}

/// The reason in a form; else what is expected.
fn reason_of(text: &str, visitor: &Visitor) -> Result<Reason, &'static str> {
    Reason::new(text).ok_or(words::Layout::of(visitor.language).reason_expected)
}

/// An entry of the trail, as staff see it: nobody's name, and the way to who may see it.
struct TrailRow {
    at: String,
    iso: String,
    told: String,
    action: String,
    who: Linked,
    about: Linked,
    reason: String,
}

/// Words, and the page of what they name.
struct Linked {
    text: String,
    href: Option<String>,
}

impl Linked {
    fn of(text: String, kind: &str, id: Option<&str>, visitor: &Visitor) -> Self {
        let href = id.filter(|_| visitor.may_as_staff(Permission::DirectoryView)).and_then(|id| match kind {
            "person" => Some(format!("/backoffice/people/{id}")),
            "company" => Some(format!("/backoffice/companies/{id}")),
            _ => None,
        });
        Self { text, href }
    }
}

/// What it was done to; of a list that a system read also how much of it.
fn about(entry: &Recorded, visitor: &Visitor) -> String {
    let what = format!("{} {}", entry.subject_kind, entry.subject_id);
    let entries = entry.after.as_ref().filter(|_| entry.action == "list.read").map(|after| &after["entries"]);
    match entries.and_then(serde_json::Value::as_i64) {
        Some(entries) => {
            format!("{what} · {}", words::fill(words::BackOffice::of(visitor.language).entries, entries))
        }
        None => what,
    }
}

impl TrailRow {
    fn of(entry: Recorded, visitor: &Visitor) -> Self {
        let actor = entry.actor_id.as_deref();
        let who = actor.unwrap_or(&entry.actor_kind).to_owned();
        let about = about(&entry, visitor);
        Self {
            at: visitor.time(entry.occurred_at),
            iso: entry.occurred_at.to_rfc3339(),
            told: words::action(&entry.action, visitor.language).to_owned(),
            who: Linked::of(who, &entry.actor_kind, actor, visitor),
            about: Linked::of(about, &entry.subject_kind, Some(&entry.subject_id), visitor),
            action: entry.action,
            reason: entry.reason.unwrap_or_default(),
        }
    }
}
