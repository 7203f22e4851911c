//! Messages on their way: what the page is told, and what happens after faults.

use std::sync::Arc;

use async_trait::async_trait;
use gatehouse::{
    adapters::{
        mail::MemoryMailer,
        oidc::MemoryProvider,
        sending::{NotSent, Receipt},
        sms::{MemorySms, Sms, SmsSender},
    },
    app::{Config, Ports},
    platform::{clock::ManualClock, entropy::OsEntropy},
};
use serde_json::json;
use tokio::sync::Notify;

use super::world::{World, enrolment, eventually, login, somebody};
use crate::{config::MINIMAL, support::TestDatabase};

const REFUSED: NotSent = NotSent::Refused { reason: "number" };
const UNAVAILABLE: NotSent = NotSent::Unavailable { reason: "connect" };
const UNKNOWN: NotSent = NotSent::Unknown { reason: "timeout" };

async fn message_state(world: &World) -> String {
    sqlx::query_scalar("SELECT state FROM otp_messages ORDER BY created_at DESC LIMIT 1")
        .fetch_one(&world.pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_refusal_is_told_at_once_and_the_next_try_is_a_new_challenge() {
    for fault in [REFUSED, UNAVAILABLE] {
        let world = World::new().await;
        let person = somebody();
        world.sms.fail_with(Some(fault));
        let body = enrolment(&person, "s", "sms", &person.phone);
        let bytes = serde_json::to_vec(&body).unwrap();
        let refused = world.call_as("msg_1", "POST", "/otp/v1/challenges", &bytes).await;
        let refused = refused.expect_problem(503, "otp/delivery-unavailable");
        let again = world.call_as("msg_1", "POST", "/otp/v1/challenges", &bytes).await;
        assert_eq!(again, refused, "a repetition is told the same");
        world.sms.fail_with(None);
        let shown = world.issue(&body).await.expect(201);
        let code = world.last_code("sms", &person.phone);
        world.verify(&shown.challenge(), "s", &code).await.expect(200);
    }
}

#[tokio::test]
async fn a_refused_repetition_leaves_the_first_message_of_use() {
    let world = World::new().await;
    let person = somebody();
    let shown = world.issue(&enrolment(&person, "s", "sms", &person.phone)).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    world.age(31).await;
    world.sms.fail_with(Some(REFUSED));
    let again = world.resend(&shown.challenge(), "s", None).await;
    again.expect_problem(503, "otp/delivery-unavailable");
    assert_eq!(world.status(&shown.challenge()).await, json!({"status": "pending", "delivery": "failed"}));
    world.verify(&shown.challenge(), "s", &code).await.expect(200);
}

#[tokio::test]
async fn a06_34_what_may_have_been_taken_is_never_sent_again_by_itself() {
    let world = World::new().await;
    let person = somebody();
    world.sms.fail_with(Some(UNKNOWN));
    let shown = world.issue(&enrolment(&person, "s", "sms", &person.phone)).await.expect(201);
    assert_eq!(world.status(&shown.challenge()).await, json!({"status": "pending", "delivery": "unknown"}));
    world.age(10).await;
    world.features.otp.rescue().await.unwrap();
    world.tasks.close();
    world.tasks.wait().await;
    assert_eq!(world.sms.calls(), 1);
}

#[tokio::test]
async fn a06_34_a_provider_that_is_away_is_tried_three_times_in_quick_succession() {
    let world = World::new().await;
    let person = somebody();
    world.sms.fail_with(Some(UNAVAILABLE));
    let reply = world.issue(&enrolment(&person, "s", "sms", &person.phone)).await;
    reply.expect_problem(503, "otp/delivery-unavailable");
    assert_eq!(world.sms.calls(), 3);
}

#[tokio::test]
async fn after_five_failures_a_provider_is_left_alone_until_it_has_rested() {
    let world = World::new().await;
    world.sms.fail_with(Some(UNAVAILABLE));
    for _ in 0..4 {
        let person = somebody();
        let reply = world.issue(&enrolment(&person, "s", "sms", &person.phone)).await;
        reply.expect_problem(503, "otp/delivery-unavailable");
    }
    assert_eq!(world.sms.calls(), 5);
    world.sms.fail_with(None);
    world.clock.advance(chrono::TimeDelta::seconds(31));
    let person = somebody();
    world.issue(&enrolment(&person, "s", "sms", &person.phone)).await.expect(201);
    assert_eq!(world.sms.calls(), 6);
}

#[tokio::test]
async fn a_message_whose_process_died_goes_out_while_its_code_lives() {
    let world = World::new().await;
    let (person, late) = (somebody(), somebody());
    for (person, session) in [(&person, "s1"), (&late, "s2")] {
        world.issue(&enrolment(person, session, "sms", &person.phone)).await.expect(201);
    }
    let code = world.last_code("sms", &person.phone);
    // As if the process had died between the commit and the delivery, for one of them long ago.
    sqlx::query("UPDATE otp_messages SET state = 'queued', created_at = now() - interval '10 seconds'")
        .execute(&world.pool)
        .await
        .unwrap();
    sqlx::query("UPDATE otp_challenges SET expires_at = now() - interval '1 s' WHERE user_id = $1")
        .bind(&late.user_id)
        .execute(&world.pool)
        .await
        .unwrap();
    let fresh = World::over(world.pool.clone(), "profile = \"development\"");
    assert_eq!(fresh.features.otp.rescue().await.unwrap(), 2);
    fresh.tasks.close();
    fresh.tasks.wait().await;
    assert_eq!(fresh.sent(), 1);
    assert_eq!(fresh.last_code("sms", &person.phone), code);
    let failed: String = sqlx::query_scalar("SELECT reason FROM otp_messages WHERE state = 'failed'")
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert_eq!(failed, "too_late");
}

#[tokio::test]
async fn a_message_whose_worker_died_on_the_way_is_unknown() {
    let world = World::new().await;
    let person = somebody();
    let shown = world.issue(&enrolment(&person, "s", "sms", &person.phone)).await.expect(201);
    sqlx::query("UPDATE otp_messages SET state = 'sending', lease_until = now() - interval '1 second'")
        .execute(&world.pool)
        .await
        .unwrap();
    assert_eq!(world.status(&shown.challenge()).await["delivery"], "queued");
    assert_eq!(world.features.otp.rescue().await.unwrap(), 0);
    assert_eq!(world.status(&shown.challenge()).await["delivery"], "unknown");
}

#[tokio::test]
async fn two_instances_hand_a_message_over_once() {
    let world = World::new().await;
    let person = somebody();
    world.issue(&enrolment(&person, "s", "sms", &person.phone)).await.expect(201);
    sqlx::query("UPDATE otp_messages SET state = 'queued', created_at = now() - interval '10 seconds'")
        .execute(&world.pool)
        .await
        .unwrap();
    let instances: Vec<World> =
        (0..4).map(|_| World::over(world.pool.clone(), "profile = \"development\"")).collect();
    futures::future::join_all(instances.iter().map(|it| it.features.otp.rescue())).await;
    for instance in &instances {
        instance.tasks.close();
        instance.tasks.wait().await;
    }
    assert_eq!(instances.iter().map(World::sent).sum::<usize>(), 1);
    assert_eq!(message_state(&world).await, "sent");
}

/// A provider that answers only when it is told to.
struct Slow(Notify);

#[async_trait]
impl SmsSender for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }
    async fn send(&self, _: &Sms) -> Result<Receipt, NotSent> {
        self.0.notified().await;
        Ok(Receipt::default())
    }
}

