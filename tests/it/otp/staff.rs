//! What staff do with the factors of people.

use std::sync::Arc;

use gatehouse::{
    adapters::keycloak::{KeycloakError, MemoryKeycloak},
    audit::{Actor, Origin},
    otp::{
        CredentialJob, FactorName, FactorRecord, OtpError, Refusal, Reset, StaffAct, follow_keycloak_in_tx,
    },
    platform::jobs::{Done, Failed, Handler as _, Job},
};
use sqlx::Row as _;

use super::world::{Person, World, enrolment, login, somebody, wrong};

fn act(who: &str) -> StaffAct {
    let origin = Origin { ip_address: Some("192.0.2.9".parse().unwrap()), ..Origin::default() };
    StaffAct::new(Actor::Person { user_id: who.to_owned() }, origin, "they called from a known number")
        .unwrap()
}

fn named<'a>(person: &'a Person, id: &str) -> FactorName<'a> {
    FactorName { realm: "gatehouse", user_id: &person.user_id, id: id.parse().unwrap() }
}

async fn records(world: &World, person: &Person) -> Vec<FactorRecord> {
    world.features.otp.factors_on_record("gatehouse", &person.user_id).await.unwrap()
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, OtpError>, expected: &Refusal) {
    match result {
        Err(OtpError::Refused(refusal)) => assert_eq!(&refusal, expected),
        other => panic!("expected {expected:?}, got {other:?}"),
    }
}

/// Lets a second pass, so that the trail has an order.
fn later(world: &World) {
    world.clock.advance(chrono::TimeDelta::seconds(1));
}

/// The trail of a person: action, who, why, from where.
async fn trail(world: &World) -> Vec<(String, String, String)> {
    let rows = sqlx::query(
        "SELECT action, actor_id, reason, subject_kind, after::text FROM audit_entries
         ORDER BY occurred_at, entry_id",
    )
    .fetch_all(&world.pool)
    .await
    .unwrap();
    rows.iter()
        .map(|row| {
            assert_eq!(row.get::<&str, _>(3), "person");
            assert!(row.get::<&str, _>(4).contains("•••"), "masked");
            (row.get(0), row.get(1), row.get(2))
        })
        .collect()
}

/// Runs what is queued for Keycloak; says which factors were to go.
async fn run_jobs(world: &World, keycloak: &Arc<MemoryKeycloak>) -> Vec<String> {
    let keys: Vec<String> =
        sqlx::query_scalar("DELETE FROM jobs WHERE kind = 'otp.remove_credential' RETURNING key")
            .fetch_all(&world.pool)
            .await
            .unwrap();
    let handler = CredentialJob { pool: world.pool.clone(), keycloak: keycloak.clone() };
    for key in &keys {
        let job = Job { kind: handler.kind().to_owned(), key: key.clone(), attempts: 0 };
        assert_eq!(handler.run(&job).await.unwrap(), Done::Finished);
    }
    keys
}

#[tokio::test]
async fn a06_46_every_factor_ever_bound_is_on_record_with_its_dates_and_masked() {
    let world = World::new().await;
    let (person, new) = (somebody(), somebody());
    let first = world.enrol_sms(&person).await;
    let mail = world.enrol_email(&person).await;
    let second = world.enrol(&person, "sms", &new.phone).await;
    let mut connection = world.pool.acquire().await.unwrap();
    for present in [vec![&mail, &second], vec![&second]] {
        let present: Vec<_> = present.into_iter().map(|id| id.parse().unwrap()).collect();
        follow_keycloak_in_tx(&mut connection, &person.user_id, &present).await.unwrap();
    }
    drop(connection);
    let records = records(&world, &person).await;
    let seen: Vec<_> = records
        .iter()
        .map(|it| (it.id.to_string(), it.bound_at.is_some(), it.ended_at.is_some(), it.end_reason.as_deref()))
        .collect();
    assert_eq!(
        seen,
        [
            (second, true, false, None),
            (mail, true, true, Some("removed")),
            (first, false, true, Some("replaced")),
        ]
    );
    let text = serde_json::to_string(&records).unwrap();
    assert!(!text.contains(&person.phone) && !text.contains(&person.email) && text.contains("•••"), "{text}");
}

