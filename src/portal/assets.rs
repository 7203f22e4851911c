//! Style sheets, the script and the mark. The design tokens are the theme's own file, so pages of Keycloak and
//! ours cannot drift apart.

use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    routing::get,
};

const TOKENS: &str = include_str!("../../keycloak-theme/gatehouse/common/resources/css/tokens.css");
const PORTAL: &str = include_str!("assets/portal.css");
/// htmx 2.0.11 (<https://htmx.org>), Zero-Clause BSD, as it is in the package `htmx.org` of npm.
const HTMX: &str = include_str!("assets/htmx-2.0.11.min.js");
const MARK: &str = include_str!("../../keycloak-theme/gatehouse/common/resources/img/mark.svg");

type Asset = ([(HeaderName, HeaderValue); 2], &'static str);

/// Everything under `/assets`.
pub fn router() -> Router {
    Router::new()
        .route("/assets/tokens.css", get(|| async { asset("text/css; charset=utf-8", TOKENS) }))
        .route("/assets/portal.css", get(|| async { asset("text/css; charset=utf-8", PORTAL) }))
        .route("/assets/htmx-2.0.11.min.js", get(|| async { asset("text/javascript; charset=utf-8", HTMX) }))
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

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::HTMX;

    #[test]
    fn the_script_is_the_one_that_was_published() {
        let hash = format!("{:x}", Sha256::digest(HTMX));
        assert_eq!(hash, "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717");
    }
}
