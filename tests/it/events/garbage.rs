//! What cannot be read is parked once, with its bytes, and the stream goes on.

use std::sync::Arc;

use gatehouse::platform::kafka::Outgoing;
use serde_json::json;

use crate::support::{
    Seen, Service, TestDatabase, TestKafka, eventually,
    keycloak_events::{Person, record},
};

const CHANGE: &str = "org.keycloak.user.UPDATE_PROFILE";

/// One of each kind of garbage.
fn garbage(topic: &str) -> Vec<Outgoing> {
    let good = || Person::new("siti").event(topic, CHANGE, 1);
    // Bytes that do not compress, so that the record is large on the wire too.
    let noise: Vec<u8> =
        (0_u32..).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).take(1024 * 1024).collect();
    let flood = (0..5_000).map(|n| (format!("header-{n}"), Some(vec![b'x'; 20]))).collect();
    vec![
        Outgoing { value: Some(b"\x00\xffgarbage".to_vec()), ..good() },
        Outgoing { value: None, ..good() },
        Outgoing { key: None, ..good() },
        Outgoing { value: Some(noise), ..good() },
        Outgoing { headers: Vec::new(), ..good() },
        Outgoing { headers: flood, ..good() },
        Outgoing { value: Some(json!({"event": 1, "user": "x"}).to_string().into_bytes()), ..good() },
        Outgoing { key: Some(vec![0xc3, 0x28]), ..good() },
        Outgoing { headers: vec![("ce_id".to_owned(), None)], ..good() },
    ]
}

fn bytes(records: impl Iterator<Item = Option<Vec<u8>>>) -> Vec<Option<Vec<u8>>> {
    let mut bytes: Vec<_> = records.collect();
    bytes.sort();
    bytes
}

#[tokio::test]
async fn garbage_is_parked_once_with_its_bytes_and_the_stream_goes_on() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let (topic, service) = (kafka.events(), Service::start(&database, &kafka));
    let sent = garbage(&topic);
    kafka.send(&sent).await;
    kafka.send(&[Person::new("budi").event(&topic, CHANGE, 1)]).await;
    let seen = kafka.users_until("the good record", |seen| !seen.is_empty()).await;
    assert_eq!(seen[0].key.as_deref(), Some("budi"));

    let parked = kafka.read_until(&kafka.parked(), "all garbage", |seen| seen.len() >= sent.len()).await;
    assert_eq!(
        bytes(parked.iter().map(|record| record.value.clone())),
        bytes(sent.iter().map(|record| record.value.clone()))
    );
    for record in &parked {
        assert_eq!(record.header("topic"), Some(topic.as_str()));
        assert!(record.header("reason").is_some_and(|reason| !reason.is_empty()), "{:?}", record.headers);
        for number in ["partition", "offset"] {
            assert!(record.header(number).unwrap().parse::<i64>().unwrap() >= 0, "{number}");
        }
    }
    let null = parked.iter().find(|record| record.value.is_none()).unwrap();
    assert_eq!(null.header("reason"), Some("the value is null"));
    assert_eq!(null.header("ce_type"), Some(CHANGE), "the original headers come along");
    service.stop().await;

    // The group forgets its offsets: everything comes again and nothing is parked again.
    let again = Service::start(&database, &kafka.forgotten());
    kafka.send(&[Outgoing { value: Some(b"the last".to_vec()), ..sent[0].clone() }]).await;
    let last = |seen: &[Seen]| seen.iter().any(|record| record.value.as_deref() == Some(b"the last"));
    let parked = kafka.read_until(&kafka.parked(), "the last garbage", last).await;
    assert_eq!(parked.len(), sent.len() + 1, "parked once each");
    let waiting = || async {
        let mut conn = database.pool.acquire().await.unwrap();
        gatehouse::platform::kafka::waiting(&mut conn).await.unwrap()
    };
    eventually("nothing left to be sent on", waiting, |left| *left == 0).await;
    again.stop().await;
}

#[tokio::test]
async fn events_of_unknown_types_and_other_realms_are_ignored() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let (topic, service) = (kafka.events(), Service::start(&database, &kafka));
    let mut elsewhere = Person::new("siti").event(&topic, CHANGE, 1);
    elsewhere.headers.push(("ce_source".to_owned(), Some(b"/realms/other".to_vec())));
    let unknown = record(&topic, "siti", "com.example.surprise", 2, &json!({"what": "ever"}));
    let state = Person::new("budi").event(&topic, "com.example.surprise", 1);
    kafka.send(&[elsewhere, unknown, state]).await;
    let seen = kafka.users_until("the state", |seen| !seen.is_empty()).await;
    assert_eq!(seen[0].key.as_deref(), Some("budi"), "a state counts, whatever the type");
    let inbox = || async {
        sqlx::query_scalar::<_, i64>("SELECT count(*) FROM inbox").fetch_one(&database.pool).await.unwrap()
    };
    eventually("all three seen", inbox, |seen| *seen == 3).await;
    let people: Vec<String> =
        sqlx::query_scalar("SELECT user_id FROM people").fetch_all(&database.pool).await.unwrap();
    assert_eq!(people, ["budi"]);
    let parked: i64 =
        sqlx::query_scalar("SELECT count(*) FROM parked_records").fetch_one(&database.pool).await.unwrap();
    assert_eq!(parked, 0);
    service.stop().await;
}

#[tokio::test]
async fn a_stream_of_nothing_but_garbage_stops_the_consumer() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let service =
        Service::start_with(database.pool.clone(), &kafka, Arc::default(), "kafka.parked_in_a_row = 5");
    let bad = |n: usize| Outgoing {
        value: Some(format!("garbage {n}").into_bytes()),
        ..Person::new("siti").event(&kafka.events(), CHANGE, 1)
    };
    kafka.send(&(0..5).map(bad).collect::<Vec<_>>()).await;
    let parts = || async { service.health.parts() };
    eventually("the consumer to stop", parts, |parts| !parts["events"] && parts["publishing"]).await;
    kafka.read_until(&kafka.parked(), "the garbage", |seen| seen.len() == 5).await;
    service.stop().await;
}

#[tokio::test]
async fn what_the_store_refuses_is_parked_alone_and_the_rest_of_its_batch_is_not() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    sqlx::query("ALTER TABLE people ADD CONSTRAINT people_are_not_refused CHECK (last_name <> 'Refused')")
        .execute(&database.pool)
        .await
        .unwrap();
    let topic = kafka.events();
    let refused = ["user-07", "user-08", "user-30"];
    let person = |n: usize| {
        let id = format!("user-{n:02}");
        let name = if refused.contains(&id.as_str()) { "Refused" } else { "Rahma" };
        Person::new(&id).with("/last_name", name).event(&topic, CHANGE, 1)
    };
    kafka.send(&(0..40).map(person).collect::<Vec<_>>()).await;
    let service = Service::start(&database, &kafka);
    let parked = kafka.read_until(&kafka.parked(), "the refused", |seen| seen.len() >= refused.len()).await;
    let mut keys: Vec<_> = parked.iter().map(|record| record.key.as_deref().unwrap_or_default()).collect();
    keys.sort_unstable();
    assert_eq!(keys, refused);
    for record in &parked {
        let reason = record.header("reason").unwrap_or_default();
        assert!(reason.starts_with("the store refuses it: "), "{reason}");
        assert!(!reason.contains("Refused"), "a reason holds no values: {reason}");
    }
    let people = || async {
        sqlx::query_scalar::<_, i64>("SELECT count(*) FROM people").fetch_one(&database.pool).await.unwrap()
    };
    eventually("everybody else", people, |count| *count == 37).await;
    service.stop().await;
}
