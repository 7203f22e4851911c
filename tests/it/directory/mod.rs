//! The directory and Keycloak are compared.

use std::sync::Arc;

use gatehouse::{
    adapters::keycloak::{KeycloakError, MemoryKeycloak},
    directory::{Counts, Resync, ResyncError},
    platform::leader::{Leadership, Right},
};
use serde_json::{Value, json};

use crate::support::{
    Service, TestDatabase, TestKafka, eventually,
    keycloak_events::{Person, organization},
    latest,
};

const CHANGE: &str = "org.keycloak.user.UPDATE_PROFILE";

fn resync(database: &TestDatabase, keycloak: &Arc<MemoryKeycloak>) -> Resync {
    Resync { pool: database.pool.clone(), keycloak: keycloak.clone(), realm: "gatehouse".to_owned() }
}

fn group(id: &str, name: &str) -> Value {
    json!({"id": id, "alias": id, "name": name, "enabled": true, "attributes": {}, "members": []})
}

#[tokio::test]
async fn a_resync_counts_and_sends_again_what_differs() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let service = Service::start(&database, &kafka);
    let topic = kafka.events();
    let people: Vec<Person> = ["same", "changed", "moved", "extra"].map(Person::new).into();
    kafka.send(&people.iter().map(|person| person.event(&topic, CHANGE, 1)).collect::<Vec<_>>()).await;
    kafka.send(&[organization(&topic, "o-1", "o-1", Some("PT Satu"), 1)]).await;
    kafka.send(&[organization(&topic, "o-2", "o-2", Some("PT Dua"), 1)]).await;
    kafka.users_until("everybody", |seen| latest(seen).len() == 4).await;
    kafka.companies_until("the companies", |seen| latest(seen).len() == 2).await;
    service.stop().await;

    let keycloak = Arc::new(MemoryKeycloak::default());
    let changed = people[1].clone().with("/last_name", "Baru").state;
    let moved = people[2].clone().in_organization("o-1", "o-1", "PT Satu").state;
    keycloak.state().user_pages =
        vec![vec![people[0].state.clone(), changed], vec![moved, Person::new("missing").state], vec![]];
    keycloak.state().organization_pages = vec![vec![group("o-1", "PT Satu Baru"), group("o-3", "PT Tiga")]];

    let mut progress = Vec::new();
    let report = resync(&database, &keycloak).run(|compared| progress.push(compared)).await.unwrap();
    assert_eq!(report.people, Counts { missing: 1, extra: 1, different: 2 });
    assert_eq!(report.organizations, Counts { missing: 1, extra: 1, different: 1 });
    assert_eq!(report.total().to_string(), "missing 2, extra 2, different 3");
    assert_eq!(progress, [2, 4, 6, 6]);
    assert_eq!(keycloak.state().users_again, ["missing", "changed", "moved", "extra"]);
    assert_eq!(keycloak.state().organizations_again, ["o-3", "o-1", "o-2"]);
    let noted: i64 = sqlx::query_scalar("SELECT missing FROM resyncs ORDER BY resync_id DESC LIMIT 1")
        .fetch_one(&database.pool)
        .await
        .unwrap();
    assert_eq!(noted, 2);
}

#[tokio::test]
async fn two_resyncs_do_not_run_at_once() {
    let (database, keycloak) = (TestDatabase::create().await, Arc::new(MemoryKeycloak::default()));
    let right = Leadership::take(&database.pool, Right::Resync).await.unwrap().unwrap();
    let refused = resync(&database, &keycloak).run(|_| {}).await;
    assert!(matches!(refused, Err(ResyncError::Running)), "{refused:?}");
    right.release().await;
    let retaken = || async { resync(&database, &keycloak).run(|_| {}).await.is_ok() };
    eventually("the right to be free", retaken, |done| *done).await;
}

#[tokio::test]
async fn a_resync_that_fails_says_why_and_can_be_repeated() {
    let (database, keycloak) = (TestDatabase::create().await, Arc::new(MemoryKeycloak::default()));
    keycloak.state().fault = Some(KeycloakError::Forbidden(403));
    let error = resync(&database, &keycloak).run(|_| {}).await.unwrap_err();
    assert_eq!(error.to_string(), "Keycloak refuses our client (403)");
    keycloak.state().fault = None;
    let again = || async { resync(&database, &keycloak).run(|_| {}).await.is_ok() };
    eventually("the repetition", again, |done| *done).await;
}

/// Whoever was there before the service is found at its first start, and not at every start.
#[tokio::test]
async fn the_first_start_compares_and_the_second_does_not() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let keycloak = Arc::new(MemoryKeycloak::default());
    keycloak.state().user_pages = vec![vec![Person::new("before").state]];
    let service = Service::start_with(database.pool.clone(), &kafka, keycloak.clone(), "");
    let again = || async { keycloak.state().users_again.clone() };
    eventually("who was there before", again, |again| *again == ["before"]).await;
    let planned = || async {
        sqlx::query_scalar::<_, bool>(
            "SELECT run_at > now() AND leased_until IS NULL FROM jobs WHERE kind = 'directory.resync'",
        )
        .fetch_one(&database.pool)
        .await
        .unwrap()
    };
    eventually("the next night", planned, |planned| *planned).await;
    service.stop().await;
    let calls = keycloak.state().calls;
    let service = Service::start_with(database.pool.clone(), &kafka, keycloak.clone(), "");
    kafka.send(&[Person::new("siti").event(&kafka.events(), CHANGE, 1)]).await;
    kafka.users_until("the second start to work", |seen| !seen.is_empty()).await;
    assert_eq!(keycloak.state().calls, calls);
    service.stop().await;
}
