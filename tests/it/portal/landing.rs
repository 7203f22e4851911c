//! The landing page speaks the person's language and leads to the account.

use super::world::{Answer, World};

async fn get(path: &str, accept_language: &str) -> Answer {
    let request = axum::http::Request::get(path).header("accept-language", accept_language);
    let response = tower::ServiceExt::oneshot(
        World::new().await.router,
        request.body(axum::body::Body::empty()).unwrap(),
    )
    .await
    .unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 100_000).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    Answer { status: parts.status, headers: parts.headers, body }.expect(200)
}

#[tokio::test]
async fn the_browser_decides_the_language_until_the_person_does() {
    let english = get("/", "fr").await;
    english.shows(r#"<html lang="en">"#);
    english.shows("Go to my account");
    get("/", "id-ID,en;q=0.5").await.shows("Buka akun saya");
    let chinese = get("/?lang=zh-Hans", "id").await;
    chinese.shows("进入我的账户");
    chinese.shows("/sign-in?to=/account&amp;lang=zh-Hans");
}

#[tokio::test]
async fn only_known_notices_are_shown() {
    get("/?notice=signed-out", "en").await.shows("You have signed out.");
    get("/?notice=%3Cscript%3E", "en").await.hides("role=\"status\"");
}

#[tokio::test]
async fn the_page_runs_no_script_and_stands_in_no_frame() {
    let page = get("/?lang=%3Cscript%3E", "en").await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    page.hides("<script");
}

#[tokio::test]
async fn the_design_tokens_are_those_of_the_theme() {
    let tokens = get("/assets/tokens.css", "en").await;
    assert_eq!(tokens.headers["content-type"], "text/css; charset=utf-8");
    tokens.shows("--gh-accent");
}
