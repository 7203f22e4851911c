//! The API for programs: every part's routes below one root, and one document of them all.

use axum::{Json, Router, routing::get};
use utoipa::openapi::{
    Info, OpenApi, OpenApiBuilder, Server,
    security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};

use crate::{access::http::Routes, platform::problem::Problem};

/// The root of the API.
pub const ROOT: &str = "/api/v1";

/// Puts the routes below [`ROOT`], with the document at `/api/v1/openapi.json`, which is for everybody.
pub fn router(api: Routes) -> Router {
    let (router, document, _) = api.into_parts();
    let document = Json(described(document));
    let router = router
        .route("/openapi.json", get(async move || document.clone()))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed());
    Router::new().nest(ROOT, router)
}

/// What the document says beside the routes.
#[must_use]
pub fn described(paths: OpenApi) -> OpenApi {
    let mut document = OpenApiBuilder::new()
        .info(Info::new("Gatehouse", "1"))
        .servers(Some([Server::new(ROOT)]))
        .security(Some([SecurityRequirement::new("keycloak", Vec::<String>::new())]))
        .build();
    document.merge(paths);
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("keycloak", SecurityScheme::Http(bearer));
    document
}
