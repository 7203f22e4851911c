//! How much may be sent: each limit alone, and under parallel requests.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::world::{Person, Reply, World, enrolment, somebody};

/// Generous everywhere, so that the one under test is the one that stops.
fn settings(limit: &str) -> String {
    let mut limits: BTreeMap<&str, u32> = [
        ("per_destination", 20),
        ("per_person", 50),
        ("per_address", 10_000),
        ("per_prefix", 10_000),
        ("per_country", 10_000),
        ("total", 10_000),
        ("money_per_hour", 100_000),
        ("money_per_day", 1_000_000),
    ]
    .into();
    let (name, amount) = limit.split_once(" = ").unwrap();
    limits.insert(name, amount.parse().unwrap());
    let lines: Vec<String> =
        limits.iter().map(|(name, amount)| format!("otp.limits.{name} = {amount}")).collect();
    format!("otp.limits.price_micros = 500000\n{}", lines.join("\n"))
}

/// Fifty parallel requests made by `body`, which gets the number of each.
async fn fifty(world: &World, body: impl Fn(usize) -> Value) -> (usize, Vec<Reply>) {
    let bodies: Vec<Value> = (0..50).map(body).collect();
    let replies = futures::future::join_all(bodies.iter().map(|body| world.issue(body))).await;
    let passed = replies.iter().filter(|reply| reply.status == 201).count();
    let refused: Vec<Reply> = replies.into_iter().filter(|reply| reply.status != 201).collect();
    for reply in &refused {
        assert!(reply.clone().expect_problem(429, "otp/rate-limited").retry_after.unwrap() > 0);
    }
    assert_eq!(world.sent(), passed, "what is refused is not sent");
    assert_eq!(usize::try_from(world.count("otp_messages").await).unwrap(), passed);
    (passed, refused)
}

fn by_sms(person: &Person, number: usize) -> Value {
    enrolment(person, &format!("s{number}"), "sms", &person.phone)
}

#[tokio::test]
async fn a06_29_messages_to_one_destination_are_limited() {
    let world = World::with(&settings("per_destination = 5")).await;
    let target = somebody();
    let (passed, refused) = fifty(&world, |n| {
        let mut body = by_sms(&somebody(), n);
        body["destination"] = json!(target.phone);
        body
    })
    .await;
    assert_eq!(passed, 5);
    let wait = refused[0].retry_after.unwrap();
    assert!((600..=610).contains(&wait), "{wait}");
    world.issue(&by_sms(&somebody(), 0)).await.expect(201);
}

#[tokio::test]
async fn a06_29_messages_to_one_person_are_limited() {
    let world = World::with(&settings("per_person = 7")).await;
    let person = somebody();
    let (passed, _) = fifty(&world, |n| {
        let mut body = by_sms(&somebody(), n);
        body["user_id"] = json!(person.user_id);
        body
    })
    .await;
    assert_eq!(passed, 7);
}

#[tokio::test]
async fn a06_29_requests_of_one_address_are_limited_and_an_ipv6_network_is_one() {
    let world = World::with(&settings("per_address = 6")).await;
    let (passed, _) = fifty(&world, |n| {
        let mut body = by_sms(&somebody(), n);
        body["ip_address"] = json!(format!("2001:db8:1:2::{n:x}"));
        body
    })
    .await;
    assert_eq!(passed, 6);
    let mut neighbour = by_sms(&somebody(), 0);
    neighbour["ip_address"] = json!("2001:db8:1:3::1");
    world.issue(&neighbour).await.expect(201);
}

#[tokio::test]
async fn a06_30_the_client_is_who_the_signed_caller_names_and_forged_headers_change_nothing() {
    let world = World::with(&settings("per_address = 3")).await;
    let mut answers = Vec::new();
    for n in 0..5_u8 {
        let body = serde_json::to_vec(&by_sms(&somebody(), n.into())).unwrap();
        let mut request = world.signed(&format!("msg_{n}"), "POST", "/otp/v1/challenges", &body);
        for name in ["x-forwarded-for", "forwarded", "x-real-ip"] {
            let value = format!("for=203.0.113.{n}").parse().unwrap();
            request.headers_mut().insert(name, value);
        }
        answers.push(world.send(request).await.0.as_u16());
    }
    assert_eq!(answers, [201, 201, 201, 429, 429]);
}

#[tokio::test]
async fn a06_29_messages_to_one_prefix_are_limited() {
    let world = World::with(&settings("per_prefix = 4")).await;
    let (passed, _) = fifty(&world, |n| {
        enrolment(&somebody(), &format!("s{n}"), "sms", &format!("+6281299{:02}{n:04}", 55))
    })
    .await;
    assert_eq!(passed, 4);
    world.issue(&enrolment(&somebody(), "s", "sms", "+6281299560000")).await.expect(201);
}

#[tokio::test]
async fn a06_29_messages_to_one_country_are_limited_and_others_go_on() {
    let world = World::with(&settings("per_country = 3")).await;
    let (passed, _) = fifty(&world, |n| by_sms(&somebody(), n)).await;
    assert_eq!(passed, 3);
    world.issue(&enrolment(&somebody(), "s", "sms", "+6581234567")).await.expect(201);
}

#[tokio::test]
async fn a06_29_messages_of_one_channel_are_limited_and_the_other_goes_on() {
    let world = World::with(&settings("total = 8")).await;
    let (passed, _) = fifty(&world, |n| by_sms(&somebody(), n)).await;
    assert_eq!(passed, 8);
    let person = somebody();
    world.issue(&enrolment(&person, "s", "email", &person.email)).await.expect(201);
}