#[tokio::test]
async fn a_disabled_factor_opens_nothing_leaves_keycloak_and_cannot_be_enrolled_again() {
    let world = World::new().await;
    let (person, keycloak) = (somebody(), Arc::new(MemoryKeycloak::default()));
    let otp = &world.features.otp;
    let id = world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    otp.disable_factor(named(&person, &id), &act("staff-1")).await.unwrap();
    refused(otp.disable_factor(named(&person, &id), &act("staff-1")).await, &Refusal::Unchanged);

    world.verify(&shown.challenge(), "s", &code).await.expect_problem(410, "otp/code-expired");
    world.issue(&login(&person, "t")).await.expect_problem(409, "otp/no-factor");
    assert_eq!(run_jobs(&world, &keycloak).await, [id.as_str()]);
    assert_eq!(keycloak.state().removed_factors, [(person.user_id.clone(), id.clone())]);
    world
        .issue(&enrolment(&person, "e", "sms", &person.phone))
        .await
        .expect_problem(422, "otp/destination-invalid");

    let record = &records(&world, &person).await[0];
    assert!(record.disabled_at.is_some() && record.ended_at.is_none());
    assert_eq!(record.disabled_reason.as_deref(), Some("they called from a known number"));

    later(&world);
    otp.enable_factor(named(&person, &id), &act("staff-2")).await.unwrap();
    refused(otp.enable_factor(named(&person, &id), &act("staff-2")).await, &Refusal::Unchanged);
    world.enrol_sms(&person).await;
    let trail = trail(&world).await;
    let done: Vec<_> = trail.iter().map(|(action, who, _)| (action.as_str(), who.as_str())).collect();
    assert_eq!(done, [("factor.disabled", "staff-1"), ("factor.enabled", "staff-2")]);
    assert!(trail.iter().all(|(.., why)| why == "they called from a known number"));
}

#[tokio::test]
async fn another_spelling_of_a_disabled_address_is_the_same_address() {
    let world = World::new().await;
    let person = somebody();
    let id = world.enrol_email(&person).await;
    world.features.otp.disable_factor(named(&person, &id), &act("staff-1")).await.unwrap();
    let shouted = person.email.to_uppercase();
    let reply = world.issue(&enrolment(&person, "e", "email", &shouted)).await;
    reply.expect_problem(422, "otp/destination-invalid");
}

#[tokio::test]
async fn a_code_on_its_way_to_a_number_that_is_disabled_meanwhile_makes_no_factor() {
    let world = World::new().await;
    let person = somebody();
    let id = world.enrol_sms(&person).await;
    let shown = world.issue(&enrolment(&person, "e", "sms", &person.phone)).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    world.features.otp.disable_factor(named(&person, &id), &act("staff-1")).await.unwrap();
    world.verify(&shown.challenge(), "e", &code).await.expect_problem(410, "otp/code-expired");
    assert_eq!(records(&world, &person).await.len(), 1);
}

#[tokio::test]
async fn keycloak_not_showing_a_disabled_factor_does_not_end_it() {
    let world = World::new().await;
    let person = somebody();
    let id = world.enrol_sms(&person).await;
    let mut connection = world.pool.acquire().await.unwrap();
    follow_keycloak_in_tx(&mut connection, &person.user_id, &[id.parse().unwrap()]).await.unwrap();
    world.features.otp.disable_factor(named(&person, &id), &act("staff-1")).await.unwrap();
    assert!(!follow_keycloak_in_tx(&mut connection, &person.user_id, &[]).await.unwrap());
    assert_eq!(records(&world, &person).await[0].ended_at, None);
}

