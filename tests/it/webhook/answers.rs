//! A repeated call has one effect and one answer.

use serde_json::json;

use crate::otp::world::{World, enrolment, login, somebody, wrong};

#[tokio::test]
async fn a_hundred_parallel_repetitions_have_one_effect_and_one_answer() {
    let world = World::new().await;
    let second = World::over(world.pool.clone(), "profile = \"development\"");
    let person = somebody();
    let body = serde_json::to_vec(&enrolment(&person, "s", "sms", &person.phone)).unwrap();
    let calls = (0..100).map(|n| {
        let instance = if n % 2 == 0 { &world } else { &second };
        instance.call_as("msg_same", "POST", "/otp/v1/challenges", &body)
    });
    let replies = futures::future::join_all(calls).await;
    for reply in &replies {
        assert_eq!(reply.clone().expect(201), replies[0]);
    }
    assert_eq!(world.sent() + second.sent(), 1);
    for table in ["webhook_requests", "otp_challenges", "otp_messages"] {
        assert_eq!(world.count(table).await, 1, "{table}");
    }
}

#[tokio::test]
async fn an_id_belongs_to_one_call() {
    let world = World::new().await;
    let person = somebody();
    let body = enrolment(&person, "s", "sms", &person.phone);
    let bytes = serde_json::to_vec(&body).unwrap();
    let shown = world.call_as("msg_1", "POST", "/otp/v1/challenges", &bytes).await.expect(201);

    let mut other = body.clone();
    other["locale"] = json!("id");
    let other = serde_json::to_vec(&other).unwrap();
    let reused = world.call_as("msg_1", "POST", "/otp/v1/challenges", &other).await;
    reused.expect_problem(422, "webhook/id-reused");
    let path = format!("/otp/v1/challenges/{}/resend", shown.challenge());
    let elsewhere = world.call_as("msg_1", "POST", &path, &bytes).await;
    elsewhere.expect(400);
    let resend = serde_json::to_vec(&json!({"auth_session_id": "s"})).unwrap();
    let elsewhere = world.call_as("msg_1", "POST", &path, &resend).await;
    elsewhere.expect_problem(422, "webhook/id-reused");
}

#[tokio::test]
async fn a_call_under_the_id_of_another_has_no_effect() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let body = serde_json::to_vec(&login(&person, "s1")).unwrap();
    let shown = world.call_as("msg_1", "POST", "/otp/v1/challenges", &body).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    let (sent, taken) = (world.sent(), taken(&world).await);

    let other = serde_json::to_vec(&login(&person, "s2")).unwrap();
    let issue = world.call_as("msg_1", "POST", "/otp/v1/challenges", &other).await;
    issue.expect_problem(422, "webhook/id-reused");
    let unknown = serde_json::to_vec(&login(&somebody(), "s3")).unwrap();
    let nobody = world.call_as("msg_1", "POST", "/otp/v1/challenges", &unknown).await;
    nobody.expect_problem(422, "webhook/id-reused");
    for entered in [wrong(&code), code.clone()] {
        let reply = world.verify_as("msg_1", &shown.challenge(), "s1", &entered).await;
        reply.expect_problem(422, "webhook/id-reused");
    }

    assert_eq!(world.status(&shown.challenge()).await["status"], "pending");
    assert_eq!(world.count("otp_challenges").await, 2, "of the enrolment and of the login");
    assert_eq!((world.sent(), self::taken(&world).await), (sent, taken));
    let tries: i32 = sqlx::query_scalar("SELECT max(tries) FROM otp_challenges WHERE purpose = 'login'")
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert_eq!(tries, 0);
    world.verify(&shown.challenge(), "s1", &code).await.expect(200);
}

/// All that was taken from limits.
async fn taken(world: &World) -> Vec<String> {
    sqlx::query_scalar("SELECT scope || taken::text FROM otp_limits ORDER BY scope, key")
        .fetch_all(&world.pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_right_code_in_parallel_repetitions_is_accepted_once_and_answered_alike() {
    let world = World::new().await;
    let second = World::over(world.pool.clone(), "profile = \"development\"");
    let person = somebody();
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    let challenge = shown.challenge();
    let calls = (0..40).map(|n| {
        let instance = if n % 2 == 0 { &world } else { &second };
        instance.verify_as("msg_same", &challenge, "s", &code)
    });
    let replies = futures::future::join_all(calls).await;
    for reply in &replies {
        assert_eq!(reply.clone().expect(200), replies[0]);
    }
    world.verify_as("msg_other", &challenge, "s", &code).await.expect_problem(410, "otp/already-used");
}

#[tokio::test]
async fn a_refusal_is_given_again_with_its_wait() {
    let world = World::new().await;
    let person = somebody();
    let body = serde_json::to_vec(&enrolment(&person, "s", "sms", &person.phone)).unwrap();
    let shown = world.call_as("msg_1", "POST", "/otp/v1/challenges", &body).await.expect(201);
    let path = format!("/otp/v1/challenges/{}/resend", shown.challenge());
    let resend = serde_json::to_vec(&json!({"auth_session_id": "s"})).unwrap();
    let first = world.call_as("msg_2", "POST", &path, &resend).await;
    let first = first.expect_problem(429, "otp/rate-limited");
    assert!(first.retry_after.is_some());
    world.age(60).await;
    assert_eq!(world.call_as("msg_2", "POST", &path, &resend).await, first, "a new try needs a new id");
    world.call_as("msg_3", "POST", &path, &resend).await.expect(202);
}

#[tokio::test]
async fn a_call_that_failed_for_a_reason_of_ours_is_not_kept() {
    let world = World::new().await;
    let person = somebody();
    let body = serde_json::to_vec(&enrolment(&person, "s", "sms", &person.phone)).unwrap();
    sqlx::query("ALTER TABLE otp_challenges RENAME TO away").execute(&world.pool).await.unwrap();
    let failed = world.call_as("msg_1", "POST", "/otp/v1/challenges", &body).await;
    failed.expect_problem(500, "internal");
    sqlx::query("ALTER TABLE away RENAME TO otp_challenges").execute(&world.pool).await.unwrap();
    world.call_as("msg_1", "POST", "/otp/v1/challenges", &body).await.expect(201);
}

#[tokio::test]
async fn a06_22_without_a_database_the_answer_is_signed_and_says_to_come_back() {
    let world = World::new().await;
    world.pool.close().await;
    let person = somebody();
    let reply = world.issue(&enrolment(&person, "s", "sms", &person.phone)).await;
    reply.expect_problem(503, "unavailable");
}
