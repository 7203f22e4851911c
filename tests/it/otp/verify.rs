//! Entering a code.

use std::sync::Arc;

use serde_json::json;
use sqlx::{PgConnection, postgres::PgPoolOptions};

use super::world::{Reply, World, eventually, login, somebody, wrong};

#[tokio::test]
async fn a06_09_a_code_is_accepted_once() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    world.verify(&shown.challenge(), "s", &code).await.expect(200);
    world.verify(&shown.challenge(), "s", &code).await.expect_problem(410, "otp/already-used");
}

/// Lets calls that enter a code run into each other for certain: a row that each of them needs, the challenge or the
/// counter, is held until some of them wait in the middle of their transactions.
async fn all_at_once(
    world: &World,
    held: &'static str,
    calls: impl Iterator<Item = impl Future<Output = Reply>>,
) -> Vec<Reply> {
    // Two that both have read the challenge are enough to accept it twice.
    const WAITING: i64 = 2;
    sqlx::query(
        "INSERT INTO otp_failures (realm, user_id, channel, proof, in_a_row)
         SELECT DISTINCT realm, user_id, channel, false, 0 FROM otp_challenges
         ON CONFLICT DO NOTHING",
    )
    .execute(&world.pool)
    .await
    .unwrap();
    let mut holder = world.pool.begin().await.unwrap();
    let statement = sqlx::AssertSqlSafe(format!("SELECT FROM {held} FOR UPDATE"));
    sqlx::query(statement).execute(&mut *holder).await.unwrap();
    let release = async {
        waiting(&mut holder, WAITING).await;
        holder.commit().await.unwrap();
    };
    futures::future::join(futures::future::join_all(calls), release).await.0
}

/// Waits until so many calls wait for a lock; `holder` is a transaction that holds one.
async fn waiting(holder: &mut PgConnection, calls: i64) {
    eventually("the calls wait for each other", async || {
        // Within a transaction the activity is read once, unless it is forgotten.
        sqlx::query("SELECT pg_stat_clear_snapshot()").execute(&mut *holder).await.unwrap();
        let waiting: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
        .fetch_one(&mut *holder)
        .await
        .unwrap();
        if waiting >= calls { Ok(()) } else { Err(format!("{waiting} waiting")) }
    })
    .await;
}

#[tokio::test]
async fn a06_10_of_a_hundred_parallel_right_codes_on_two_instances_one_is_accepted() {
    let world = World::new().await;
    // Another process: it shares no connection with the first.
    let pool = PgPoolOptions::new().max_connections(20).connect_with((*world.pool.connect_options()).clone());
    let second = World::over(pool.await.unwrap(), r#"profile = "development""#);
    // Without a wrong one before them they need no counter.
    for (held, wrong_before) in [("otp_challenges", false), ("otp_failures", true)] {
        let person = somebody();
        world.enrol_sms(&person).await;
        let shown = world.issue(&login(&person, "s")).await.expect(201);
        let (challenge, code) = (shown.challenge(), world.last_code("sms", &person.phone));
        if wrong_before {
            world.verify(&challenge, "s", &wrong(&code)).await.expect(422);
        }
        let calls = (0..100).map(|n| {
            let instance = if n % 2 == 0 { &world } else { &second };
            instance.verify(&challenge, "s", &code)
        });
        let replies = all_at_once(&world, held, calls).await;
        let accepted = replies.iter().filter(|reply| reply.status == 200).count();
        assert_eq!(accepted, 1);
        for reply in replies.into_iter().filter(|reply| reply.status != 200) {
            reply.expect_problem(410, "otp/already-used");
        }
    }
}

#[tokio::test]
async fn a06_11_of_a_hundred_parallel_wrong_codes_exactly_five_are_looked_at() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    let (challenge, code) = (shown.challenge(), world.last_code("sms", &person.phone));
    let bad = wrong(&code);
    let replies =
        all_at_once(&world, "otp_failures", (0..100).map(|_| world.verify(&challenge, "s", &bad))).await;
    let mut left: Vec<i64> = replies
        .iter()
        .filter(|reply| reply.code() == "otp/code-wrong")
        .map(|reply| reply.body["attempts_left"].as_i64().unwrap())
        .collect();
    left.sort_unstable();
    assert_eq!(left, [0, 1, 2, 3, 4]);
    let counted: i32 = sqlx::query_scalar("SELECT in_a_row FROM otp_failures WHERE NOT proof")
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert_eq!(counted, 5, "the counter is the number of codes looked at");
    assert_eq!(world.status(&challenge).await["status"], "failed");
    world.verify(&challenge, "s", &code).await.expect_problem(410, "otp/code-expired");
}

