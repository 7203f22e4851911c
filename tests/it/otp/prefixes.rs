//! The conversion watch, and what text messages cost.

use gatehouse::{
    audit::{Actor, Origin},
    otp::{OtpError, Refusal, StaffAct},
};
use sqlx::Row as _;

use super::world::{Person, World, enrolment, somebody, wrong};

/// Few enough to judge by that a test is quick, in the production profile.
const SETTINGS: &str = "otp.limits.per_address = 1000\notp.limits.per_prefix = 1000\n\
                        otp.limits.per_destination = 20";

/// How often instances are sent at the same row at once, until they are sure to meet.
const ROUNDS_TO_MEET: i64 = 100;

fn person_at(prefix: &str, number: usize) -> Person {
    Person { phone: format!("{prefix}{number:04}"), ..somebody() }
}

fn staff() -> StaffAct {
    let actor = Actor::Person { user_id: "staff-1".to_owned() };
    StaffAct::new(actor, Origin::default(), "the operator confirmed them").unwrap()
}

/// Sends to this many numbers of a prefix; the first `entered` of them enter their codes.
async fn send(world: &World, prefix: &str, numbers: std::ops::Range<usize>, entered: usize) {
    for number in numbers {
        let person = person_at(prefix, number);
        let session = format!("s{number}");
        let shown = world.issue(&enrolment(&person, &session, "sms", &person.phone)).await.expect(201);
        let code = world.last_code("sms", &person.phone);
        let code = if number < entered { code } else { wrong(&code) };
        world.verify(&shown.challenge(), &session, &code).await;
    }
}

#[tokio::test]
async fn a06_32_a_prefix_from_which_no_code_comes_back_is_blocked_and_an_honest_one_is_not() {
    let world = World::with(SETTINGS).await;
    let otp = &world.features.otp;
    send(&world, "+62812980", 0..25, 0).await;
    send(&world, "+62812981", 0..25, 20).await;
    assert_eq!(otp.watch_conversion().await.unwrap(), 0, "nobody had the time to enter a code yet");
    world.age(61).await;
    assert_eq!(otp.watch_conversion().await.unwrap(), 1);
    assert_eq!(otp.watch_conversion().await.unwrap(), 0, "once");

    let blocked = otp.blocked_prefixes().await.unwrap();
    let seen: Vec<_> = blocked
        .iter()
        .map(|it| (it.prefix.as_str(), it.country.as_str(), it.messages, it.approved))
        .collect();
    assert_eq!(seen, [("+62812980", "ID", 25, 0)]);
    assert_eq!((blocked[0].blocked_until - blocked[0].blocked_at).num_hours(), 12);

    let sent = world.sent();
    let victim = person_at("+62812980", 9999);
    let refused = world.issue(&enrolment(&victim, "v", "sms", &victim.phone)).await;
    let wait = refused.expect_problem(429, "otp/rate-limited").retry_after.unwrap();
    assert!((43_000..=43_200).contains(&wait), "{wait}");
    assert_eq!(world.sent(), sent);
    world.issue(&enrolment(&victim, "v", "email", &victim.email)).await.expect(201);
    let honest = person_at("+62812981", 9999);
    world.issue(&enrolment(&honest, "h", "sms", &honest.phone)).await.expect(201);

    let entry = sqlx::query("SELECT actor_kind, subject_id, after::text FROM audit_entries")
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert_eq!((entry.get::<&str, _>(0), entry.get::<&str, _>(1)), ("service", "+62812980"));
    assert!(entry.get::<&str, _>(2).contains("25"));
}

#[tokio::test]
async fn a06_32_of_two_instances_one_blocks() {
    let world = World::with(SETTINGS).await;
    send(&world, "+62812982", 0..20, 0).await;
    world.age(61).await;
    let instances: Vec<World> = (0..4).map(|_| World::over(world.pool.clone(), SETTINGS)).collect();
    // They seldom meet in the middle of a statement: one round would pass by luck.
    for round in 1..=ROUNDS_TO_MEET {
        let watches = instances.iter().map(|it| it.features.otp.watch_conversion());
        let blocked = futures::future::join_all(watches).await;
        assert_eq!(blocked.into_iter().map(Result::unwrap).sum::<usize>(), 1, "round {round}");
        assert_eq!(world.count("audit_entries").await, round);
        sqlx::query("DELETE FROM otp_blocked_prefixes").execute(&world.pool).await.unwrap();
    }
}

