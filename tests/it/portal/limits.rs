//! How often the pages act.

use chrono::TimeDelta;

use super::world::World;
use crate::support::keycloak_events::Person;

#[tokio::test]
async fn a_person_sends_sixty_forms_a_minute_and_takes_nothing_from_another() {
    let (world, siti, dewi) = (World::new().await, Person::new("siti"), Person::new("dewi"));
    world.tell(&siti, 1).await;
    world.tell(&dewi, 1).await;
    let mut browser = world.signed_in(&siti, "s-1").await;
    let token = browser.get("/account").await.form_token();
    let fields = [("first_name", ""), ("form_token", token.as_str())];
    for _ in 0..60 {
        browser.post_raw("/account", &fields).await.expect(422);
    }
    browser.post_raw("/account", &fields).await.expect(429).shows("Terlalu banyak sekaligus");
    let mut other = world.signed_in(&dewi, "s-2").await;
    other.post("/account", "/account", &[("first_name", "")]).await.expect(422);
    world.clock.advance(TimeDelta::seconds(30));
    browser.post_raw("/account", &fields).await.expect(422);
}