#[tokio::test]
async fn staff_lock_and_unlock_a_factor_and_twice_is_refused() {
    let world = World::new().await;
    let person = somebody();
    let otp = &world.features.otp;
    let id = world.enrol_sms(&person).await;
    refused(otp.unlock_factor(named(&person, &id), &act("staff-1")).await, &Refusal::Unchanged);
    otp.lock_factor(named(&person, &id), &act("staff-1")).await.unwrap();
    refused(otp.lock_factor(named(&person, &id), &act("staff-1")).await, &Refusal::Unchanged);
    world.issue(&login(&person, "s")).await.expect_problem(423, "otp/locked");
    sqlx::query("UPDATE otp_failures SET changed_at = now() - interval '2 days'")
        .execute(&world.pool)
        .await
        .unwrap();
    otp.clean().await.unwrap();
    world.issue(&login(&person, "s")).await.expect_problem(423, "otp/locked");
    assert!(records(&world, &person).await[0].lock_reason.is_some());

    later(&world);
    otp.unlock_factor(named(&person, &id), &act("staff-2")).await.unwrap();
    world.issue(&login(&person, "s")).await.expect(201);
    let trail = trail(&world).await;
    let done: Vec<_> = trail.iter().map(|(action, who, _)| (action.as_str(), who.as_str())).collect();
    assert_eq!(done, [("factor.locked", "staff-1"), ("factor.unlocked", "staff-2")]);
}

#[tokio::test]
async fn unlocking_forgets_the_wrong_codes() {
    let world = World::with("profile = \"development\"\notp.failures_until_lock = 5").await;
    let person = somebody();
    let id = world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    let bad = wrong(&world.last_code("sms", &person.phone));
    for _ in 0..5 {
        world.verify(&shown.challenge(), "s", &bad).await.expect_problem(422, "otp/code-wrong");
    }
    world.issue(&login(&person, "t")).await.expect_problem(423, "otp/locked");
    assert_eq!(records(&world, &person).await[0].failures, 5);
    world.features.otp.unlock_factor(named(&person, &id), &act("staff-1")).await.unwrap();
    assert_eq!(records(&world, &person).await[0].failures, 0);
    let shown = world.issue(&login(&person, "t")).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    world.verify(&shown.challenge(), "t", &code).await.expect(200);
}

#[tokio::test]
async fn a_reset_needs_two_people_and_makes_the_person_enrol() {
    let world = World::new().await;
    let (person, keycloak) = (somebody(), Arc::new(MemoryKeycloak::default()));
    let otp = &world.features.otp;
    let sms = world.enrol_sms(&person).await;
    let mail = world.enrol_email(&person).await;
    let factor = named(&person, &sms);
    assert_eq!(otp.reset_factor(factor, &act("staff-1")).await.unwrap(), Reset::Asked);
    refused(otp.reset_factor(factor, &act("staff-1")).await, &Refusal::SecondPersonNeeded);
    world.issue(&login(&person, "s")).await.expect(201);
    later(&world);
    assert_eq!(otp.reset_factor(factor, &act("staff-2")).await.unwrap(), Reset::Done);
    refused(otp.reset_factor(factor, &act("staff-2")).await, &Refusal::Unchanged);

    assert_eq!(run_jobs(&world, &keycloak).await, [sms.as_str()]);
    assert_eq!(keycloak.state().removed_factors, [(person.user_id.clone(), sms.clone())]);
    let records = records(&world, &person).await;
    assert_eq!(
        (records[0].id.to_string(), records[0].is_primary),
        (mail, true),
        "the other one is primary now"
    );
    assert_eq!((records[1].id.to_string(), records[1].end_reason.as_deref()), (sms, Some("reset")));
    world.enrol_sms(&person).await;
    let trail = trail(&world).await;
    let done: Vec<_> = trail.iter().map(|(action, who, _)| (action.as_str(), who.as_str())).collect();
    assert_eq!(done, [("factor.reset_asked", "staff-1"), ("factor.reset", "staff-2")]);
}

#[tokio::test]
async fn of_two_who_confirm_a_reset_at_once_one_does_it() {
    let world = World::new().await;
    let person = somebody();
    let otp = &world.features.otp;
    let id = world.enrol_sms(&person).await;
    otp.reset_factor(named(&person, &id), &act("staff-1")).await.unwrap();
    let (second, third) = (act("staff-2"), act("staff-3"));
    let (a, b) = futures::future::join(
        otp.reset_factor(named(&person, &id), &second),
        otp.reset_factor(named(&person, &id), &third),
    )
    .await;
    let done = [&a, &b].into_iter().filter(|it| matches!(it, Ok(Reset::Done))).count();
    assert_eq!(done, 1, "{a:?} {b:?}");
    assert_eq!(trail(&world).await.len(), 2);
}

