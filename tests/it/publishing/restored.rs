//! A backup is restored while the topics already know more: readers end with what is true, and no number goes down.

use std::collections::BTreeMap;

use gatehouse::{
    app::Config,
    publishing::{AfterRestore, AfterRestoreError},
};

use crate::support::{Seen, Service, TestDatabase, TestKafka, keycloak_events::Person, latest};

const CHANGE: &str = "org.keycloak.user.UPDATE_PROFILE";

fn config(kafka: &TestKafka) -> Config {
    Config::from_toml(&format!("{}\n{}", crate::config::MINIMAL_BUT_KAFKA, kafka.config())).unwrap()
}

fn ensure_numbers_only_grow(seen: &[Seen]) {
    let mut revisions: BTreeMap<&str, i64> = BTreeMap::new();
    for record in seen {
        let before = revisions.insert(record.key.as_deref().unwrap(), record.revision());
        assert!(before < Some(record.revision()), "{before:?} before {record:?}");
    }
}

#[tokio::test]
async fn after_a_restore_the_topics_end_with_what_is_true_and_no_number_goes_down() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let (topic, config) = (kafka.events(), config(&kafka));
    let (siti, budi, ayu) = (
        Person::new("siti").of_company("PT Satu"),
        Person::new("budi"),
        Person::new("ayu").of_company("PT Dua"),
    );
    let service = Service::start(&database, &kafka);
    kafka.send(&[siti.event(&topic, CHANGE, 1), budi.event(&topic, CHANGE, 1)]).await;
    kafka.users_until("two people", |seen| seen.len() >= 2).await;
    kafka.companies_until("their company", |seen| seen.len() == 1).await;
    service.stop().await;
    let restored = database.backup().await;

    // What the backup does not have: changes, a deletion, somebody new with a company of their own.
    let service = Service::start(&TestDatabase::at(database.url).await, &kafka);
    for sequence in 2..=9 {
        let name = format!("Siti {sequence}");
        kafka.send(&[siti.clone().with("/first_name", name).event(&topic, CHANGE, sequence)]).await;
    }
    kafka.send(&[budi.deleted(&topic, 2), ayu.event(&topic, CHANGE, 1)]).await;
    let before = kafka
        .users_until("the last changes", |seen| {
            let latest = latest(seen);
            let is = |key: &str, what: &dyn Fn(&Seen) -> bool| latest.get(key).is_some_and(what);
            is("siti", &|record| record.json()["name"]["first"] == "Siti 9")
                && is("budi", &|record| record.value.is_none())
                && is("ayu", &|record| record.json()["company"].is_object())
        })
        .await;
    let companies = kafka.companies_until("two companies", |seen| latest(seen).len() == 2).await;
    let lost =
        companies.iter().find(|record| record.json()["name"] == "PT Dua").unwrap().key.clone().unwrap();

    let after =
        AfterRestore { pool: restored.pool.clone(), kafka: &config.kafka, publishing: &config.publishing };
    let adopted = after.adopt().await.unwrap();
    assert_eq!(adopted.read, before.len() + companies.len());
    assert_eq!(adopted.newer, 4, "siti, budi, ayu and PT Dua");
    assert_eq!(after.adopt().await.unwrap().newer, 0, "what was taken over is not newer any more");
    service.stop().await;

    // The offsets are set back to before the backup, as the page on operations says.
    let again = Service::start(&restored, &kafka.forgotten());
    let people = kafka
        .users_until("everybody as before", |seen| {
            let latest = latest(seen);
            let is_above = |key: &str| latest.get(key).is_some_and(|it| it.revision() > adopted.highest);
            ["siti", "budi", "ayu"].into_iter().all(is_above)
                && latest["siti"].value.is_some()
                && latest["siti"].json()["name"]["first"] == "Siti 9"
                && latest["budi"].value.is_none()
                && latest["ayu"].value.is_some()
        })
        .await;
    let companies = kafka
        .companies_until("the company that is no more, and its successor", |seen| {
            let latest = latest(seen);
            let named = |record: &&Seen| record.value.is_some() && record.json()["name"] == "PT Dua";
            latest.get(&lost).is_some_and(|it| it.value.is_none())
                && latest.values().filter(named).count() == 1
        })
        .await;
    ensure_numbers_only_grow(&people);
    ensure_numbers_only_grow(&companies);
    again.stop().await;
}

#[tokio::test]
async fn while_a_worker_publishes_nothing_is_taken_over() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let config = config(&kafka);
    let service = Service::start(&database, &kafka);
    kafka.send(&[Person::new("siti").event(&kafka.events(), CHANGE, 1)]).await;
    kafka.users_until("somebody", |seen| seen.len() == 1).await;
    let after =
        AfterRestore { pool: database.pool.clone(), kafka: &config.kafka, publishing: &config.publishing };
    assert!(matches!(after.adopt().await, Err(AfterRestoreError::Publishing)));
    service.stop().await;
    assert_eq!(after.adopt().await.unwrap().newer, 0);
}

#[tokio::test]
async fn a_topic_that_is_not_there_changes_nothing() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let mut config = config(&kafka);
    config.publishing.companies_topic = format!("{}.nowhere", kafka.name);
    let before: i64 = sqlx::query_scalar("SELECT last_value FROM record_revisions")
        .fetch_one(&database.pool)
        .await
        .unwrap();
    let after =
        AfterRestore { pool: database.pool.clone(), kafka: &config.kafka, publishing: &config.publishing };
    let error = after.adopt().await.unwrap_err();
    assert!(matches!(error, AfterRestoreError::Read(_)), "{error:?}");
    let now: i64 = sqlx::query_scalar("SELECT last_value FROM record_revisions")
        .fetch_one(&database.pool)
        .await
        .unwrap();
    assert_eq!(now, before);
}
