//! Making links, using them, and what is looked at in which order.

use axum::http::StatusCode;
use chrono::TimeDelta;
use gatehouse::adapters::keystone::KeystoneError;
use uuid::Uuid;

use super::{ADMIN, USER, link, put, set};
use crate::support::CloudHouse;

async fn house() -> (CloudHouse, std::sync::Arc<gatehouse::adapters::keystone::MemoryKeystone>) {
    let (house, keystone) = CloudHouse::in_memory().await;
    keystone.state().administrators.insert(ADMIN.to_owned());
    keystone.state().passwords.insert(USER.to_owned(), "acak".to_owned());
    (house, keystone)
}

#[tokio::test]
async fn a_link_is_made_for_administrators_only() {
    let (house, keystone) = house().await;
    let whole = r#"{"password": "acak", "pin": "1234"}"#;
    assert_eq!(put(&house, None, whole).await.0, 401);
    assert_eq!(put(&house, Some("somebody"), whole).await.0, 403);
    for (body, status) in [
        ("{}", 422),
        ("", 422),
        (r#"{"pin": "1234"}"#, 422),
        (r#"{"password": "acak"}"#, 422),
        (r#"{"password": "acak", "pin": "123"}"#, 400),
        (r#"{"password": "acak", "pin": 1234}"#, 400),
        ("[]", 400),
    ] {
        assert_eq!(put(&house, Some(ADMIN), body).await.0, status, "{body}");
    }
    let token: Uuid = link(&house).await.parse().unwrap();
    assert_eq!(token.get_version_num(), 4);
    keystone.state().fault = Some(KeystoneError::Unreachable);
    assert_eq!(put(&house, Some(ADMIN), whole).await.0, 503, "who cannot be checked is let nowhere");
}

#[tokio::test]
async fn each_call_makes_another_token_and_changes_only_what_is_given() {
    let (house, keystone) = house().await;
    let first = link(&house).await;
    let (_, second) = put(&house, Some(ADMIN), "").await;
    assert_ne!(first, second);
    assert_eq!(set(&house, &first, "1234", "sandi baru saya").await.0, 404, "the old link is dead");
    let (_, third) = put(&house, Some(ADMIN), r#"{"pin": "9876"}"#).await;
    assert_eq!(set(&house, &third, "1234", "sandi baru saya").await.0, 403);
    keystone.state().passwords.insert(USER.to_owned(), "acak lain".to_owned());
    let (_, fourth) = put(&house, Some(ADMIN), r#"{"password": "acak lain"}"#).await;
    assert_eq!(set(&house, &fourth, "9876", "sandi baru saya").await.0, 200);
    assert_eq!(keystone.state().passwords[USER], "sandi baru saya");
}

#[tokio::test]
async fn what_is_wrong_is_looked_for_in_a_fixed_order() {
    let (house, _) = house().await;
    let token = link(&house).await;
    let path = format!("/first-password/?token={token}");
    let differing = [("pin", "0000"), ("password", "satu"), ("confirm_password", "dua")];
    for (fields, status, text) in [
        (&[("password", "x"), ("confirm_password", "y")][..], 400, "Missing required field!"),
        (&differing[..], 400, "Passwords do not match"),
    ] {
        for path in [path.as_str(), "/first-password/?token=nothing"] {
            let (got, body) = house.post(path, fields).await;
            assert!(got == status && body.contains(text), "{path} {got}: {body}");
        }
    }
    let unknown = set(&house, &Uuid::new_v4().to_string(), "1234", "x").await;
    assert!(unknown.0 == 404 && unknown.1.contains("Token not found"), "{unknown:?}");
    house.advance(TimeDelta::hours(24));
    let wrong = set(&house, &token, "0000", "x").await;
    assert!(wrong.0 == 403 && wrong.1.contains("Wrong pin"), "the PIN comes before the time: {wrong:?}");
    let late = set(&house, &token, "1234", "x").await;
    assert!(late.0 == 403 && late.1.contains("Token expired"), "{late:?}");
}

#[tokio::test]
async fn a_link_is_good_until_the_last_second_and_once() {
    let (house, keystone) = house().await;
    let token = link(&house).await;
    house.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    let (status, body) = set(&house, &token, "1234", "sandi baru saya").await;
    assert!(status == 200 && body.contains("Password set."), "{status}: {body}");
    assert_eq!(keystone.state().passwords[USER], "sandi baru saya");
    assert_eq!(set(&house, &token, "1234", "sandi lain lagi").await.0, 404, "a link works once");
}

#[tokio::test]
async fn a_renewed_link_has_its_whole_time_before_it() {
    let (house, _) = house().await;
    link(&house).await;
    house.advance(TimeDelta::hours(30));
    let (_, token) = put(&house, Some(ADMIN), "{}").await;
    house.advance(TimeDelta::hours(23));
    assert_eq!(set(&house, &token, "1234", "sandi baru saya").await.0, 200);
}

#[tokio::test]
async fn exactly_as_many_wrong_pins_are_looked_at_as_there_are_tries() {
    let (house, _) = house().await;
    let token = link(&house).await;
    let tries = (0..10).map(|_| set(&house, &token, "0000", "x"));
    let answers = futures::future::join_all(tries).await;
    let wrong = answers.iter().filter(|(_, body)| body.contains("Wrong pin")).count();
    let locked = answers.iter().filter(|(_, body)| body.contains("Account locked")).count();
    assert_eq!((wrong, locked), (3, 7));
    let right = set(&house, &token, "1234", "x").await;
    assert!(
        right.0 == 403 && right.1.contains("too many wrong attempts"),
        "locked for the right PIN: {right:?}"
    );
    let (_, token) = put(&house, Some(ADMIN), "{}").await;
    assert_eq!(set(&house, &token, "1234", "sandi baru saya").await.0, 200, "a new link is unlocked");
}

#[tokio::test]
async fn a_right_pin_uses_up_no_try() {
    let (house, keystone) = house().await;
    let token = link(&house).await;
    keystone.state().fault = Some(KeystoneError::Unreachable);
    for _ in 0..5 {
        assert_eq!(set(&house, &token, "1234", "sandi baru saya").await.0, 500);
    }
    keystone.state().fault = Some(KeystoneError::Refused(400));
    assert_eq!(set(&house, &token, "1234", "pendek").await.0, 400, "the cloud's rules refuse it");
    keystone.state().fault = None;
    assert_eq!(set(&house, &token, "1234", "sandi baru saya").await.0, 200);
}

#[tokio::test]
async fn whoever_was_cut_off_after_the_change_is_not_shut_out() {
    let (house, keystone) = house().await;
    let token = link(&house).await;
    keystone.state().passwords.insert(USER.to_owned(), "sandi baru saya".to_owned());
    assert_eq!(set(&house, &token, "1234", "sandi lain lagi").await.0, 500);
    assert_eq!(set(&house, &token, "1234", "sandi baru saya").await.0, 200);
}

#[tokio::test]
async fn nothing_in_the_database_opens_anything() {
    let (house, _) = house().await;
    let token = link(&house).await;
    let dump: String =
        sqlx::query_scalar("SELECT string_agg(to_jsonb(first_passwords)::text, ' ') FROM first_passwords")
            .fetch_one(&house.pool)
            .await
            .unwrap();
    assert!(dump.contains("$argon2id$"), "{dump}");
    // As PostgreSQL shows bytes.
    let hex = |text: &str| format!("{:02x?}", text.as_bytes()).replace(['[', ']', ',', ' '], "");
    for secret in [token.as_str(), "acak", &hex("acak"), &hex(&token), "\"1234\""] {
        assert!(!dump.contains(secret), "{secret} in {dump}");
    }
}

#[tokio::test]
async fn people_of_the_realm_have_their_password_set_in_keycloak() {
    let (house, _) = house().await;
    sqlx::query(
        "INSERT INTO people (user_id, realm, sequence, updated_at) VALUES ($1, 'gatehouse', 1, now())",
    )
    .bind(USER)
    .execute(&house.pool)
    .await
    .unwrap();
    let (status, token) = put(&house, Some(ADMIN), r#"{"pin": "1234"}"#).await;
    assert_eq!(status, StatusCode::OK, "{token}");
    assert_eq!(set(&house, &token, "1234", "sandi baru saya").await.0, 200);
    assert_eq!(house.keycloak.state().passwords[USER], "sandi baru saya");
}
