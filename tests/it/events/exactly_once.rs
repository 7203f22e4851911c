//! However often and in whatever order records come, each has its effect once.

use std::collections::BTreeMap;

use gatehouse::platform::kafka::Outgoing;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;

use crate::support::{Service, TestDatabase, TestKafka, eventually, keycloak_events::Person, latest};

const CHANGE: &str = "org.keycloak.user.UPDATE_PROFILE";
const PEOPLE: usize = 20;
const CHANGES: i64 = 15;

/// Every person changed many times; the last change is the last sequence.
fn history(topic: &str) -> Vec<Outgoing> {
    let mut history = Vec::new();
    for person in 0..PEOPLE {
        for sequence in 1..=CHANGES {
            let state =
                Person::new(&format!("person-{person}")).with("/first_name", format!("Name {sequence}"));
            history.push(state.event(topic, CHANGE, sequence));
        }
    }
    history
}

fn shuffle(records: &mut [Outgoing], seed: u64) {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    for index in (1..records.len()).rev() {
        records.swap(index, rng.random_range(0..=index));
    }
}

fn is_final(seen: &[crate::support::Seen]) -> bool {
    let latest = latest(seen);
    let last = format!("Name {CHANGES}");
    latest.len() == PEOPLE && latest.values().all(|record| record.json()["name"]["first"] == last.as_str())
}

async fn count(database: &TestDatabase, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&database.pool).await.unwrap()
}

#[tokio::test]
async fn duplicates_and_any_order_end_in_the_last_state() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let service = Service::start(&database, &kafka);
    let history = history(&kafka.events());
    let mut thrice = [history.clone(), history.clone(), history.clone()].concat();
    let seed = 20_261_121;
    shuffle(&mut thrice, seed);
    kafka.send(&thrice).await;
    let records = kafka.users_until("everybody's last state", is_final).await;
    let mut revisions: BTreeMap<&str, i64> = BTreeMap::new();
    for record in &records {
        let before = revisions.insert(record.key.as_deref().unwrap(), record.revision());
        assert!(before < Some(record.revision()), "a revision went back (seed {seed})");
    }
    let distinct = i64::try_from(history.len()).unwrap();
    eventually("each seen once", || count(&database, "SELECT count(*) FROM inbox"), |seen| *seen == distinct)
        .await;
    let last = count(&database, "SELECT min(sequence) FROM people").await;
    assert_eq!((count(&database, "SELECT count(*) FROM people").await, last), (20, CHANGES));
    service.stop().await;
}

/// Killed after the commit and before the offset moves is what forgetting all offsets looks like.
#[tokio::test]
async fn what_comes_again_after_a_crash_has_no_second_effect() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let service = Service::start(&database, &kafka);
    kafka.send(&history(&kafka.events())).await;
    let before = kafka.users_until("everybody's last state", is_final).await;
    service.stop().await;

    let again = Service::start(&database, &kafka.forgotten());
    let newcomer = Person::new("newcomer").event(&kafka.events(), CHANGE, 1);
    kafka.send(std::slice::from_ref(&newcomer)).await;
    let arrived = |seen: &[crate::support::Seen]| seen.iter().any(|r| r.key.as_deref() == Some("newcomer"));
    let after = kafka.users_until("the newcomer", arrived).await;
    assert_eq!(after.len(), before.len() + 1, "nothing was published twice");
    again.stop().await;
}

#[tokio::test]
async fn instances_that_come_and_go_share_the_stream() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let history = history(&kafka.events());
    let first = Service::start(&database, &kafka);
    kafka.send(&history[..100]).await;
    let second = Service::start(&database, &kafka);
    kafka.send(&history[100..200]).await;
    first.stop().await;
    let third = Service::start(&database, &kafka);
    kafka.send(&history[200..]).await;
    kafka.users_until("everybody's last state", is_final).await;
    second.stop().await;
    let total = i64::try_from(history.len()).unwrap();
    eventually("each seen once", || count(&database, "SELECT count(*) FROM inbox"), |seen| *seen == total)
        .await;
    third.stop().await;
    eventually("all offsets committed", || kafka.committed(), |offsets| *offsets == total).await;
}