fn world_over(pool: sqlx::PgPool, sms: Vec<Arc<dyn SmsSender>>, settings: &str) -> World {
    let config = Config::from_toml(&format!("{MINIMAL}\nprofile = \"development\"\n{settings}")).unwrap();
    let clock =
        Arc::new(ManualClock::starting_at(chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::weeks(3000)));
    let provider = Arc::new(MemoryProvider::default());
    let ports = Ports {
        keycloak: std::sync::Arc::new(gatehouse::adapters::keycloak::MemoryKeycloak::default()),
        clock: clock.clone(),
        entropy: Arc::new(OsEntropy),
        mailers: Vec::new(),
        sms,
        provider,
    };
    let (mail, memory) = (Arc::new(MemoryMailer::default()), Arc::new(MemorySms::default()));
    World::built(pool, &config, &ports, clock, mail, memory)
}

#[tokio::test]
async fn a_slow_provider_is_not_waited_for_and_holds_no_connection() {
    let slow = Arc::new(Slow(Notify::new()));
    let database = TestDatabase::create().await;
    let world = world_over(database.pool, vec![slow.clone()], "otp.delivery_wait_millis = 50");
    let person = somebody();
    let shown = world.issue(&enrolment(&person, "s", "sms", &person.phone)).await.expect(201);
    assert_eq!(world.status(&shown.challenge()).await["delivery"], "queued");
    let busy: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
    )
    .fetch_one(&world.pool)
    .await
    .unwrap();
    assert_eq!(busy, 0, "nothing waits for a provider inside a transaction");
    slow.0.notify_one();
    eventually("the message is sent", async || {
        let delivery = world.status(&shown.challenge()).await["delivery"].clone();
        if delivery == "sent" { Ok(()) } else { Err(delivery.to_string()) }
    })
    .await;
}

