//! What was a factor until now cannot come back at once.

use gatehouse::otp::{self, FactorId};
use serde_json::Value;

use super::world::{Person, World, enrolment, somebody};

/// Keycloak shows these factors of the person.
async fn shows(world: &World, person: &Person, factors: &[&str]) {
    let factors: Vec<FactorId> = factors.iter().map(|id| id.parse().unwrap()).collect();
    let mut connection = world.pool.acquire().await.unwrap();
    otp::follow_keycloak_in_tx(&mut connection, &person.user_id, &factors).await.unwrap();
}

async fn hours_pass(world: &World, hours: i32) {
    sqlx::query("UPDATE otp_factors SET ended_at = ended_at - make_interval(hours => $1)")
        .bind(hours)
        .execute(&world.pool)
        .await
        .unwrap();
}

#[tokio::test]
async fn a06_44_a_replaced_number_cannot_be_enrolled_again_for_a_day() {
    let world = World::new().await;
    let (person, other) = (somebody(), somebody());
    let old = world.enrol_sms(&person).await;
    shows(&world, &person, &[&old]).await;
    // Asked for while it was still the factor, and entered after it was replaced.
    let late = world.issue(&enrolment(&person, "late", "sms", &person.phone)).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    let new = world.enrol(&person, "sms", &other.phone).await;
    shows(&world, &person, &[&new]).await;
    world.verify(&late.challenge(), "late", &code).await.expect_problem(410, "otp/code-expired");

    world.forget_limits().await;
    let again = enrolment(&person, "again", "sms", &person.phone);
    world.issue(&again).await.expect_problem(422, "otp/destination-invalid");
    world.enrol(&other, "sms", &person.phone).await;
    hours_pass(&world, 23).await;
    world.issue(&again).await.expect_problem(422, "otp/destination-invalid");
    hours_pass(&world, 1).await;
    world.issue(&again).await.expect(201);
}

#[tokio::test]
async fn a_removed_address_cools_off_in_any_spelling_and_what_is_a_factor_can_be_proven_again() {
    let world = World::new().await;
    let person = somebody();
    let first = world.enrol_email(&person).await;
    shows(&world, &person, &[&first]).await;
    let again = world.enrol_email(&person).await;
    shows(&world, &person, &[&again]).await;
    world.enrol_email(&person).await;
    let live: Vec<Value> = world.factors(&person).await;
    shows(&world, &person, &[live[0]["id"].as_str().unwrap()]).await;
    shows(&world, &person, &[]).await;
    assert!(world.factors(&person).await.is_empty());
    world.forget_limits().await;
    let shouted = enrolment(&person, "s", "email", &person.email.replace("person", "PERSON"));
    world.issue(&shouted).await.expect_problem(422, "otp/destination-invalid");
}

#[tokio::test]
async fn what_keycloak_never_showed_may_come_back_and_zero_hours_cool_nothing() {
    let world = World::new().await;
    let (person, other) = (somebody(), somebody());
    world.enrol_sms(&person).await;
    world.enrol(&person, "sms", &other.phone).await;
    world.forget_limits().await;
    world.issue(&enrolment(&person, "s", "sms", &person.phone)).await.expect(201);

    let hot = World::over(world.pool.clone(), "profile = \"development\"\notp.cool_off_hours = 0");
    let id = hot.enrol_sms(&person).await;
    shows(&hot, &person, &[&id]).await;
    shows(&hot, &person, &[]).await;
    hot.forget_limits().await;
    hot.issue(&enrolment(&person, "t", "sms", &person.phone)).await.expect(201);
}
