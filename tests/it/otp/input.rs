//! Bad input: each its own clear problem, and nothing written.

use serde_json::{Value, json};

use super::world::{World, enrolment, somebody};

#[tokio::test]
async fn every_field_that_is_missing_or_wrong_is_named_and_its_value_is_not_repeated() {
    let world = World::new().await;
    let person = somebody();
    let good = enrolment(&person, "s", "sms", &person.phone);
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let without = |name: &str| {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(name);
        body
    };
    let mut cases = vec![
        ("purpose", with("purpose", json!("canary-value"))),
        ("channel", with("channel", json!("canary-value"))),
        ("channel", with("channel", json!(7))),
        ("channel", without("channel")),
        ("destination", without("destination")),
        ("ip_address", with("ip_address", json!("canary-value"))),
        ("realm", with("realm", json!(""))),
        ("realm", with("realm", json!("nul\u{0}canary-value"))),
        ("realm", with("realm", json!("x".repeat(256)))),
        ("user_id", with("user_id", json!({"canary-value": 1}))),
        ("locale", with("locale", json!("x".repeat(36)))),
        ("surplus", with("surplus", json!("canary-value"))),
        ("a field with a strange name", with("canary-value <b>", json!(1))),
    ];
    for name in ["realm", "user_id", "auth_session_id", "purpose", "client_id", "locale", "ip_address"] {
        cases.push((name, without(name)));
        cases.push((name, with(name, Value::Null)));
        cases.push((name, with(name, json!(true))));
    }
    for (field, body) in cases {
        let reply = world.issue(&body).await.expect_problem(400, "request/invalid");
        let detail = reply.body["detail"].as_str().unwrap();
        assert!(detail.starts_with(field), "{field}: {detail}");
        assert!(!detail.contains("canary"), "{detail}");
    }
    for table in ["otp_challenges", "otp_messages", "otp_limits"] {
        assert_eq!(world.count(table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn what_is_no_json_object_is_refused() {
    let world = World::new().await;
    for body in ["", "null", "[]", "7", "{", "{\"realm\": }", "\u{0}", "{} {}"] {
        let reply = world.call_as("msg_x", "POST", "/otp/v1/challenges", body.as_bytes()).await;
        reply.expect_problem(400, "request/invalid");
    }
    let reply = world.call_as("msg_x", "POST", "/otp/v1/challenges", &[0xFF, 0xFE]).await;
    reply.expect_problem(400, "request/invalid");
    assert_eq!(world.count("webhook_requests").await, 0);
}

#[tokio::test]
async fn a06_36_a_login_takes_no_destination() {
    let world = World::new().await;
    let person = somebody();
    let mut body = super::world::login(&person, "s");
    body["destination"] = json!(person.phone);
    let reply = world.issue(&body).await.expect_problem(400, "request/invalid");
    assert!(reply.body["detail"].as_str().unwrap().starts_with("destination"));
}

#[tokio::test]
async fn a06_31_bad_numbers_get_one_answer_and_no_message() {
    let world = World::new().await;
    let person = somebody();
    let mut answers = Vec::new();
    for (channel, destination) in [
        ("sms", "not a number"),
        ("sms", "+4915123456789"),
        ("sms", "+6519001234567"),
        ("sms", "+881612345678"),
        ("sms", "+6562211234"),
        ("email", "not an address"),
        ("email", "a@b.c\r\nBcc: x@y.z"),
    ] {
        let reply = world.issue(&enrolment(&person, "s", channel, destination)).await;
        answers.push(reply.expect_problem(422, "otp/destination-invalid").body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "the answer does not tell the reason: {answers:?}");
    assert_eq!(world.sent(), 0);
    assert_eq!(world.count("otp_challenges").await, 0);
}

#[tokio::test]
async fn without_countries_there_are_no_text_messages() {
    let world = World::with("otp.countries = []").await;
    let person = somebody();
    let reply = world.issue(&enrolment(&person, "s", "sms", &person.phone)).await;
    reply.expect_problem(422, "otp/destination-invalid");
    world.issue(&enrolment(&person, "s", "email", &person.email)).await.expect(201);
}

#[tokio::test]
async fn challenges_that_do_not_exist_look_alike() {
    let world = World::new().await;
    let absent = uuid::Uuid::new_v4().to_string();
    for id in [absent.as_str(), "nonsense", "..%2F..", "%00"] {
        world.verify(id, "s", "123456").await.expect_problem(404, "otp/not-found");
        let status = world.call("GET", &format!("/otp/v1/challenges/{id}"), &Value::Null).await;
        status.expect_problem(404, "otp/not-found");
    }
}
