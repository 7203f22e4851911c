//! The landing page speaks the person's language and leads to the account.

use axum::{
    body::Body,
    http::{Request, header},
};
use gatehouse::portal;
use tower::ServiceExt as _;

async fn get(path: &str, accept_language: &str) -> (axum::http::HeaderMap, String) {
    let router = portal::router("http://keycloak.test/realms/gatehouse/account".parse().unwrap());
    let request =
        Request::get(path).header(header::ACCEPT_LANGUAGE, accept_language).body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    let body = axum::body::to_bytes(response.into_body(), 100_000).await.unwrap();
    (headers, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn the_browser_decides_the_language_until_the_person_does() {
    let (_, english) = get("/", "fr").await;
    assert!(english.contains(r#"<html lang="en">"#) && english.contains("Go to my account"), "{english}");
    let (_, indonesian) = get("/", "id-ID,en;q=0.5").await;
    assert!(indonesian.contains("Buka akun saya"), "{indonesian}");
    let (_, chinese) = get("/?lang=zh-Hans", "id").await;
    assert!(chinese.contains("进入我的账户"), "{chinese}");
    assert!(chinese.contains("http://keycloak.test/realms/gatehouse/account?kc_locale=zh-CN"), "{chinese}");
}

#[tokio::test]
async fn the_page_runs_no_script_and_stands_in_no_frame() {
    let (headers, body) = get("/?lang=%3Cscript%3E", "en").await;
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!body.contains("<script"), "{body}");
}

#[tokio::test]
async fn the_design_tokens_are_those_of_the_theme() {
    let (headers, body) = get("/assets/tokens.css", "en").await;
    assert_eq!(headers[header::CONTENT_TYPE], "text/css; charset=utf-8");
    assert!(body.contains("--gh-accent"), "{body}");
}
