//! Answers to our script, which asks for a page and shows a part of it. Only two things differ from a page
//! that a browser asks for: it cannot follow a redirect by itself, and what is only for forms is never asked
//! for by address.

use axum::{
    extract::Request,
    http::{HeaderName, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::page::see;

/// Says that our script asks (htmx 2, request headers).
const ASKS: HeaderName = HeaderName::from_static("hx-request");
/// Where the whole page goes (htmx 2, response headers).
const GOES: HeaderName = HeaderName::from_static("hx-redirect");

/// Lets the whole page go where a part of it is sent: to sign-in, when the session has ended meanwhile.
pub(super) async fn whole_page(request: Request, next: Next) -> Response {
    let asks = request.headers().contains_key(ASKS);
    let mut response = next.run(request).await;
    if asks
        && response.status().is_redirection()
        && let Some(to) = response.headers_mut().remove(header::LOCATION)
    {
        *response.status_mut() = StatusCode::NO_CONTENT;
        response.headers_mut().insert(GOES, to);
    }
    response
}

/// What to answer at a path that only takes forms: who comes there by address, after signing in or from the
/// history of the browser, goes to the page that the path is under.
pub(super) fn instead(pages: &[&'static str], method: &Method, path: &str) -> Response {
    if *method != Method::GET && *method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let mut above = path;
    while let Some((parent, _)) = above.rsplit_once('/') {
        if pages.iter().any(|page| matches(page, parent)) {
            return see(parent);
        }
        above = parent;
    }
    see("/")
}

/// Whether a path is of a page, whose path may hold `{parameters}`.
fn matches(page: &str, path: &str) -> bool {
    let (mut page, mut path) = (page.split('/'), path.split('/'));
    loop {
        match (page.next(), path.next()) {
            (None, None) => return true,
            (Some(wanted), Some(part)) if wanted == part || wanted.starts_with('{') => {}
            _ => return false,
        }
    }
}
