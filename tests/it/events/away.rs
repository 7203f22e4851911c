//! A database that is away makes the stream wait; it makes nothing unreadable.

use std::{sync::Arc, time::Duration};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::support::{Proxy, Service, TestDatabase, TestKafka, eventually, keycloak_events::Person};

const CHANGE: &str = "org.keycloak.user.UPDATE_PROFILE";

#[tokio::test]
async fn b8_10_a_database_that_is_away_pauses_the_stream_and_resumes_it() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let direct = database.pool.connect_options();
    let proxy = Proxy::to(&format!("{}:{}", direct.get_host(), direct.get_port())).await;
    let through = PgConnectOptions::clone(&direct).host("127.0.0.1").port(proxy.port);
    let pool = PgPoolOptions::new()
        .acquire_timeout(Duration::from_millis(300))
        .max_connections(10)
        .connect_lazy_with(through);
    let (topic, service) = (kafka.events(), Service::start_with(pool, &kafka, Arc::default(), ""));
    kafka.send(&[Person::new("before").event(&topic, CHANGE, 1)]).await;
    kafka.users_until("the first", |seen| seen.len() == 1).await;

    proxy.cut();
    let people: Vec<_> =
        (0..50).map(|n| Person::new(&format!("person-{n}")).event(&topic, CHANGE, 1)).collect();
    kafka.send(&people).await;
    let parts = || async { service.health.parts() };
    eventually("not ready", parts, |parts| !parts["events"]).await;

    proxy.mend();
    kafka.users_until("everybody", |seen| seen.len() == 51).await;
    eventually("ready", parts, |parts| parts["events"] && parts["publishing"]).await;
    let parked: i64 =
        sqlx::query_scalar("SELECT count(*) FROM parked_records").fetch_one(&database.pool).await.unwrap();
    assert_eq!(parked, 0);
    service.stop().await;
}

#[tokio::test]
async fn b8_10_connections_that_are_killed_again_and_again_lose_nothing() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let (topic, service) = (kafka.events(), Service::start(&database, &kafka));
    let options = PgConnectOptions::clone(&database.pool.connect_options()).application_name("killer");
    let admin = PgPoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    for round in 0..8 {
        let people: Vec<_> =
            (0..25).map(|n| Person::new(&format!("person-{round}-{n}")).event(&topic, CHANGE, 1)).collect();
        kafka.send(&people).await;
        sqlx::query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND application_name <> 'killer'",
        )
        .execute(&admin)
        .await
        .unwrap();
    }
    let all = |seen: &[crate::support::Seen]| crate::support::latest(seen).len() == 200;
    kafka.users_until("everybody", all).await;
    service.stop().await;
}
