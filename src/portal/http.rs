//! The pages' routes.

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use url::Url;

use super::{
    assets,
    words::{LANGUAGES, Landing, Language},
};
use crate::platform::problem::Problem;

/// Pages load only what we serve, run no script and stand in no frame.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "portal/templates/landing.html")]
struct LandingPage {
    language: Language,
    words: Landing,
    account_url: String,
}

/// The pages; `account_url` is where people manage their account at Keycloak.
pub fn router(account_url: Url) -> Router {
    Router::new().route("/", get(landing)).with_state(account_url).merge(assets::router())
}

#[derive(Deserialize)]
struct LandingQuery {
    lang: Option<String>,
}

async fn landing(
    State(account_url): State<Url>,
    Query(query): Query<LandingQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = Language::choose(query.lang.as_deref(), accepted);
    let mut account_url = account_url;
    account_url.query_pairs_mut().append_pair("kc_locale", language.keycloak_tag());
    page(&LandingPage { language, words: Landing::of(language), account_url: account_url.into() })
}

fn page(template: &impl Template) -> Result<Response, Problem> {
    let html = template.render().map_err(|error| {
        tracing::error!(%error, "a page could not be rendered");
        Problem::internal()
    })?;
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::VARY, HeaderValue::from_static("Accept-Language")),
    ];
    Ok((headers, Html(html)).into_response())
}
