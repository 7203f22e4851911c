//! The signed call of Keycloak's registration form, and what staff see and do.

pub mod staff;

use axum::{
    Router,
    body::Bytes,
    extract::State,
    middleware,
    response::{IntoResponse as _, Response},
    routing::post,
};

use super::{Admission, Asking};
use crate::platform::{
    masked::Masked,
    problem::Problem,
    webhook::{Fields, Gate, SignedRequest, expected, signed_only},
};

/// The longest name, in bytes.
const MAX_NAME: usize = 255;
/// The longest e-mail address, in bytes (RFC 5321, 4.5.3.1.3).
const MAX_EMAIL: usize = 254;
/// The longest locale (BCP 47, 4.4.1 recommends room for 35).
const MAX_LOCALE: usize = 35;

/// `/admission/v1`: takes signed calls only, and signs every answer.
pub fn router(admission: Admission, gate: Gate) -> Router {
    let routes = Router::new()
        .route("/requests", post(ask))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .with_state(admission)
        .layer(middleware::from_fn_with_state(gate, signed_only));
    Router::new().nest("/admission/v1", routes)
}

async fn ask(
    State(admission): State<Admission>,
    request: SignedRequest,
    body: Bytes,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(&body)?;
    let realm = fields.text("realm", MAX_NAME)?;
    if realm != admission.realm() {
        return Err(expected("realm", "the realm of this service"));
    }
    let email = fields.text("email", MAX_EMAIL)?;
    if !email_address::EmailAddress::is_valid(&email) {
        return Err(expected("email", "an e-mail address"));
    }
    let asking = Asking {
        email: Masked::new(email),
        first_name: fields.optional_text("first_name", MAX_NAME)?.map(Masked::new),
        last_name: fields.optional_text("last_name", MAX_NAME)?.map(Masked::new),
        company: fields.optional_text("company", MAX_NAME)?,
        locale: fields.text("locale", MAX_LOCALE)?,
        ip_address: fields.one_of("ip_address", |text| text.parse().ok(), "an IPv4 or IPv6 address")?,
    };
    fields.end()?;
    Ok(admission.ask(&request, &asking).await.into_response())
}
