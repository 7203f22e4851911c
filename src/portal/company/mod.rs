//! What the administrators of a company manage.

mod billing;
mod form;
mod recipients;
mod versions;

use axum::{
    Router,
    routing::{get, post},
};

use super::Portal;

/// Everything under `/company`.
pub fn router() -> Router<Portal> {
    Router::new()
        .route("/company", get(billing::show).post(billing::save))
        .route("/company/versions", get(versions::list))
        .route("/company/recipients", post(recipients::add))
        .route("/company/recipients/{id}", get(recipients::code).post(recipients::enter_code))
        .route("/company/recipients/remove", post(recipients::remove))
}
