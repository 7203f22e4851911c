//! What invoices to the company need, for whoever may see and change that.

mod billing;
pub mod form;
mod recipients;
mod versions;

use super::{Door, Pages};
use crate::access::Permission;

/// Everything under `/company`.
pub fn pages(pages: Pages) -> Pages {
    let look = Door::Company(Permission::BillingView);
    let change = Door::Company(Permission::BillingManage);
    pages
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
