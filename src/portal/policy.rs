//! What a browser may do with our pages (Content Security Policy 3).

use axum::http::HeaderValue;

use super::{Door, Portal};

/// Pages load only what we serve and stand in no frame. Forms lead to us, and by us to Keycloak: browsers
/// look at where a redirect goes, too (CSP 3, 6.4.3). Where somebody is signed in our one script runs, which
/// asks nobody but us; elsewhere none does. Nothing inline runs anywhere.
pub(super) fn of(door: Door, portal: &Portal) -> HeaderValue {
    let keycloak = portal.account_url().origin().ascii_serialization();
    let scripts = if door == Door::Anybody { "" } else { " script-src 'self'; connect-src 'self';" };
    let policy = format!(
        "default-src 'none';{scripts} style-src 'self'; img-src 'self'; base-uri 'none'; \
         form-action 'self' {keycloak}; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).expect("an origin is ASCII")
}
