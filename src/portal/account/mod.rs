//! What people manage about themselves.

mod contacts;
mod data;
mod deletion;
mod email;
mod profile;
mod security;
mod sessions;

use super::{Door, Pages};

/// Everything under `/account`.
pub fn pages(pages: Pages) -> Pages {
    pages
        .get(Door::Oneself, "/account", profile::show)
        .post(Door::Oneself, "/account", profile::change)
        .get(Door::Oneself, "/account/security", security::show)
        .get(Door::Oneself, "/account/email", email::show)
        .post(Door::Oneself, "/account/email", email::ask)
        .get(Door::Oneself, "/account/email/code", email::code)
        .post(Door::Oneself, "/account/email/code", email::enter_code)
        .post(Door::Oneself, "/account/email/code/resend", email::resend)
        .post(Door::Oneself, "/account/email/code/cancel", email::cancel)
        .get(Door::Oneself, "/account/sessions", sessions::list)
        .post(Door::Oneself, "/account/sessions/{id}/end", sessions::end)
        .get(Door::Oneself, "/account/delete", deletion::show)
        .post(Door::Oneself, "/account/delete", deletion::delete)
        .get(Door::Oneself, "/account/data", data::show)
        .get(Door::Oneself, "/account/data/export", data::export)
        .get(Door::Oneself, "/account/contacts", contacts::list)
        .get(Door::Oneself, "/account/contacts/new-email", contacts::new_email)
        .post(Door::Oneself, "/account/contacts/new-email", contacts::add_email)
        .get(Door::Oneself, "/account/contacts/new-phone", contacts::new_phone)
        .post(Door::Oneself, "/account/contacts/new-phone", contacts::add_phone)
        .get(Door::Oneself, "/account/contacts/pending/{id}", contacts::code)
        .post(Door::Oneself, "/account/contacts/pending/{id}", contacts::enter_code)
        .post(Door::Oneself, "/account/contacts/pending/{id}/resend", contacts::resend)
        .post(Door::Oneself, "/account/contacts/pending/{id}/cancel", contacts::cancel)
        .get(Door::Oneself, "/account/contacts/{id}", contacts::edit)
        .post(Door::Oneself, "/account/contacts/{id}", contacts::set_purposes)
        .post(Door::Oneself, "/account/contacts/{id}/primary", contacts::make_primary)
        .post(Door::Oneself, "/account/contacts/{id}/remove", contacts::remove)
}