#[tokio::test]
async fn the_next_provider_takes_what_the_first_certainly_did_not() {
    for (fault, taken) in [(REFUSED, 1), (UNAVAILABLE, 1), (UNKNOWN, 0)] {
        let (first, second) = (Arc::new(MemorySms::default()), Arc::new(MemorySms::default()));
        first.fail_with(Some(fault));
        let database = TestDatabase::create().await;
        let world = world_over(database.pool, vec![first.clone(), second.clone()], "");
        let person = somebody();
        world.issue(&enrolment(&person, "s", "sms", &person.phone)).await.expect(201);
        assert_eq!(second.messages().len(), taken, "{fault:?}");
        assert_eq!(first.calls(), 1);
    }
}

#[tokio::test]
async fn without_a_provider_the_channel_is_unavailable() {
    let database = TestDatabase::create().await;
    let world = world_over(database.pool, Vec::new(), "");
    let person = somebody();
    let reply = world.issue(&enrolment(&person, "s", "sms", &person.phone)).await;
    reply.expect_problem(503, "otp/delivery-unavailable");
}

#[tokio::test]
async fn a06_08_old_rows_go_and_young_ones_stay() {
    let world = World::new().await;
    let (person, other) = (somebody(), somebody());
    world.enrol_sms(&person).await;
    sqlx::query("UPDATE otp_challenges SET expires_at = now() - interval '61 minutes'")
        .execute(&world.pool)
        .await
        .unwrap();
    sqlx::query("UPDATE webhook_requests SET received_at = now() - interval '11 minutes'")
        .execute(&world.pool)
        .await
        .unwrap();
    sqlx::query("UPDATE otp_limits SET changed_at = now() - interval '26 hours'")
        .execute(&world.pool)
        .await
        .unwrap();
    world.enrol_sms(&other).await;
    world.issue(&login(&other, "s")).await.expect(201);
    assert!(world.features.otp.clean().await.unwrap() > 0);
    assert_eq!(world.count("otp_challenges").await, 2);
    assert_eq!(world.count("otp_messages").await, 2);
    assert_eq!(world.count("webhook_requests").await, 3);
    assert_eq!(world.count("otp_factors").await, 2, "factors are a record, not a trace");
    assert_eq!(world.features.otp.clean().await.unwrap(), 0, "nothing more to do");
    // The limits of the first person's own number are gone; what is shared was used again since.
    let scopes: i64 = sqlx::query_scalar("SELECT count(*) FROM otp_limits WHERE scope = 'destination'")
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert_eq!(scopes, 1);
}