#[tokio::test]
async fn a06_33_no_message_leaves_when_the_money_is_spent_and_mail_goes_on() {
    for limit in ["money_per_hour = 4", "money_per_day = 4"] {
        let world = World::with(&settings(limit)).await;
        let (passed, _) = fifty(&world, |n| by_sms(&somebody(), n)).await;
        assert_eq!(passed, 8, "{limit}: half a unit each");
        let person = somebody();
        world.issue(&enrolment(&person, "s", "email", &person.email)).await.expect(201);
    }
}

#[tokio::test]
async fn a06_40_a_person_without_a_factor_is_counted_like_one_with() {
    let world = World::with(&settings("per_person = 3")).await;
    let person = somebody();
    let mut answers = Vec::new();
    for n in 0..5 {
        let body = super::world::login(&person, &format!("s{n}"));
        answers.push(world.issue(&body).await.status.as_u16());
    }
    assert_eq!(answers, [409, 409, 409, 429, 429]);
}

#[tokio::test]
async fn the_development_profile_keeps_the_limits_that_protect_people() {
    let strict = "profile = \"development\"\notp.limits.per_destination = 2\notp.limits.per_address = 1";
    let world = World::with(strict).await;
    let target = somebody();
    let mut answers = Vec::new();
    for n in 0..3 {
        let mut body = by_sms(&somebody(), n);
        body["destination"] = json!(target.phone);
        answers.push(world.issue(&body).await.status.as_u16());
    }
    assert_eq!(answers, [201, 201, 429]);
}

#[tokio::test]
async fn what_was_refused_takes_from_no_limit() {
    let world = World::with(&settings("per_destination = 1")).await;
    let target = somebody();
    for n in 0..4 {
        let mut body = by_sms(&somebody(), n);
        body["destination"] = json!(target.phone);
        world.issue(&body).await;
    }
    let taken: i64 = sqlx::query_scalar(
        "SELECT sum((entry ->> 1)::bigint)::bigint FROM otp_limits, jsonb_array_elements(taken) entry
         WHERE scope = 'total'",
    )
    .fetch_one(&world.pool)
    .await
    .unwrap();
    assert_eq!(taken, 1);
    assert_eq!(world.count("otp_challenges").await, 1, "and leaves no challenge");
}

/// The reference: every send is remembered for ever and counted one by one. The pauses are made by moving what was
/// taken back in time, so that parts also begin where no part begins today, as an older release wrote them.
#[tokio::test]
async fn no_span_of_the_window_ever_holds_more_than_the_limit_and_room_comes_back() {
    let world = World::with(&settings("per_destination = 5")).await;
    let target = somebody();
    let (mut pauses, mut sent): (i64, Vec<(i64, i64)>) = (0, Vec::new());
    let (mut refused, mut passed_again) = (0, 0);
    for step in 0..120_u32 {
        let pause = [0, 0, 7_000, 0, 60_000, 10_000, 0, 150_000, 35_123, 0, 20_000][step as usize % 11];
        sqlx::query(
            "UPDATE otp_limits SET taken = (
                 SELECT jsonb_agg(jsonb_build_array((entry ->> 0)::bigint - $1, entry -> 1) ORDER BY entry)
                 FROM jsonb_array_elements(taken) entry)",
        )
        .bind(pause)
        .execute(&world.pool)
        .await
        .unwrap();
        pauses += pause;
        let mut body = by_sms(&somebody(), 0);
        body["destination"] = json!(target.phone);
        let before = chrono::Utc::now().timestamp_millis() + pauses;
        let status = world.issue(&body).await.status.as_u16();
        let after = chrono::Utc::now().timestamp_millis() + pauses;
        if status == 201 {
            passed_again += usize::from(refused > 0);
            sent.push((before, after));
            let held = sent.iter().filter(|(then, _)| after - then < 600_000).count();
            assert!(held <= 5, "{held} in ten minutes, step {step}");
        } else {
            refused += 1;
            let held = sent.iter().filter(|(_, then)| before - then <= 610_000).count();
            assert!(held >= 5, "refused with {held} in ten minutes and a part, step {step}");
        }
    }
    assert!(refused > 10 && passed_again > 10, "{refused} refused, {passed_again} passed after");
    let parts: i64 = sqlx::query_scalar("SELECT max(jsonb_array_length(taken))::bigint FROM otp_limits")
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert!(parts <= 62, "{parts} parts in a row");
}

#[tokio::test]
async fn what_a_limit_refused_is_answered_alike_when_the_call_is_repeated() {
    let world = World::with(&settings("per_destination = 1")).await;
    let person = somebody();
    world.issue(&by_sms(&person, 0)).await.expect(201);
    let body = serde_json::to_vec(&by_sms(&person, 1)).unwrap();
    let path = "/otp/v1/challenges";
    let replies =
        futures::future::join_all((0..8).map(|_| world.call_as("msg_limited", "POST", path, &body))).await;
    for reply in &replies {
        assert_eq!(*reply, replies[0]);
        reply.clone().expect_problem(429, "otp/rate-limited");
    }
    world.forget_limits().await;
    assert_eq!(world.call_as("msg_limited", "POST", path, &body).await, replies[0], "kept");
}
