//! What invoices to the company need, and whom to ask there, for whoever may see and change that.

mod billing;
pub(super) mod contacts;
pub mod form;
mod recipients;
mod versions;

use super::{Door, Pages};
use crate::access::Permission;

/// Everything under `/company`.
pub fn pages(pages: Pages) -> Pages {
    let look = Door::Company(Permission::BillingView);
    let change = Door::Company(Permission::BillingManage);
    let (ask, keep) = (Door::Company(Permission::PeopleView), Door::Company(Permission::ContactsManage));
    pages
        .get(ask, "/company/contacts", contacts::list)
        .get(keep, "/company/contacts/new", contacts::new)
        .post(keep, "/company/contacts/new", contacts::add)
        .get(keep, "/company/contacts/{contact_id}", contacts::edit)
        .post(keep, "/company/contacts/{contact_id}", contacts::save)
        .post(keep, "/company/contacts/{contact_id}/remove", contacts::remove)
        .get(look, "/company", billing::show)
        .post(change, "/company", billing::save)
        .get(look, "/company/versions", versions::list)
        .post(change, "/company/recipients", recipients::add)
        .get(change, "/company/recipients/{id}", recipients::code)
        .post(change, "/company/recipients/{id}", recipients::enter_code)
        .post(change, "/company/recipients/{id}/resend", recipients::resend)
        .post(change, "/company/recipients/{id}/cancel", recipients::cancel)
        .post(change, "/company/recipients/remove", recipients::remove)
}