/// With fewer tries than failures that cost no wait, the lock of the challenge alone keeps the limit: the counter
/// of the person would let one more pass.
#[tokio::test]
async fn a06_11_three_tries_are_three_however_many_codes_come_at_once() {
    let world = World::with("profile = \"development\"\notp.tries = 3").await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    let (challenge, code) = (shown.challenge(), world.last_code("sms", &person.phone));
    let bad = wrong(&code);
    let replies =
        all_at_once(&world, "otp_failures", (0..100).map(|_| world.verify(&challenge, "s", &bad))).await;
    let looked_at = replies.iter().filter(|reply| reply.code() == "otp/code-wrong").count();
    assert_eq!(looked_at, 3);
    let counted: i32 = sqlx::query_scalar("SELECT in_a_row FROM otp_failures WHERE NOT proof")
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert_eq!(counted, 3);
}

#[tokio::test]
async fn the_right_code_on_the_last_try_is_accepted() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    for left in [4, 3, 2, 1] {
        let reply = world.verify(&shown.challenge(), "s", &wrong(&code)).await;
        assert_eq!(reply.expect_problem(422, "otp/code-wrong").body["attempts_left"], left);
    }
    world.verify(&shown.challenge(), "s", &code).await.expect(200);
}

#[tokio::test]
async fn a06_12_and_13_the_database_clock_ends_a_life_and_ours_does_not() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s1")).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    world.clock.advance(chrono::TimeDelta::hours(1));
    world.age(299).await;
    world.verify(&shown.challenge(), "s1", &code).await.expect(200);

    let shown = world.issue(&login(&person, "s2")).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    world.clock.advance(chrono::TimeDelta::hours(-2));
    world.age(301).await;
    world.verify(&shown.challenge(), "s2", &code).await.expect_problem(410, "otp/code-expired");
}

#[tokio::test]
async fn a06_14_a_code_is_no_use_elsewhere() {
    let world = World::new().await;
    let (person, other) = (somebody(), somebody());
    world.enrol_sms(&person).await;
    world.enrol_email(&person).await;
    world.enrol_sms(&other).await;
    let mine = world.issue(&login(&person, "mine")).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    world.verify(&mine.challenge(), "theirs", &code).await.expect_problem(404, "otp/not-found");

    let mut challenges = Vec::new();
    for (what, change) in [
        ("purpose", json!({"purpose": "reset"})),
        ("step up", json!({"purpose": "step_up"})),
        ("channel", json!({"channel": "email"})),
        ("person", json!({"user_id": other.user_id})),
        ("session", json!({"auth_session_id": "another"})),
    ] {
        let mut body = login(&person, "mine");
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let session = body["auth_session_id"].as_str().unwrap().to_owned();
        let shown = world.issue(&body).await.expect(201);
        world.verify(&shown.challenge(), &session, &code).await.expect_problem(422, "otp/code-wrong");
        challenges.push((what, shown.challenge()));
    }
    challenges.dedup_by(|a, b| a.1 == b.1);
    assert_eq!(challenges.len(), 5, "each is a challenge of its own: {challenges:?}");
    world.verify(&mine.challenge(), "mine", &code).await.expect(200);
}

#[tokio::test]
async fn a06_16_a_resend_does_not_reset_the_counter() {
    let world = World::with("profile = \"development\"\notp.failures_until_lock = 5").await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    for _ in 0..3 {
        world.verify(&shown.challenge(), "s", &wrong(&code)).await.expect_problem(422, "otp/code-wrong");
    }
    world.age(31).await;
    world.resend(&shown.challenge(), "s", None).await.expect(202);
    for _ in 0..2 {
        world.verify(&shown.challenge(), "s", &wrong(&code)).await.expect_problem(422, "otp/code-wrong");
    }
    world.issue(&login(&person, "s2")).await.expect_problem(423, "otp/locked");
}

#[tokio::test]
async fn a06_17_a_new_login_does_not_reset_the_counter_and_success_does() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let failures = async || {
        let row: Option<i32> = sqlx::query_scalar("SELECT in_a_row FROM otp_failures WHERE NOT proof")
            .fetch_optional(&world.pool)
            .await
            .unwrap();
        row.unwrap_or_default()
    };
    for (session, expected) in [("s1", 2), ("s2", 4)] {
        let shown = world.issue(&login(&person, session)).await.expect(201);
        let bad = wrong(&world.last_code("sms", &person.phone));
        for _ in 0..2 {
            world.verify(&shown.challenge(), session, &bad).await.expect_problem(422, "otp/code-wrong");
        }
        assert_eq!(failures().await, expected);
    }
    let shown = world.issue(&login(&person, "s2")).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    world.verify(&shown.challenge(), "s2", &code).await.expect(200);
    assert_eq!(failures().await, 0);
}

