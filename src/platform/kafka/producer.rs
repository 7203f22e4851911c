//! The producer: every record is acknowledged by all replicas, in order, without repeats of its own.

use std::time::Duration;

use futures::future::join_all;
use rdkafka::{
    ClientContext,
    error::KafkaError,
    message::{Header, OwnedHeaders},
    producer::{FutureProducer, FutureRecord, Producer as _, PurgeConfig},
    util::Timeout,
};

use super::KafkaConfig;

/// How long a record may be under way before it counts as not delivered. What is owed stays in the
/// database, so giving up loses nothing; it bounds how late a record can still arrive.
pub const DELIVERY_TIME: Duration = Duration::from_secs(30);

/// How batches are made smaller: by what every Kafka client can read.
pub const COMPRESSION: &str = "gzip";

/// A record to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The topic.
    pub topic: String,
    /// The key; its murmur2 hash chooses the partition, as Java clients do. Without one the
    /// partition is arbitrary.
    pub key: Option<Vec<u8>>,
    /// The value; null is a tombstone in a compacted topic.
    pub value: Option<Vec<u8>>,
    /// Headers in their order.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
}

/// A record was not, or perhaps not, delivered.
#[derive(Debug, thiserror::Error)]
#[error("a record was not delivered: {0}")]
pub struct ProduceError(#[from] KafkaError);

impl ProduceError {
    /// Whether the record can never be delivered as it is, because it is too large.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        use rdkafka::error::RDKafkaErrorCode::{InvalidMessageSize, MessageSizeTooLarge};
        matches!(&self.0, KafkaError::MessageProduction(MessageSizeTooLarge | InvalidMessageSize))
    }
}

struct Context;

impl ClientContext for Context {
    fn error(&self, error: KafkaError, _: &str) {
        tracing::warn!(%error, "Kafka producer");
    }
}

/// Sends records. Cheap to clone; all clones share one client.
#[derive(Clone)]
pub struct Producer(FutureProducer<Context>);

impl Producer {
    /// A producer with the guarantees this service rests on. It connects when first used.
    pub fn new(config: &KafkaConfig) -> Result<Self, ProduceError> {
        let client = config
            .client()
            .set("enable.idempotence", "true")
            .set("acks", "all")
            .set("partitioner", "murmur2_random")
            .set("compression.type", COMPRESSION)
            .set("linger.ms", "2")
            .set("message.timeout.ms", DELIVERY_TIME.as_millis().to_string())
            // Above the broker's usual bound, because parked records have headers of ours on top.
            .set("message.max.bytes", (2 * super::MAX_RECORD_BYTES).to_string())
            .create_with_context(Context)?;
        Ok(Self(client))
    }

    /// Sends the records and waits until each is acknowledged or given up; one answer each, in order.
    pub async fn send_all(&self, records: &[Outgoing]) -> Vec<Result<(), ProduceError>> {
        join_all(records.iter().map(|record| self.send(record))).await
    }

    async fn send(&self, record: &Outgoing) -> Result<(), ProduceError> {
        let mut headers = OwnedHeaders::new_with_capacity(record.headers.len());
        for (key, value) in &record.headers {
            headers = headers.insert(Header { key, value: value.as_deref() });
        }
        let mut outgoing = FutureRecord::<[u8], [u8]>::to(&record.topic).headers(headers);
        outgoing.key = record.key.as_deref();
        outgoing.payload = record.value.as_deref();
        match self.0.send::<_, _, Timeout>(outgoing, DELIVERY_TIME.into()).await {
            Ok(_) => Ok(()),
            Err((error, _)) => Err(error.into()),
        }
    }

    /// Drops what is still under way: whoever lost the right to publish must not do so late.
    pub fn drop_outstanding(&self) {
        self.0.purge(PurgeConfig::default().queue().inflight());
    }
}
