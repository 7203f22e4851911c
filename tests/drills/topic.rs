//! Faults on the events topic itself.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use rand::{RngExt as _, seq::SliceRandom as _};
use rand_chacha::ChaCha8Rng;
use rdkafka::{
    ClientConfig, Message as _,
    message::{Header, Headers as _, OwnedHeaders, OwnedMessage},
    producer::{FutureProducer, FutureRecord},
};
use uuid::Uuid;

use crate::stage::{SETTLE_WITHIN, Stage};

const EVENTS: &str = "gatehouse.keycloak-events.v1";
/// What the service could not take in.
pub const PARKED: &str = "gatehouse.parked.v1";
const SEND_WITHIN: Duration = Duration::from_secs(30);
/// Tells the observer that a drill put a record there.
const MARK: &str = "drill";

fn producer(stage: &Stage) -> Result<FutureProducer> {
    let bootstrap = &stage.stack.info.kafka_bootstrap;
    Ok(ClientConfig::new().set("bootstrap.servers", bootstrap).set("linger.ms", "5").create()?)
}

async fn send(
    producer: &FutureProducer,
    key: Option<&[u8]>,
    value: Option<&[u8]>,
    headers: OwnedHeaders,
) -> Result<()> {
    let mut record: FutureRecord<'_, [u8], [u8]> = FutureRecord::to(EVENTS).headers(headers);
    (record.key, record.payload) = (key, value);
    producer.send(record, SEND_WITHIN).await.map(drop).map_err(|(error, _)| error.into())
}

/// What was sent once comes again, as from a relay that forgot what it did and threads that overtake one another.
pub async fn replay(stage: &Stage, chance: &mut ChaCha8Rng) -> Result<()> {
    let mut records: Vec<OwnedMessage> = stage.stack.read(EVENTS)?;
    stage.note(format_args!("{} records again, three times, shuffled", records.len()));
    let producer = producer(stage)?;
    for _ in 0..3 {
        records.shuffle(chance);
        let sends = records.iter().map(|record| {
            let mut headers = OwnedHeaders::new().insert(Header { key: MARK, value: Some("again") });
            for header in record.headers().into_iter().flat_map(|headers| headers.iter()) {
                headers = headers.insert(Header { key: header.key, value: header.value });
            }
            send(&producer, record.key(), record.payload(), headers)
        });
        futures::future::try_join_all(sends).await?;
    }
    Ok(())
}

/// Unreadable records among the others, with headers as they should be and without: each ends on the topic for them
/// once, byte for byte.
pub async fn garbage(stage: &Stage, chance: &mut ChaCha8Rng) -> Result<()> {
    let producer = producer(stage)?;
    let noise: Vec<u8> = (0..400).map(|_| chance.random()).collect();
    let deep = format!("{}1{}", "[".repeat(50_000), "]".repeat(50_000));
    let large = vec![b'x'; 900 * 1024];
    let wrong = br#"{"event": 7, "user": "none"}"#;
    let values: [&[u8]; 8] =
        [&noise, b"", br#"{"event": "#, b"\xff\xfe\xfd", b"[]", wrong, deep.as_bytes(), &large];
    let mut wanted: HashMap<Vec<u8>, usize> = HashMap::new();
    for value in values {
        for headers in [marked(), cloud_event()] {
            let key = format!("garbage-{}", chance.random_range(0..1000));
            send(&producer, Some(key.as_bytes()), Some(value), headers).await?;
            *wanted.entry(value.to_vec()).or_default() += 1;
        }
    }
    let flood = (0..500).fold(cloud_event(), |headers, number| {
        headers.insert(Header { key: &format!("header-{number}"), value: Some("x") })
    });
    send(&producer, None, Some(b"no key"), cloud_event()).await?;
    send(&producer, Some(b"flood"), Some(b"flood"), flood).await?;
    send(&producer, Some(b"nothing"), None, cloud_event()).await?;
    wanted.extend([(b"no key".to_vec(), 1), (b"flood".to_vec(), 1)]);
    stage.note(format_args!("{} records that nobody can read", 2 * values.len() + 3));
    parked(stage, &wanted).await
}

fn marked() -> OwnedHeaders {
    OwnedHeaders::new().insert(Header { key: MARK, value: Some("garbage") })
}

/// The headers of a sound event.
fn cloud_event() -> OwnedHeaders {
    let (id, now) = (Uuid::new_v4().to_string(), chrono::Utc::now().to_rfc3339());
    let headers = [
        ("ce_specversion", "1.0"),
        ("ce_id", &id),
        ("ce_source", "/realms/gatehouse"),
        ("ce_type", "org.keycloak.user.LOGIN"),
        ("ce_time", &now),
        ("ce_sequence", "1"),
    ];
    headers.into_iter().fold(marked(), |all, (key, value)| all.insert(Header { key, value: Some(value) }))
}

async fn parked(stage: &Stage, wanted: &HashMap<Vec<u8>, usize>) -> Result<()> {
    let began = Instant::now();
    loop {
        let mut seen: HashMap<Vec<u8>, usize> = HashMap::new();
        for record in stage.stack.read(PARKED).context("the parked records")? {
            *seen.entry(record.payload().unwrap_or_default().to_vec()).or_default() += 1;
        }
        let missing = wanted.iter().filter(|(value, times)| seen.get(*value).unwrap_or(&0) < times).count();
        if missing == 0 {
            let twice =
                wanted.iter().filter(|(value, times)| !value.is_empty() && seen.get(*value) > Some(times));
            ensure!(twice.count() == 0, "something was parked twice");
            return Ok(());
        }
        ensure!(
            began.elapsed() < SETTLE_WITHIN,
            "{missing} of {} were not parked as they came",
            wanted.len()
        );
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
