//! Events of people as Keycloak's extension sends them, and the same states as flat records for others.

use std::time::Duration;

use anyhow::{Context as _, Result};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rdkafka::{
    ClientConfig,
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    error::{KafkaError, RDKafkaErrorCode},
    message::{Header, OwnedHeaders},
    producer::{BaseRecord, Producer as _, ThreadedProducer},
};
use serde_json::json;
use uuid::Uuid;

/// How long everything may take to be delivered.
const FLUSH_WITHIN: Duration = Duration::from_mins(5);

/// One state of a person: the later one has the higher sequence, counted from 1 for each.
pub struct State {
    pub user_id: String,
    pub sequence: i64,
    pub last_name: String,
}

/// `events` changes of `people` people at random, the same ones for the same prefix.
pub fn states(prefix: &str, people: usize, events: usize) -> Vec<State> {
    let mut chance = ChaCha8Rng::seed_from_u64(7);
    let mut sequences = vec![0; people];
    let state = |_| {
        let person = chance.random_range(0..people);
        sequences[person] += 1;
        State {
            user_id: format!("{prefix}{person:07}"),
            sequence: sequences[person],
            last_name: format!("Rahma {}", chance.random_range(0..1_000_000)),
        }
    };
    (0..events).map(state).collect()
}

impl State {
    fn email(&self) -> String {
        format!("{}@bench.example", self.user_id)
    }

    /// The value of the record that the extension sends.
    fn event(&self) -> Vec<u8> {
        let kind = "org.keycloak.admin.USER.UPDATE";
        let event = json!({
            "id": Uuid::new_v4(), "type": kind, "realm": "gatehouse", "client_id": null, "ip_address": null,
            "operation": null, "resource": "USER", "path_kind": null, "error": null, "device": null,
            "details": {"credential_type": null, "reason": null}, "organization": null,
        });
        let user = json!({
            "id": self.user_id, "username": self.email(), "email": self.email(), "email_verified": true,
            "first_name": "Siti", "last_name": self.last_name, "locale": "id", "enabled": true,
            "created_at": "2026-11-01T08:00:00.123Z",
            "attributes": {
                "company": null, "country": "ID", "locale": "id", "terms_version": "2026-01",
                "terms_accepted_at": "2026-11-01T08:00:00Z", "time_zone": "Asia/Jakarta",
            },
            "organizations": [], "factors": [],
        });
        json!({"event": event, "user": user}).to_string().into_bytes()
    }

    /// The same facts as fields of one record.
    fn flat(&self) -> Vec<u8> {
        let record = json!({
            "user_id": self.user_id, "realm": "gatehouse", "sequence": self.sequence, "username": self.email(),
            "email": self.email(), "email_verified": true, "first_name": "Siti", "last_name": self.last_name,
            "locale": "id", "time_zone": "Asia/Jakarta", "country": "ID", "terms_version": "2026-01",
            "terms_accepted_at": "2026-11-01T08:00:00Z", "enabled": true, "factors": "[]",
            "created_at": "2026-11-01T08:00:00.123Z",
        });
        record.to_string().into_bytes()
    }
}

/// Makes a topic as the stack's own are, with three partitions.
pub async fn make_topic(bootstrap: &str, name: &str) -> Result<()> {
    let admin: AdminClient<DefaultClientContext> =
        ClientConfig::new().set("bootstrap.servers", bootstrap).create()?;
    let topic = NewTopic::new(name, 3, TopicReplication::Fixed(1));
    for made in admin.create_topics(&[topic], &AdminOptions::new()).await? {
        made.map_err(|(name, code)| anyhow::anyhow!("topic {name}: {code}"))?;
    }
    Ok(())
}

/// A producer that fills batches.
pub fn producer(bootstrap: &str) -> Result<ThreadedProducer<rdkafka::producer::DefaultProducerContext>> {
    ClientConfig::new()
        .set("bootstrap.servers", bootstrap)
        .set("acks", "all")
        .set("enable.idempotence", "true")
        .set("linger.ms", "5")
        .set("queue.buffering.max.messages", "200000")
        .create()
        .context("a producer")
}

/// Sends the states as the extension does.
pub fn send_events(bootstrap: &str, topic: &str, states: &[State]) -> Result<()> {
    send(bootstrap, topic, states, |state| {
        let (id, sequence) = (Uuid::new_v4().to_string(), state.sequence.to_string());
        let headers = [
            ("ce_specversion", "1.0"),
            ("ce_id", &id),
            ("ce_source", "/realms/gatehouse"),
            ("ce_type", "org.keycloak.admin.USER.UPDATE"),
            ("ce_subject", &state.user_id),
            ("ce_time", "2026-11-21T09:30:00.456Z"),
            ("ce_sequence", &sequence),
            ("content-type", "application/json"),
        ];
        let headers = headers
            .into_iter()
            .fold(OwnedHeaders::new(), |all, (key, value)| all.insert(Header { key, value: Some(value) }));
        (state.event(), headers)
    })
}

/// Sends the states as flat records.
pub fn send_flat(bootstrap: &str, topic: &str, states: &[State]) -> Result<()> {
    send(bootstrap, topic, states, |state| (state.flat(), OwnedHeaders::new()))
}

fn send(
    bootstrap: &str,
    topic: &str,
    states: &[State],
    record: impl Fn(&State) -> (Vec<u8>, OwnedHeaders),
) -> Result<()> {
    let producer = producer(bootstrap)?;
    for state in states {
        let (value, headers) = record(state);
        deliver(&producer, topic, state.user_id.as_bytes(), &value, headers)?;
    }
    Ok(producer.flush(FLUSH_WITHIN)?)
}

/// Hands one record over, and waits while the queue is full.
pub fn deliver(
    producer: &ThreadedProducer<rdkafka::producer::DefaultProducerContext>,
    topic: &str,
    key: &[u8],
    value: &[u8],
    headers: OwnedHeaders,
) -> Result<()> {
    let mut record = BaseRecord::to(topic).key(key).payload(value).headers(headers);
    loop {
        record = match producer.send(record) {
            Ok(()) => return Ok(()),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), unsent)) => unsent,
            Err((error, _)) => return Err(error.into()),
        };
        std::thread::sleep(Duration::from_millis(2));
    }
}
