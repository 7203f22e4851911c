//! Deletion is a tombstone, and nothing stale brings anybody back.

use crate::support::{Seen, Service, TestDatabase, TestKafka, eventually, keycloak_events::Person};

const CHANGE: &str = "org.keycloak.user.UPDATE_PROFILE";

#[tokio::test]
async fn who_is_deleted_leaves_a_tombstone_and_who_returns_a_higher_revision() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let service = Service::start(&database, &kafka);
    let (topic, siti) = (kafka.events(), Person::new("siti"));

    kafka.send(&[siti.event(&topic, CHANGE, 5)]).await;
    kafka.users_until("the state", |seen| seen.len() == 1).await;
    kafka.send(&[siti.deleted(&topic, 6)]).await;
    let seen = kafka.users_until("the tombstone", |seen| seen.len() == 2).await;
    let tombstone = &seen[1];
    assert_eq!(tombstone.value, None);
    assert_eq!(tombstone.header("ce_type"), Some("io.gatehouse.user.deleted.v1"));
    assert_eq!(tombstone.header("content-type"), None);

    // A stale record comes late, then the person is made again.
    kafka
        .send(&[
            siti.event(&topic, CHANGE, 4),
            siti.clone().with("/first_name", "Dewi").event(&topic, CHANGE, 9),
        ])
        .await;
    let seen = kafka.users_until("the return", |seen| seen.len() == 3).await;
    assert_eq!(seen[2].json()["name"]["first"], "Dewi");
    let revisions: Vec<i64> = seen.iter().map(Seen::revision).collect();
    assert!(revisions.is_sorted_by(|one, next| one < next), "{revisions:?}");
    service.stop().await;
}

#[tokio::test]
async fn of_who_is_deleted_nothing_personal_stays() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let service = Service::start(&database, &kafka);
    let siti = Person::new("siti").of_company("PT Contoh");
    kafka.send(&[siti.event(&kafka.events(), CHANGE, 5), siti.deleted(&kafka.events(), 6)]).await;
    let rows = || async {
        sqlx::query_scalar::<_, String>(
            "SELECT coalesce(string_agg(row, ' '), '') FROM (
                 SELECT to_jsonb(people)::text AS row FROM people UNION ALL
                 SELECT to_jsonb(contacts)::text FROM contacts UNION ALL
                 SELECT to_jsonb(company_members)::text FROM company_members) AS everything",
        )
        .fetch_one(&database.pool)
        .await
        .unwrap()
    };
    let rows = eventually("the deletion", rows, |rows| rows.contains("\"sequence\": 6")).await;
    for personal in ["contoh", "Siti", "Rahma", "7890"] {
        assert!(!rows.contains(personal), "{personal} in {rows}");
    }
    service.stop().await;
}

#[tokio::test]
async fn who_was_never_published_needs_no_tombstone() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let service = Service::start(&database, &kafka);
    let topic = kafka.events();
    kafka
        .send(&[Person::new("nobody").deleted(&topic, 3), Person::new("siti").event(&topic, CHANGE, 1)])
        .await;
    let seen = kafka.users_until("the living", |seen| !seen.is_empty()).await;
    assert_eq!(seen[0].key.as_deref(), Some("siti"));
    let marked = || async {
        sqlx::query_scalar::<_, i64>("SELECT count(*) FROM changed_keys")
            .fetch_one(&database.pool)
            .await
            .unwrap()
    };
    eventually("no marks", marked, |marks| *marks == 0).await;
    kafka.users_until("one record only", |seen| seen.len() == 1).await;
    service.stop().await;
}
