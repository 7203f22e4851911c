//! Style sheets and the mark. The design tokens are the theme's own file, so pages of Keycloak and
//! ours cannot drift apart.

use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    routing::get,
};

const TOKENS: &str = include_str!("../../keycloak-theme/gatehouse/common/resources/css/tokens.css");
const PORTAL: &str = include_str!("assets/portal.css");
const MARK: &str = include_str!("../../keycloak-theme/gatehouse/common/resources/img/mark.svg");

type Asset = ([(HeaderName, HeaderValue); 2], &'static str);

/// Everything under `/assets`.
pub fn router() -> Router {
    Router::new()
        .route("/assets/tokens.css", get(|| async { asset("text/css; charset=utf-8", TOKENS) }))
        .route("/assets/portal.css", get(|| async { asset("text/css; charset=utf-8", PORTAL) }))
        .route("/assets/mark.svg", get(|| async { asset("image/svg+xml", MARK) }))
        .route("/favicon.ico", get(|| async { asset("image/svg+xml", MARK) }))
}

fn asset(kind: &'static str, text: &'static str) -> Asset {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    (headers, text)
}