#[tokio::test]
async fn too_few_messages_judge_nobody_and_what_nobody_took_does_not_count() {
    let world = World::with(SETTINGS).await;
    send(&world, "+62812983", 0..19, 0).await;
    send(&world, "+62812984", 0..20, 0).await;
    sqlx::query(
        "UPDATE otp_messages SET state = 'failed', provider_message_id = NULL
         WHERE id = (SELECT id FROM otp_messages WHERE prefix = '+62812984' LIMIT 1)",
    )
    .execute(&world.pool)
    .await
    .unwrap();
    world.age(61).await;
    assert_eq!(world.features.otp.watch_conversion().await.unwrap(), 0);
}

#[tokio::test]
async fn staff_let_a_prefix_go_once_and_it_is_judged_anew() {
    let world = World::with(SETTINGS).await;
    let otp = &world.features.otp;
    send(&world, "+62812985", 0..20, 0).await;
    world.age(61).await;
    assert_eq!(otp.watch_conversion().await.unwrap(), 1);
    assert_eq!(otp.lift_prefix("+62812985", &staff()).await.unwrap().messages, 20);
    assert_eq!(otp.blocked_prefixes().await.unwrap(), []);
    let twice = otp.lift_prefix("+62812985", &staff()).await.unwrap_err();
    assert!(matches!(twice, OtpError::Refused(Refusal::Unchanged)), "{twice:?}");
    assert_eq!(otp.watch_conversion().await.unwrap(), 0, "what was before does not count again");

    let entry = sqlx::query("SELECT actor_id, reason FROM audit_entries WHERE action = 'sms_prefix.lifted'")
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert_eq!(entry.get::<&str, _>(0), "staff-1");
    assert_eq!(entry.get::<&str, _>(1), "the operator confirmed them");

    sqlx::query("UPDATE otp_blocked_prefixes SET lifted_at = now() - interval '2 minutes'")
        .execute(&world.pool)
        .await
        .unwrap();
    sqlx::query("DELETE FROM otp_challenges").execute(&world.pool).await.unwrap();
    send(&world, "+62812985", 100..120, 0).await;
    world.age(61).await;
    assert_eq!(otp.watch_conversion().await.unwrap(), 1);
}

#[tokio::test]
async fn a_block_ends_by_itself_and_goes_a_day_later() {
    let world = World::with(SETTINGS).await;
    send(&world, "+62812986", 0..20, 0).await;
    world.age(61).await;
    assert_eq!(world.features.otp.watch_conversion().await.unwrap(), 1);
    for (ago, rows) in [("1 second", 1), ("25 hours", 0)] {
        sqlx::query("UPDATE otp_blocked_prefixes SET blocked_until = now() - $1::interval")
            .bind(ago)
            .execute(&world.pool)
            .await
            .unwrap();
        let person = person_at("+62812986", 9999);
        world.issue(&enrolment(&person, ago, "sms", &person.phone)).await.expect(201);
        world.features.otp.clean().await.unwrap();
        assert_eq!(world.count("otp_blocked_prefixes").await, rows, "{ago}");
    }
}

#[tokio::test]
async fn what_text_messages_cost_is_known_by_hour_and_day() {
    let world = World::with("otp.limits.price_micros = 80000\notp.limits.money_per_hour = 7").await;
    let nothing = world.features.otp.sms_spend().await.unwrap();
    assert_eq!((nothing.hour.spent_micros, nothing.hour.budget_micros), (0, 7_000_000));
    let person = somebody();
    world.issue(&enrolment(&person, "s", "sms", &person.phone)).await.expect(201);
    world.issue(&enrolment(&person, "s", "email", &person.email)).await.expect(201);
    let spend = world.features.otp.sms_spend().await.unwrap();
    assert_eq!((spend.hour.spent_micros, spend.day.spent_micros), (80_000, 80_000));
    assert_eq!(spend.day.budget_micros, 500_000_000);
}
