//! What the administrators of a company manage.

mod billing;
pub mod form;
mod recipients;
mod versions;

use super::{Door, Pages};

/// Everything under `/company`.
pub fn pages(pages: Pages) -> Pages {
    pages
        .get(Door::Member, "/company", billing::show)
        .post(Door::Member, "/company", billing::save)
        .get(Door::Member, "/company/versions", versions::list)
        .post(Door::Member, "/company/recipients", recipients::add)
        .get(Door::Member, "/company/recipients/{id}", recipients::code)
        .post(Door::Member, "/company/recipients/{id}", recipients::enter_code)
        .post(Door::Member, "/company/recipients/remove", recipients::remove)
}
