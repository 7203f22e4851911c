//! The pages' routes.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    middleware,
    response::Response,
};
use serde::Deserialize;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::account::UNDO_PATH;

use super::{
    Door, PageRoute, Pages, Portal, account, assets, backoffice, cloud, company,
    page::page,
    partial, people, policy, sign_in, systems, undo,
    words::{LANGUAGES, Landing, Language},
};

#[derive(Template)]
#[template(path = "portal/templates/landing.html")]
struct LandingPage {
    language: Language,
    words: &'static Landing,
    notice: Option<&'static str>,
}

/// The pages and what they are made of.
pub fn router(portal: Portal) -> Router {
    let policy = policy::of(Door::Anybody, &portal);
    let (router, all) = pages(&portal).into_parts();
    let looked_at = all.iter().filter(|route| route.method == Method::GET).map(|route| route.path);
    let looked_at: Arc<[&'static str]> = looked_at.collect();
    router
        .method_not_allowed_fallback(async move |method: Method, uri: Uri| {
            partial::instead(&looked_at, &method, uri.path())
        })
        .layer(middleware::from_fn(partial::whole_page))
        .layer(SetResponseHeaderLayer::if_not_present(header::CONTENT_SECURITY_POLICY, policy))
        .with_state(portal)
        .merge(assets::router())
}

/// Every page, with the decision who may see it.
#[must_use]
pub fn routes(portal: &Portal) -> Vec<PageRoute> {
    pages(portal).into_parts().1
}

fn pages(portal: &Portal) -> Pages {
    let pages = Pages::new(portal.clone())
        .get(Door::Anybody, "/", landing)
        .get(Door::Anybody, "/sign-in", sign_in::begin)
        .get(Door::Anybody, sign_in::CALLBACK, sign_in::callback)
        .post(Door::Anybody, "/sign-in/backchannel-logout", sign_in::backchannel_logout)
        .post(Door::Oneself, "/sign-out", sign_in::sign_out)
        .get(Door::Anybody, UNDO_PATH, undo::show)
        .post(Door::Anybody, UNDO_PATH, undo::undo);
    let pages = cloud::pages(people::pages(company::pages(account::pages(pages))));
    systems::pages(backoffice::pages(pages))
}

#[derive(Deserialize)]
struct LandingQuery {
    lang: Option<String>,
    notice: Option<String>,
}

async fn landing(State(_): State<Portal>, Query(query): Query<LandingQuery>, headers: HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = Language::choose(query.lang.as_deref(), accepted);
    let words = Landing::of(language);
    let notice = query.notice.as_deref().and_then(|notice| match notice {
        "signed-out" => Some(words.signed_out),
        "deleted" => Some(words.deleted),
        "not-signed-in" => Some(words.not_signed_in),
        "setting-up" => Some(words.setting_up),
        "unavailable" => Some(words.unavailable),
        _ => None,
    });
    page(StatusCode::OK, &LandingPage { language, words, notice })
}
