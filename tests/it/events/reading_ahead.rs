//! The next batch is read while one is written: what becomes of the first loses nothing of the second.

use crate::support::{Service, TestDatabase, TestKafka, eventually, keycloak_events::Person, latest};

const CHANGE: &str = "org.keycloak.user.UPDATE_PROFILE";
/// Whoever waits for the table that the test holds: the batch that is written.
const WAITING: &str = "SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'people'::regclass";

#[tokio::test]
async fn what_was_read_while_a_batch_was_written_is_kept_when_that_batch_fails() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let (topic, service) = (kafka.events(), Service::start(&database, &kafka));
    let mut held = database.pool.begin().await.unwrap();
    sqlx::query("LOCK TABLE people IN ACCESS EXCLUSIVE MODE").execute(&mut *held).await.unwrap();
    kafka.send(&[Person::new("first").event(&topic, CHANGE, 1)]).await;
    let waiting =
        async || -> Vec<i32> { sqlx::query_scalar(WAITING).fetch_all(&database.pool).await.unwrap() };
    let first = eventually("the first is being written", &waiting, |pids| !pids.is_empty()).await;

    let others: Vec<_> =
        (0..50).map(|n| Person::new(&format!("person-{n}")).event(&topic, CHANGE, 1)).collect();
    kafka.send(&others).await;
    sqlx::query("SELECT pg_terminate_backend(pid) FROM unnest($1) AS pid")
        .bind(&first)
        .execute(&database.pool)
        .await
        .unwrap();
    let is_another = |pids: &Vec<i32>| pids.iter().any(|pid| !first.contains(pid));
    eventually("it is written once more", &waiting, is_another).await;
    held.rollback().await.unwrap();

    kafka.users_until("everybody", |seen| latest(seen).len() == 51).await;
    eventually("every offset is committed", || kafka.committed(), |offsets| *offsets == 51).await;
    service.stop().await;
}
