//! Reports of the SMS gateway.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::json;

use super::world::{World, enrolment, somebody};

const SECRET: &str = "0123456789abcdefghijABCDEFGHIJkl";

async fn reporting() -> World {
    World::with(&format!(
        "profile = \"development\"\nsms.http.url = \"https://sms.example\"\nsms.providers = [\"http\"]\n\
         sms.http.receipts.secret = \"{SECRET}\""
    ))
    .await
}

async fn report(world: &World, secret: &str, body: &str) -> (StatusCode, String) {
    let request =
        Request::post(format!("/delivery/v1/sms/{secret}")).body(Body::from(body.to_owned())).unwrap();
    let (status, _, answer) = world.send(request).await;
    (status, String::from_utf8(answer).unwrap())
}

/// A message that the gateway took under an id of its own.
async fn taken(world: &World, gateway_id: &str) -> String {
    let person = somebody();
    let shown = world.issue(&enrolment(&person, "s", "sms", &person.phone)).await.expect(201);
    sqlx::query(
        "UPDATE otp_messages SET provider = 'http', provider_message_id = $2 WHERE challenge_id = $1::uuid",
    )
    .bind(shown.challenge())
    .bind(gateway_id)
    .execute(&world.pool)
    .await
    .unwrap();
    shown.challenge()
}

#[tokio::test]
async fn the_page_is_told_what_the_gateway_reports() {
    let world = reporting().await;
    for (word, delivery) in [("DELIVRD", "delivered"), ("UNDELIV", "failed"), ("ACCEPTD", "sent")] {
        let challenge = taken(&world, word).await;
        let body = json!({"id": word, "status": word}).to_string();
        assert_eq!(report(&world, SECRET, &body).await.0, StatusCode::NO_CONTENT);
        assert_eq!(world.status(&challenge).await, json!({"status": "pending", "delivery": delivery}));
    }
}

#[tokio::test]
async fn a_report_by_our_own_id_is_known_before_we_noted_the_gateways() {
    let world = reporting().await;
    let challenge = taken(&world, "gw").await;
    sqlx::query(
        "UPDATE otp_messages SET state = 'sending', lease_until = now() + interval '30 s',
                provider = NULL, provider_message_id = NULL",
    )
    .execute(&world.pool)
    .await
    .unwrap();
    let ours: uuid::Uuid =
        sqlx::query_scalar("SELECT id FROM otp_messages").fetch_one(&world.pool).await.unwrap();
    let (status, _) = report(&world, SECRET, &format!("id={ours}&status=delivered")).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(world.status(&challenge).await["delivery"], "delivered");
}

#[tokio::test]
async fn an_arrival_is_the_last_word() {
    let world = reporting().await;
    let challenge = taken(&world, "gw-1").await;
    for (word, delivery) in [("failed", "failed"), ("delivered", "delivered"), ("failed", "delivered")] {
        let (status, _) = report(&world, SECRET, &format!("id=gw-1&status={word}")).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!(world.status(&challenge).await["delivery"], delivery);
    }
}

#[tokio::test]
async fn a_message_of_another_provider_is_not_reported_on() {
    let world = reporting().await;
    let challenge = taken(&world, "gw-1").await;
    sqlx::query("UPDATE otp_messages SET provider = 'sns'").execute(&world.pool).await.unwrap();
    assert_eq!(report(&world, SECRET, "id=gw-1&status=failed").await.0, StatusCode::NOT_FOUND);
    assert_eq!(world.status(&challenge).await["delivery"], "sent");
}

#[tokio::test]
async fn a_stranger_finds_nothing_and_changes_nothing() {
    let world = reporting().await;
    let challenge = taken(&world, "gw-1").await;
    let nothing = world.send(Request::post("/nothing").body(Body::empty()).unwrap()).await;
    let nothing = (nothing.0, String::from_utf8(nothing.2).unwrap());
    for secret in ["x", &SECRET[1..], &format!("{SECRET}x"), "%00", "%2F"] {
        assert_eq!(report(&world, secret, "id=gw-1&status=failed").await, nothing, "{secret}");
    }
    assert_eq!(report(&world, SECRET, "id=gw-unknown&status=failed").await, nothing);
    assert_eq!(world.status(&challenge).await["delivery"], "sent");
    let silent = World::new().await;
    assert_eq!(report(&silent, SECRET, "id=gw-1&status=failed").await, nothing, "without the setting");
}

#[tokio::test]
async fn what_is_no_report_is_refused() {
    let world = reporting().await;
    for body in
        ["", "[]", "status=delivered", "id=&status=delivered", "{\"id\": {}, \"status\": \"delivered\"}"]
    {
        assert_eq!(report(&world, SECRET, body).await.0, StatusCode::BAD_REQUEST, "{body}");
    }
    let long = format!("id=gw&status={}", "a".repeat(9000));
    assert_eq!(report(&world, SECRET, &long).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}
