//! What people manage about themselves.

mod contacts;
mod data;
mod deletion;
mod email;
mod profile;
mod security;
mod sessions;

use axum::{
    Router,
    routing::{get, post},
};

use super::Portal;

/// Everything under `/account`.
pub fn router() -> Router<Portal> {
    Router::new()
        .route("/account", get(profile::show).post(profile::change))
        .route("/account/security", get(security::show))
        .route("/account/email", get(email::show).post(email::ask))
        .route("/account/email/code", get(email::code).post(email::enter_code))
        .route("/account/email/code/resend", post(email::resend))
        .route("/account/email/code/cancel", post(email::cancel))
        .route("/account/sessions", get(sessions::list))
        .route("/account/sessions/{id}/end", post(sessions::end))
        .route("/account/delete", get(deletion::show).post(deletion::delete))
        .route("/account/data", get(data::show))
        .route("/account/data/export", get(data::export))
        .route("/account/contacts", get(contacts::list))
        .route("/account/contacts/new-email", get(contacts::new_email).post(contacts::add_email))
        .route("/account/contacts/new-phone", get(contacts::new_phone).post(contacts::add_phone))
        .route("/account/contacts/pending/{id}", get(contacts::code).post(contacts::enter_code))
        .route("/account/contacts/pending/{id}/resend", post(contacts::resend))
        .route("/account/contacts/pending/{id}/cancel", post(contacts::cancel))
        .route("/account/contacts/{id}", get(contacts::edit).post(contacts::set_purposes))
        .route("/account/contacts/{id}/primary", post(contacts::make_primary))
        .route("/account/contacts/{id}/remove", post(contacts::remove))
}
