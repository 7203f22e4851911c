//! The people of a company, who may do what in it, and the company itself.
//!
//! Each page is about the company that the visitor is in; no address names a company.

mod access;
mod history;
mod invite;
mod invite_many;
mod list;
mod person;
mod profile;
mod requests;

use std::time::Instant;

use serde::Deserialize;

use super::{Door, NoPage, PATIENCE, PAUSE, Pages, Portal, Visitor, page::note, words};
use crate::{
    access::{Denied, Permission},
    companies::administration::{CompaniesError, PersonListed},
};

/// Everything under `/company` about people and access.
pub fn pages(pages: Pages) -> Pages {
    let (look, manage) = (Door::Company(Permission::PeopleView), Door::Company(Permission::PeopleManage));
    let grants = Door::Company(Permission::AccessManage);
    let history = Door::Company(Permission::CompanyAuditView);
    pages
        .get(look, "/company/people", list::show)
        .post(look, "/company/people/search", list::search)
        .get(manage, "/company/people/invite", invite::form)
        .post(manage, "/company/people/invite", invite::send)
        .get(manage, "/company/people/invite-many", invite_many::form)
        .post(manage, "/company/people/invite-many", invite_many::check)
        .post(manage, "/company/people/invite-many/send", invite_many::send)
        .post(manage, "/company/invitations/{invitation_id}/resend", invite::resend)
        .post(manage, "/company/invitations/{invitation_id}/cancel", invite::cancel)
        .get(look, "/company/people/{user_id}", person::show)
        .post(grants, "/company/people/{user_id}/role", person::set_role)
        .post(manage, "/company/people/{user_id}/disable", person::disable)
        .post(manage, "/company/people/{user_id}/enable", person::enable)
        .post(manage, "/company/people/{user_id}/password", person::send_password_link)
        .post(manage, "/company/people/{user_id}/factors", person::ask_factor_reset)
        .post(manage, "/company/people/{user_id}/remove", person::remove)
        .post(grants, "/company/people/{user_id}/grants", access::grant)
        .post(grants, "/company/people/{user_id}/grants/{grant_id}/revoke", access::revoke)
        .get(manage, "/company/requests", requests::show)
        .post(manage, "/company/requests/{user_id}/approve", requests::approve)
        .post(manage, "/company/requests/{user_id}/refuse", requests::refuse)
        .get(Door::Member, "/company/profile", profile::show)
        .post(Door::Company(Permission::CompanyManage), "/company/profile", profile::rename)
        .post(Door::Member, "/company/leave", profile::leave)
        .get(history, "/company/history", history::show)
        .get(history, "/company/history/export", history::export)
}

/// What a page is asked for.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// Which alert it shows.
    done: Option<String>,
    /// Where the list goes on.
    after: Option<String>,
}

/// Waits a little until what was decided about somebody shows, so that the page which follows tells it.
async fn settle(portal: &Portal, visitor: &Visitor, id: &str, is_there: impl Fn(&PersonListed) -> bool) {
    let Ok(company_id) = visitor.company_id() else { return };
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        match portal.companies().person(&visitor.caller, company_id, id).await {
            Ok(person) if person.is_underway || !is_there(&person) => tokio::time::sleep(PAUSE).await,
            _ => return,
        }
    }
}

/// What to tell of a use case that was not carried out; else that there is no page.
fn told(error: CompaniesError, visitor: &Visitor) -> Result<String, NoPage> {
    let words = words::People::of(visitor.language);
    match error {
        CompaniesError::Denied(Denied::Forbidden | Denied::NotFound) | CompaniesError::Changed(_) => {
            Err(NoPage::NotFound)
        }
        CompaniesError::Database(error) => {
            note(&error);
            Err(NoPage::Failed)
        }
        CompaniesError::BeyondOwn => Ok(words.beyond_own.to_owned()),
        CompaniesError::LastAdmin => Ok(words.last_admin.to_owned()),
        CompaniesError::InAnotherCompany => Ok(words.elsewhere.to_owned()),
        CompaniesError::TooManyInvitations => Ok(words.too_many.to_owned()),
        CompaniesError::NotInUse => Ok(words.not_in_use.to_owned()),
        CompaniesError::NameTaken => Ok(words::Company::of(visitor.language).name_taken.to_owned()),
        CompaniesError::Invalid(..) => Ok(words.file_expected.to_owned()),
    }
}

/// How somebody is called: by their name, else by their address.
fn name_of(person: &PersonListed, words: &'static words::People) -> String {
    let names = [&person.first_name, &person.last_name].into_iter().flatten();
    let name = names.map(|name| name.expose().trim()).collect::<Vec<_>>().join(" ");
    let name = name.trim().to_owned();
    if !name.is_empty() {
        return name;
    }
    person.email.as_ref().map_or_else(|| words.no_name.to_owned(), |email| email.expose().clone())
}

/// A state in the person's language, and how it is coloured.
fn state_of(state: &str, words: &'static words::People) -> (&'static str, &'static str) {
    match state {
        "active" => (words.active, "good"),
        "invited" => (words.invited, ""),
        "expired" => (words.expired, "warn"),
        "blocked" => (words.blocked, "warn"),
        _ => (words.disabled, "warn"),
    }
}
