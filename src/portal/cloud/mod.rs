//! What people ask for in OpenStack, and what the administrators of a company give there.

mod ask;
mod fields;
mod projects;
mod requests;

use super::{Door, NoPage, Pages, Portal, Visitor};
use crate::{
    access::Permission,
    intake::{Asker, Intake},
    openstack::OpenStack,
    passwords::Passwords,
    platform::language::Language,
};

/// What these pages stand on; there is none without Keystone.
#[derive(Clone)]
pub struct Rooms {
    /// Requests.
    pub intake: Intake,
    /// Projects and tasks.
    pub openstack: OpenStack,
    /// First passwords.
    pub passwords: Passwords,
}

/// Everything under `/cloud`, and the projects of a company.
pub(super) fn pages(pages: Pages) -> Pages {
    let give = Door::Company(Permission::DeploymentAccess);
    pages
        .get(Door::Oneself, "/cloud", requests::show)
        .post(Door::Oneself, "/cloud/call-off", requests::call_off)
        .get(Door::Oneself, "/cloud/ask", ask::choose)
        .get(Door::Oneself, "/cloud/ask/{what}", ask::show)
        .post(Door::Oneself, "/cloud/ask/{what}", ask::send)
        .get(Door::Member, "/company/projects", projects::show)
        .post(give, "/company/projects", projects::give)
        .post(give, "/company/projects/take-back", projects::take_back)
}

pub(super) fn rooms(portal: &Portal) -> Result<&Rooms, NoPage> {
    portal.cloud().ok_or(NoPage::NotFound)
}

/// A choice of a select.
struct Choice {
    value: String,
    label: String,
}

/// The visitor as who asks. Only an address that is proven is an account's name.
fn asker(visitor: &Visitor) -> Result<Asker, NoPage> {
    let person = &visitor.person;
    let email = person.email.clone().filter(|_| person.email_verified).ok_or(NoPage::NotFound)?;
    Ok(Asker {
        caller: visitor.caller.clone(),
        email,
        first_name: person.first_name.clone().unwrap_or_default(),
        last_name: person.last_name.clone().unwrap_or_default(),
        company: visitor.company.as_ref().map(|(company, _)| company.name.clone()).unwrap_or_default(),
        language: Language::of(visitor.language.tag()),
    })
}
