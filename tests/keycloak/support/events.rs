//! The events topic as a reader sees it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use rdkafka::{
    ClientConfig, Message as _, Offset, TopicPartitionList,
    consumer::{Consumer as _, StreamConsumer},
    message::Headers as _,
};
use serde_json::Value;

use super::stack::Stack;

const TOPIC: &str = "gatehouse.keycloak-events.v1";
const PATIENCE: Duration = Duration::from_mins(1);

/// One record.
#[derive(Debug, Clone)]
pub struct Event {
    /// User or organisation id.
    pub key: String,
    /// `ce_id`: the same when a record is sent again.
    pub id: String,
    /// `ce_type`.
    pub kind: String,
    /// `ce_sequence`: grows for each key.
    pub sequence: i64,
    /// The record's value.
    pub value: Value,
}

/// Reads what is sent from the moment it was made.
pub struct Events {
    consumer: StreamConsumer,
    /// Everything read so far, in order for each key.
    pub seen: Vec<Event>,
}

impl Events {
    /// Starts behind the last record that there is now.
    pub fn from_now(stack: &Stack) -> Result<Self> {
        let consumer: StreamConsumer = ClientConfig::new()
            .set("bootstrap.servers", &stack.info.kafka_bootstrap)
            .set("group.id", "reader")
            .set("enable.auto.commit", "false")
            .create()?;
        let metadata = consumer.fetch_metadata(Some(TOPIC), PATIENCE)?;
        let partitions = metadata.topics().first().context("no events topic")?.partitions().len();
        let mut ends = TopicPartitionList::new();
        for partition in 0..i32::try_from(partitions)? {
            let (_, end) = consumer.fetch_watermarks(TOPIC, partition, PATIENCE)?;
            ends.add_partition_offset(TOPIC, partition, Offset::Offset(end))?;
        }
        consumer.assign(&ends)?;
        Ok(Self { consumer, seen: Vec::new() })
    }

    /// Reads until `enough` is content, and fails with what was seen when it never is.
    pub async fn until(&mut self, what: &str, enough: impl Fn(&[Event]) -> bool) -> Result<()> {
        self.until_within(PATIENCE, what, enough).await
    }

    /// The same with a patience of one's own.
    pub async fn until_within(
        &mut self,
        patience: Duration,
        what: &str,
        enough: impl Fn(&[Event]) -> bool,
    ) -> Result<()> {
        let deadline = Instant::now() + patience;
        while !enough(&self.seen) {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(message) = tokio::time::timeout(left, self.consumer.recv()).await else {
                bail!("waited for {what}; the last of {} records: {:#?}", self.seen.len(), self.seen.last());
            };
            let message = message?;
            let header = |name: &str| -> Result<String> {
                let headers = message.headers().context("a record without headers")?;
                let found = headers.iter().find(|header| header.key == name).and_then(|header| header.value);
                Ok(String::from_utf8(found.with_context(|| format!("no {name}"))?.to_vec())?)
            };
            self.seen.push(Event {
                key: String::from_utf8(message.key().context("a record without key")?.to_vec())?,
                id: header("ce_id")?,
                kind: header("ce_type")?,
                sequence: header("ce_sequence")?.parse()?,
                value: serde_json::from_slice(message.payload().context("a record without value")?)?,
            });
        }
        Ok(())
    }

    /// The last record of a key.
    pub fn last(seen: &[Event], key: &str) -> Option<Event> {
        seen.iter().rfind(|event| event.key == key).cloned()
    }

    /// Fails when the numbers of a key ever go down or a record was sent twice.
    pub fn ensure_ordered_and_single(&self) -> Result<()> {
        let (mut sequences, mut ids) = (BTreeMap::new(), BTreeSet::new());
        for event in &self.seen {
            let before = sequences.insert(&event.key, event.sequence).unwrap_or(0);
            ensure!(event.sequence > before, "{}: {} after {before}", event.key, event.sequence);
            ensure!(ids.insert(&event.id), "{} was sent twice", event.id);
        }
        Ok(())
    }
}
