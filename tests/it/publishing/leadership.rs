//! One publishes, another takes over, and everything can be asked for again.

use std::collections::BTreeMap;

use gatehouse::publishing;

use crate::support::{Service, TestDatabase, TestKafka, keycloak_events::Person, latest};

const CHANGE: &str = "org.keycloak.user.UPDATE_PROFILE";

#[tokio::test]
async fn a_rebuild_publishes_everything_with_higher_revisions() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let service = Service::start(&database, &kafka);
    let (siti, budi) = (Person::new("siti"), Person::new("budi").of_company("PT Contoh"));
    let topic = kafka.events();
    kafka.send(&[siti.event(&topic, CHANGE, 1), budi.event(&topic, CHANGE, 1)]).await;
    let before = kafka.users_until("two people", |seen| seen.len() == 2).await;
    let company = kafka.companies_until("a company", |seen| seen.len() == 1).await;

    let mut tx = database.pool.begin().await.unwrap();
    assert_eq!(publishing::mark_everything_in_tx(&mut tx).await.unwrap(), 3);
    tx.commit().await.unwrap();
    let after = kafka.users_until("two people twice", |seen| seen.len() == 4).await;
    for (key, record) in latest(&before) {
        let again = &latest(&after)[&key];
        assert!(again.revision() > record.revision());
        let without = |record: &crate::support::Seen| {
            let mut value = record.json();
            value["revision"] = serde_json::Value::Null;
            value
        };
        assert_eq!(without(again), without(&record));
    }
    let again = kafka.companies_until("a company twice", |seen| seen.len() == 2).await;
    assert!(again[1].revision() > company[0].revision());
    service.stop().await;
}

#[tokio::test]
async fn of_two_instances_one_publishes_and_the_other_takes_over() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let (first, second) = (Service::start(&database, &kafka), Service::start(&database, &kafka));
    let topic = kafka.events();
    let people: Vec<Person> = (0..30).map(|n| Person::new(&format!("person-{n}"))).collect();
    let round = |sequence: i64, name: &'static str| -> Vec<_> {
        let change =
            |person: &Person| person.clone().with("/first_name", name).event(&topic, CHANGE, sequence);
        people.iter().map(change).collect()
    };
    let is = |name: &'static str| {
        move |seen: &[crate::support::Seen]| {
            let latest = latest(seen);
            latest.len() == 30 && latest.values().all(|record| record.json()["name"]["first"] == name)
        }
    };
    kafka.send(&round(1, "One")).await;
    kafka.users_until("the first round", is("One")).await;
    first.stop().await;
    kafka.send(&round(2, "Two")).await;
    let seen = kafka.users_until("the second round", is("Two")).await;

    let mut revisions: BTreeMap<&str, i64> = BTreeMap::new();
    for record in &seen {
        let before = revisions.insert(record.key.as_deref().unwrap(), record.revision());
        assert!(before < Some(record.revision()), "a revision went back: {record:?}");
    }
    assert_eq!(seen.len(), 60, "each change is one record");
    second.stop().await;
}
