//! Reserved numbers for tests of the whole.

use gatehouse::app::Config;
use serde_json::json;

use super::world::{World, enrolment, login, somebody};
use crate::config::MINIMAL;

const SETTINGS: &str = "profile = \"development\"\notp.test_numbers.\"+6281200000001\" = \"424242\"";

#[tokio::test]
async fn a_test_number_gets_no_message_and_has_its_fixed_code() {
    let world = World::with(SETTINGS).await;
    let person = somebody();
    let shown = world.issue(&enrolment(&person, "e", "sms", "+62 812 0000 0001")).await.expect(201);
    assert_eq!(world.status(&shown.challenge()).await, json!({"status": "pending", "delivery": "delivered"}));
    world.verify(&shown.challenge(), "e", "424243").await.expect_problem(422, "otp/code-wrong");
    world.verify(&shown.challenge(), "e", "424242").await.expect(200);
    let shown = world.issue(&login(&person, "l")).await.expect(201);
    world.verify(&shown.challenge(), "l", "424242").await.expect(200);
    assert_eq!(world.sent(), 0);
}

#[tokio::test]
async fn other_numbers_are_as_always() {
    let world = World::with(SETTINGS).await;
    let person = somebody();
    let shown = world.issue(&enrolment(&person, "e", "sms", &person.phone)).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    assert_ne!(code, "424242");
    world.verify(&shown.challenge(), "e", &code).await.expect(200);
}

#[test]
fn test_numbers_stop_the_start_in_production_and_must_be_usable() {
    let refused =
        |settings: &str| Config::from_toml(&format!("{MINIMAL}\n{settings}")).unwrap_err().to_string();
    let production = refused("otp.test_numbers.\"+6281200000001\" = \"424242\"");
    assert!(production.contains("otp.test_numbers: expected none in the production profile"), "{production}");
    for unusable in
        ["\"+62 812\" = \"424242\"", "\"+6281200000001\" = \"4242\"", "\"+6281200000001\" = \"42424x\""]
    {
        let error = refused(&format!("profile = \"development\"\notp.test_numbers.{unusable}"));
        assert!(
            error.contains("otp.test_numbers: expected at most 20 of E.164 numbers"),
            "{unusable}: {error}"
        );
    }
}
