//! Factors: proven, listed, replaced, removed.

use gatehouse::otp::{self, FactorId};
use serde_json::{Value, json};
use sqlx::Row as _;

use super::world::{Person, World, enrolment, login, somebody};

async fn ended(world: &World, factor: &str) -> Option<String> {
    sqlx::query("SELECT end_reason FROM otp_factors WHERE id = $1::uuid")
        .bind(factor)
        .fetch_one(&world.pool)
        .await
        .unwrap()
        .get(0)
}

async fn follow(world: &World, person: &Person, present: &[&str]) -> bool {
    let present: Vec<FactorId> = present.iter().map(|id| id.parse().unwrap()).collect();
    let mut connection = world.pool.acquire().await.unwrap();
    otp::follow_keycloak_in_tx(&mut connection, &person.user_id, &present).await.unwrap()
}

#[tokio::test]
async fn a_factor_is_made_only_when_its_code_was_right() {
    let world = World::new().await;
    let person = somebody();
    world.issue(&enrolment(&person, "s", "sms", &person.phone)).await.expect(201);
    assert_eq!(world.factors(&person).await, Vec::<Value>::new());
    world.issue(&login(&person, "t")).await.expect_problem(409, "otp/no-factor");
    let id = world.enrol_sms(&person).await;
    let listed = world.factors(&person).await;
    assert_eq!(listed.len(), 1);
    let hint = format!("+62 ••• {}", &person.phone[person.phone.len() - 2..]);
    assert_eq!(
        listed[0],
        json!({"id": id, "channel": "sms", "hint": hint, "primary": true,
               "verified_at": listed[0]["verified_at"], "disabled_at": null})
    );
    assert!(listed[0]["verified_at"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn there_is_one_factor_a_channel_and_the_older_stays_on_record() {
    let world = World::new().await;
    let (person, new) = (somebody(), somebody());
    let first = world.enrol_sms(&person).await;
    let by_mail = world.enrol_email(&person).await;
    let second = world.enrol(&person, "sms", &new.phone).await;
    let listed = world.factors(&person).await;
    let ids: Vec<&str> = listed.iter().map(|factor| factor["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2);
    assert!(ids.contains(&second.as_str()) && ids.contains(&by_mail.as_str()));
    let primary = listed.iter().filter(|factor| factor["primary"] == true).count();
    assert_eq!(primary, 1, "{listed:?}");
    assert_eq!(ended(&world, &first).await.as_deref(), Some("replaced"));
}

#[tokio::test]
async fn a06_44_a_replaced_number_opens_nothing_any_more() {
    let world = World::new().await;
    let (person, new) = (somebody(), somebody());
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    world.enrol(&person, "sms", &new.phone).await;
    world.verify(&shown.challenge(), "s", &code).await.expect_problem(410, "otp/code-expired");
    let again = world.issue(&login(&person, "s")).await.expect(201);
    assert_ne!(again.challenge(), shown.challenge());
    let code = world.last_code("sms", &new.phone);
    world.verify(&again.challenge(), "s", &code).await.expect(200);
}

#[tokio::test]
async fn a_factor_ends_when_keycloak_showed_it_and_shows_it_no_longer() {
    let world = World::new().await;
    let person = somebody();
    let sms = world.enrol_sms(&person).await;
    let mail = world.enrol_email(&person).await;
    assert!(!follow(&world, &person, &[]).await, "not shown yet: its credential is on the way");
    assert!(!follow(&world, &person, &[&sms]).await);
    assert!(!follow(&world, &person, &[&sms, &mail]).await);
    assert!(follow(&world, &person, &[&mail]).await);
    assert_eq!(ended(&world, &sms).await.as_deref(), Some("removed"));
    let listed = world.factors(&person).await;
    assert_eq!((listed.len(), &listed[0]["primary"]), (1, &json!(true)), "the other one is primary now");
    assert!(!follow(&world, &person, &[&mail]).await, "twice changes nothing");
    assert!(follow(&world, &person, &[]).await);
    world.issue(&login(&person, "s")).await.expect_problem(409, "otp/no-factor");
}

#[tokio::test]
async fn the_enriched_record_gets_the_factors_of_many_people_at_once() {
    let world = World::new().await;
    let (person, other, nobody) = (somebody(), somebody(), somebody());
    world.enrol_email(&person).await;
    world.enrol_sms(&person).await;
    world.enrol_sms(&other).await;
    let ids = [person.user_id.clone(), other.user_id.clone(), nobody.user_id.clone()];
    let mut connection = world.pool.acquire().await.unwrap();
    let factors = otp::factors_of_in_tx(&mut connection, &ids).await.unwrap();
    let of = |person: &Person| -> Vec<(&str, bool, &str)> {
        factors
            .iter()
            .filter(|factor| factor.user_id == person.user_id)
            .map(|factor| (factor.channel.name(), factor.is_primary, factor.destination.expose().as_str()))
            .collect()
    };
    let expected = [("email", true, person.email.as_str()), ("sms", false, person.phone.as_str())];
    assert_eq!(of(&person), expected);
    assert_eq!(of(&other), [("sms", true, other.phone.as_str())]);
    assert!(of(&nobody).is_empty());
}

#[tokio::test]
async fn a_forgotten_person_leaves_nothing() {
    let world = World::new().await;
    let (person, other) = (somebody(), somebody());
    world.enrol_sms(&person).await;
    world.enrol_sms(&other).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    world.verify(&shown.challenge(), "s", "000000").await;
    let mut connection = world.pool.acquire().await.unwrap();
    otp::forget_in_tx(&mut connection, &person.user_id).await.unwrap();
    drop(connection);
    for table in ["otp_factors", "otp_challenges", "otp_messages"] {
        assert_eq!(world.count(table).await, 1, "{table}: only the other person's");
    }
    assert_eq!(world.factors(&other).await.len(), 1);
}

#[tokio::test]
async fn a_disabled_factor_is_no_factor_and_its_open_challenge_is_shut() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    sqlx::query("UPDATE otp_factors SET disabled_at = now()").execute(&world.pool).await.unwrap();
    world.verify(&shown.challenge(), "s", &code).await.expect_problem(410, "otp/code-expired");
    world.issue(&login(&person, "t")).await.expect_problem(409, "otp/no-factor");
    assert!(world.factors(&person).await[0]["disabled_at"].is_string());
}

#[tokio::test]
async fn two_parallel_proofs_of_one_channel_leave_one_factor() {
    let world = World::new().await;
    let (person, new) = (somebody(), somebody());
    let (a, b) = (
        world.issue(&enrolment(&person, "a", "sms", &person.phone)).await.expect(201),
        world.issue(&enrolment(&person, "b", "sms", &new.phone)).await.expect(201),
    );
    let codes = (world.last_code("sms", &person.phone), world.last_code("sms", &new.phone));
    let (challenge_a, challenge_b) = (a.challenge(), b.challenge());
    let (first, second) = futures::future::join(
        world.verify(&challenge_a, "a", &codes.0),
        world.verify(&challenge_b, "b", &codes.1),
    )
    .await;
    let statuses = [first.status.as_u16(), second.status.as_u16()];
    assert!(statuses.contains(&200), "{statuses:?}");
    assert_eq!(world.factors(&person).await.len(), 1);
}
