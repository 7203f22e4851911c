//! Nothing behind the gate runs for a call that is not properly signed.

use axum::{
    body::Body,
    http::{HeaderValue, Request},
};
use serde_json::{Value, json};

use crate::otp::world::{World, enrolment, somebody};

fn problem(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap();
    body["type"].as_str().unwrap().trim_start_matches("https://gatehouse.io/problems/").to_owned()
}

#[tokio::test]
async fn a06_50_what_is_not_properly_signed_is_refused_and_writes_nothing() {
    let world = World::new().await;
    let person = somebody();
    let body = serde_json::to_vec(&enrolment(&person, "s", "sms", &person.phone)).unwrap();
    let signed = || world.signed("msg_1", "POST", "/otp/v1/challenges", &body);

    let mut calls: Vec<(&str, Request<Body>)> = Vec::new();
    for header in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let mut call = signed();
        call.headers_mut().remove(header);
        calls.push((header, call));
        let mut call = signed();
        call.headers_mut().append(header, HeaderValue::from_static("1614265330"));
        calls.push(("twice", call));
    }
    let mut forged = signed();
    forged.headers_mut().insert("webhook-id", HeaderValue::from_static("msg_2"));
    calls.push(("another id", forged));
    let mut other_body = world.signed("msg_1", "POST", "/otp/v1/challenges", b"{}");
    *other_body.body_mut() = Body::from(body.clone());
    calls.push(("another body", other_body));
    for (what, call) in calls {
        let (status, headers, answer) = world.send(call).await;
        assert_eq!((status.as_u16(), problem(&answer)), (401, "webhook/unauthorized".to_owned()), "{what}");
        assert_eq!(headers["content-type"], "application/problem+json");
        assert!(!headers.contains_key("webhook-signature"), "{what}: nothing is signed for a stranger");
    }
    for late in [-61, 61] {
        let call = signed();
        world.clock.advance(chrono::TimeDelta::seconds(late));
        assert_eq!(world.send(call).await.0, 401, "{late} s");
        world.clock.advance(chrono::TimeDelta::seconds(-late));
    }
    for table in ["webhook_requests", "otp_challenges", "otp_messages", "otp_limits", "otp_failures"] {
        assert_eq!(world.count(table).await, 0, "{table}");
    }
    assert_eq!(world.send(signed()).await.0, 201, "the same call, properly signed");
}

#[tokio::test]
async fn a_body_over_the_bound_has_a_problem_of_its_own_and_writes_nothing() {
    let world = World::new().await;
    let body = serde_json::to_vec(&json!({"realm": "x".repeat(8 * 1024)})).unwrap();
    let reply = world.call_as("msg_1", "POST", "/otp/v1/challenges", &body).await;
    reply.expect_problem(413, "request/too-large");
    let huge = vec![b' '; 65 * 1024];
    let (status, _, answer) = world.send(world.signed("msg_2", "POST", "/otp/v1/challenges", &huge)).await;
    assert_eq!((status.as_u16(), problem(&answer)), (413, "request/too-large".to_owned()));
    assert_eq!(world.count("webhook_requests").await, 0);
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_answered_with_a_signature_too() {
    let world = World::new().await;
    world.call("POST", "/otp/v1/nothing", &json!({})).await.expect_problem(404, "request/not-found");
    let deleted = world.call("DELETE", "/otp/v1/challenges", &json!({})).await;
    deleted.expect_problem(405, "request/method-not-allowed");
}

#[tokio::test]
async fn a_read_is_signed_over_an_empty_body_and_leaves_no_trace() {
    let world = World::new().await;
    assert_eq!(world.factors(&somebody()).await, Vec::<Value>::new());
    assert_eq!(world.count("webhook_requests").await, 0);
}

#[tokio::test]
async fn while_a_secret_is_replaced_both_are_accepted_and_each_gets_its_own_answer() {
    let new = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
    let settings = format!(
        "profile = \"development\"\nwebhook.secrets = [\"{new}\", \"{}\"]",
        crate::otp::world::SECRET
    );
    let old_secret = World::over(World::new().await.pool, "profile = \"development\"");
    let rotating = gatehouse::app::Config::from_toml(&format!(
        "{}\n{settings}",
        crate::config::MINIMAL.replace("webhook.secrets", "# webhook.secrets")
    ))
    .unwrap();
    let world = old_secret.rebuilt(&rotating);
    // The world signs with the old secret and checks that the answer is signed with it.
    assert_eq!(world.factors(&somebody()).await, Vec::<Value>::new());
}