#[tokio::test]
async fn a_request_for_a_reset_is_good_for_a_day() {
    let world = World::new().await;
    let person = somebody();
    let otp = &world.features.otp;
    let id = world.enrol_sms(&person).await;
    otp.reset_factor(named(&person, &id), &act("staff-1")).await.unwrap();
    sqlx::query("UPDATE otp_reset_requests SET asked_at = now() - interval '25 hours'")
        .execute(&world.pool)
        .await
        .unwrap();
    assert_eq!(otp.reset_factor(named(&person, &id), &act("staff-2")).await.unwrap(), Reset::Asked);
    assert_eq!(otp.reset_factor(named(&person, &id), &act("staff-1")).await.unwrap(), Reset::Done);
}

#[tokio::test]
async fn the_factor_of_somebody_else_or_of_nobody_does_not_exist() {
    let world = World::new().await;
    let (person, other) = (somebody(), somebody());
    let id = world.enrol_sms(&person).await;
    let otp = &world.features.otp;
    let elsewhere = FactorName { realm: "other", ..named(&person, &id) };
    for factor in [named(&other, &id), elsewhere, named(&person, &uuid::Uuid::nil().to_string())] {
        let act = act("staff-1");
        refused(otp.disable_factor(factor, &act).await, &Refusal::UnknownFactor);
        refused(otp.enable_factor(factor, &act).await, &Refusal::UnknownFactor);
        refused(otp.lock_factor(factor, &act).await, &Refusal::UnknownFactor);
        refused(otp.unlock_factor(factor, &act).await, &Refusal::UnknownFactor);
        refused(otp.reset_factor(factor, &act).await, &Refusal::UnknownFactor);
    }
    assert_eq!(trail(&world).await, []);
}

#[test]
fn an_act_without_a_reason_is_none() {
    for reason in ["", "  ", &"a".repeat(501), "a\0b"] {
        let act = StaffAct::new(Actor::Service, Origin::default(), reason);
        assert!(matches!(act, Err(Refusal::Invalid(_))), "{reason:?}");
    }
}

#[tokio::test]
async fn a_credential_is_taken_away_until_keycloak_does_it_and_not_when_enabled_meanwhile() {
    let world = World::new().await;
    let (person, keycloak) = (somebody(), Arc::new(MemoryKeycloak::default()));
    let id = world.enrol_sms(&person).await;
    let handler = CredentialJob { pool: world.pool.clone(), keycloak: keycloak.clone() };
    let job = Job { kind: handler.kind().to_owned(), key: id.clone(), attempts: 0 };
    world.features.otp.disable_factor(named(&person, &id), &act("staff-1")).await.unwrap();
    keycloak.state().fault = Some(KeycloakError::Unreachable);
    assert!(matches!(handler.run(&job).await, Err(Failed::Retry(_))));
    keycloak.state().fault = Some(KeycloakError::NotFound);
    assert_eq!(handler.run(&job).await.unwrap(), Done::Finished, "the person is gone");
    keycloak.state().fault = None;
    world.features.otp.enable_factor(named(&person, &id), &act("staff-1")).await.unwrap();
    assert_eq!(handler.run(&job).await.unwrap(), Done::Finished);
    assert_eq!(keycloak.state().removed_factors, []);
}

#[tokio::test]
async fn a_credential_that_keycloak_shows_of_an_unusable_factor_is_taken_away() {
    let world = World::new().await;
    let (person, new) = (somebody(), somebody());
    let keycloak = Arc::new(MemoryKeycloak::default());
    let replaced = world.enrol_sms(&person).await;
    let live = world.enrol(&person, "sms", &new.phone).await;
    let present = [&replaced, &live].map(|id| id.parse().unwrap());
    let mut connection = world.pool.acquire().await.unwrap();
    follow_keycloak_in_tx(&mut connection, &person.user_id, &present).await.unwrap();
    drop(connection);
    assert_eq!(run_jobs(&world, &keycloak).await, [replaced.as_str()]);
}