#[tokio::test]
async fn a06_18_ten_failures_lock_the_factor_for_good_and_enrolling_anew_unlocks_it() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let mut failures = 0;
    for session in ["s1", "s2"] {
        world.forget_limits().await;
        let shown = world.issue(&login(&person, session)).await.expect(201);
        let bad = wrong(&world.last_code("sms", &person.phone));
        for _ in 0..5 {
            world.verify(&shown.challenge(), session, &bad).await.expect_problem(422, "otp/code-wrong");
            failures += 1;
            // Lets the growing wait pass without ending the life of the code.
            sqlx::query("UPDATE otp_failures SET next_try_at = NULL").execute(&world.pool).await.unwrap();
        }
    }
    assert_eq!(failures, 10);
    world.forget_limits().await;
    world.issue(&login(&person, "s3")).await.expect_problem(423, "otp/locked");
    world.age(100_000).await;
    world.issue(&login(&person, "s4")).await.expect_problem(423, "otp/locked");

    world.enrol_sms(&person).await;
    world.issue(&login(&person, "s5")).await.expect(201);
}

#[tokio::test]
async fn a_lock_shuts_a_challenge_that_is_already_open() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    world.verify(&shown.challenge(), "s", &wrong(&code)).await.expect(422);
    sqlx::query("UPDATE otp_failures SET locked_at = now()").execute(&world.pool).await.unwrap();
    world.verify(&shown.challenge(), "s", &code).await.expect_problem(423, "otp/locked");
    world.resend(&shown.challenge(), "s", None).await.expect_problem(423, "otp/locked");
}

#[tokio::test]
async fn a06_19_inside_the_wait_the_right_code_is_neither_looked_at_nor_used_up() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s1")).await.expect(201);
    let bad = wrong(&world.last_code("sms", &person.phone));
    for _ in 0..5 {
        world.verify(&shown.challenge(), "s1", &bad).await.expect_problem(422, "otp/code-wrong");
    }
    let shown = world.issue(&login(&person, "s2")).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    let early = world.verify(&shown.challenge(), "s2", &code).await.expect_problem(429, "otp/rate-limited");
    assert_eq!(early.retry_after, Some(30));
    assert_eq!(early.body["retry_after_seconds"], 30);
    assert_eq!(world.status(&shown.challenge()).await["status"], "pending");
    world.age(30).await;
    world.verify(&shown.challenge(), "s2", &code).await.expect(200);
}

/// Wrong codes that were looked at came before the right one that was accepted: it resets what they counted, also
/// when they were still on their way as it came.
#[tokio::test]
async fn a06_17_the_right_code_resets_what_wrong_ones_beside_it_counted() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    let (challenge, code) = (shown.challenge(), world.last_code("sms", &person.phone));
    let bad = wrong(&code);
    let mut holder = world.pool.begin().await.unwrap();
    sqlx::query("SELECT FROM otp_challenges FOR UPDATE").execute(&mut *holder).await.unwrap();
    // They come in this order, and wait in it.
    let first = world.verify(&challenge, "s", &bad);
    let second = async {
        waiting(&mut holder, 1).await;
        let right = world.verify(&challenge, "s", &code);
        let release = async {
            waiting(&mut holder, 2).await;
            holder.commit().await.unwrap();
        };
        futures::future::join(right, release).await.0
    };
    let (first, second) = futures::future::join(first, second).await;
    first.expect_problem(422, "otp/code-wrong");
    second.expect(200);
    let counted: Vec<i32> = sqlx::query_scalar("SELECT in_a_row FROM otp_failures WHERE NOT proof")
        .fetch_all(&world.pool)
        .await
        .unwrap();
    assert_eq!(counted, [0]);
}

#[tokio::test]
async fn a06_21_a_pasted_code_is_understood_and_a_long_one_is_refused() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    world.verify(&shown.challenge(), "s", &"1".repeat(65)).await.expect_problem(400, "request/invalid");
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    let approved = world.verify(&shown.challenge(), "s", &spaced).await.expect(200);
    assert_eq!(approved.body["status"], "approved");
}

#[tokio::test]
async fn a06_23_a_lost_answer_is_given_again_and_another_call_is_refused() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    let challenge = shown.challenge();
    let first = world.verify_as("msg_1", &challenge, "s", &code).await.expect(200);
    world.clock.advance(chrono::TimeDelta::seconds(5));
    let again = world.verify_as("msg_1", &challenge, "s", &code).await;
    assert_eq!(again, first);
    world.verify_as("msg_2", &challenge, "s", &code).await.expect_problem(410, "otp/already-used");
}

#[tokio::test]
async fn a_right_code_among_wrong_ones_in_parallel_is_accepted_at_most_once_and_never_after_the_tries() {
    let world = Arc::new(World::new().await);
    let person = somebody();
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    let (challenge, code) = (shown.challenge(), world.last_code("sms", &person.phone));
    let bad = wrong(&code);
    let calls = (0..40).map(|n| world.verify(&challenge, "s", if n % 4 == 3 { &code } else { &bad }));
    let replies = futures::future::join_all(calls).await;
    let approved = replies.iter().filter(|reply| reply.status == 200).count();
    let looked_at = replies.iter().filter(|reply| reply.code() == "otp/code-wrong").count();
    assert!(approved <= 1 && looked_at <= 5, "{approved} approved, {looked_at} wrong");
    assert!(approved == 1 || looked_at == 5, "{approved} approved, {looked_at} wrong");
}
