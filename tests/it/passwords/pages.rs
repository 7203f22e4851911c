//! The pages: harmless to open, without a script, in four languages.

use axum::{body::Body, http::Request};

use super::{ADMIN, USER, link, set};
use crate::support::CloudHouse;

async fn get(house: &CloudHouse, path: &str) -> (u16, axum::http::HeaderMap, String) {
    house.ask(Request::get(path).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn opening_the_link_tells_nothing_and_burns_nothing() {
    let (house, keystone) = CloudHouse::in_memory().await;
    keystone.state().administrators.insert(ADMIN.to_owned());
    keystone.state().passwords.insert(USER.to_owned(), "acak".to_owned());
    let token = link(&house).await;
    let (_, _, known) = get(&house, &format!("/first-password/?token={token}")).await;
    for _ in 0..10 {
        assert_eq!(get(&house, &format!("/first-password/?token={token}")).await.0, 200);
    }
    let other = "c35ee31e-3ee2-4a38-9eae-e738bafdccb5";
    let (status, _, unknown) = get(&house, &format!("/first-password/?token={other}")).await;
    assert_eq!(status, 200);
    assert_eq!(known.replace(&token, "T"), unknown.replace(other, "T"));
    assert_eq!(set(&house, &token, "1234", "sandi baru saya").await.0, 200);
    let (status, _, body) = get(&house, "/first-password/").await;
    assert!(status == 404 && body.contains("Token not found"), "{status}: {body}");
}

#[tokio::test]
async fn a_page_keeps_the_token_to_itself_and_can_be_used_by_everybody() {
    let (house, _) = CloudHouse::in_memory().await;
    let (_, headers, body) = get(&house, "/first-password/?token=%22%3E%3Cscript%3E").await;
    assert_eq!(headers["referrer-policy"], "no-referrer");
    assert_eq!(headers["cache-control"], "no-store");
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
    assert!(!body.contains("<script"), "{body}");
    for part in [
        r#"<label for="pin">"#,
        r#"inputmode="numeric""#,
        r#"autocomplete="new-password""#,
        r#"<label for="confirm_password">"#,
    ] {
        assert!(body.contains(part), "{part} in {body}");
    }
    for (language, title) in [
        ("en", "Set your password"),
        ("id", "Atur kata sandi Anda"),
        ("zh-Hans", "设置密码"),
        ("ms", "Tetapkan kata laluan anda"),
    ] {
        let (_, _, body) = get(&house, &format!("/first-password/?token=x&lang={language}")).await;
        assert!(body.contains(&format!("<html lang=\"{language}\">")) && body.contains(title), "{body}");
    }
}

#[tokio::test]
async fn whoever_forgot_the_password_gets_the_same_answer_and_the_help_desk_one_ticket() {
    let (house, _) = CloudHouse::in_memory().await;
    let ask = |email: &'static str, again: &'static str, pin: &'static str| {
        let fields = [("name", "Siti"), ("email", email), ("confirm_email", again), ("pin", pin)];
        let house = &house;
        async move { house.post("/first-password/reset", &fields).await }
    };
    for (email, again, pin, status, text) in [
        ("", "", "1234", 400, "Missing required field!"),
        ("a@b.example", "c@b.example", "1234", 400, "Email addresses do not match."),
        ("a@b.example", "a@b.example", "12", 400, "Pin should be 4-digit number"),
        ("a@b.example", "a@b.example", "4711", 200, "The request has been forwarded to the helpdesk."),
        ("A@B.example", "a@b.example", "4712", 200, "The request has been forwarded to the helpdesk."),
    ] {
        let (got, body) = ask(email, again, pin).await;
        assert!(got == status && body.contains(text), "{email} {got}: {body}");
    }
    house.work_off().await;
    let tickets = house.mails_to("helpdesk@example.com");
    assert_eq!(tickets.len(), 1);
    let text = tickets[0].text.expose();
    assert!(text.contains("a@b.example") && text.contains("Password Reset"), "{text}");
    assert!(!text.contains("4711") && !text.contains("4712"), "{text}");
}
