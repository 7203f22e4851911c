//! Kafka as this service uses it: records in, batch by batch and exactly once in effect; records
//! out, each awaited; and what cannot be read, parked.

mod consumer;
mod lag;
mod membership;
mod parking;
mod producer;
mod whole;

use std::collections::BTreeMap;

use rdkafka::{ClientConfig, Message, message::Headers as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::config::Findings;

pub use consumer::{Consumer, Outcome, Sink};
pub use parking::{ParkingRelay, park_in_tx, waiting};
pub use producer::{COMPRESSION, DELIVERY_TIME, Outgoing, ProduceError, Producer};
pub use whole::{ReadError, read_whole};

/// What a record that cannot be used may be at most, in bytes of key and value: the default bound of a broker.
pub const MAX_RECORD_BYTES: usize = 1024 * 1024;

/// Settings of the client library that carry our guarantees and therefore cannot be overridden.
const OWN_SETTINGS: &[&str] = &[
    "acks",
    "auto.offset.reset",
    "bootstrap.servers",
    "enable.auto.commit",
    "enable.auto.offset.store",
    "enable.idempotence",
    "group.id",
    "partition.assignment.strategy",
    "partitioner",
];

/// Where Kafka is and which topics carry Keycloak's events.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KafkaConfig {
    /// `host:port`, several separated by commas.
    pub bootstrap_servers: String,
    /// Further settings of the client library by its own names, for example `security.protocol`,
    /// `sasl.mechanism` and `sasl.password`. Those that carry our guarantees are refused.
    #[serde(default)]
    pub properties: BTreeMap<String, SecretString>,
    /// The consumer group; every instance of the service shares it.
    pub group_id: String,
    /// The topic that Keycloak's events come by.
    pub events_topic: String,
    /// The topic for what cannot be read. It must take records of twice the usual size, because
    /// headers are added.
    pub parked_topic: String,
    /// How many records in a row may be parked before the consumer stops: so many are no accident
    /// but a wrong topic or a wrong version. 1 to 100 000.
    pub parked_in_a_row: usize,
}

impl KafkaConfig {
    /// Adds what is wrong with this section to `findings`.
    pub fn validate(&self, findings: &mut Findings) {
        findings.expect(
            self.bootstrap_servers.split(',').all(|server| {
                server.rsplit_once(':').is_some_and(|(host, port)| {
                    !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0)
                })
            }),
            "kafka.bootstrap_servers",
            "host:port, several separated by commas",
        );
        for (key, topic) in
            [("kafka.events_topic", &self.events_topic), ("kafka.parked_topic", &self.parked_topic)]
        {
            findings.expect(
                is_topic(topic),
                key,
                "a topic name: 1 to 249 of letters, digits, '.', '_' and '-'",
            );
        }
        findings.expect(
            self.events_topic != self.parked_topic,
            "kafka.parked_topic",
            "a topic of its own, not that of kafka.events_topic",
        );
        findings.expect(!self.group_id.is_empty(), "kafka.group_id", "a name");
        findings.expect(
            (1..=100_000).contains(&self.parked_in_a_row),
            "kafka.parked_in_a_row",
            "1 to 100 000 records",
        );
        for name in self.properties.keys().filter(|name| OWN_SETTINGS.contains(&name.as_str())) {
            findings.expect(
                false,
                &format!("kafka.properties.{name}"),
                "no value, this setting carries a guarantee",
            );
        }
    }

    fn client(&self) -> ClientConfig {
        let mut client = ClientConfig::new();
        for (name, value) in &self.properties {
            client.set(name, value.expose_secret());
        }
        client.set("bootstrap.servers", &self.bootstrap_servers).set("client.id", "gatehouse");
        client
    }
}

/// Whether Kafka takes `name` as a topic's (`org.apache.kafka.common.internals.Topic`).
#[must_use]
pub fn is_topic(name: &str) -> bool {
    (1..=249).contains(&name.len())
        && name != "."
        && name != ".."
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// A record as it came, bytes and all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where it came from.
    pub topic: String,
    /// Its partition.
    pub partition: i32,
    /// Its place in the partition.
    pub offset: i64,
    /// The broker's time stamp in milliseconds since 1970, when there is one.
    pub timestamp: Option<i64>,
    /// The key, absent when null.
    pub key: Option<Vec<u8>>,
    /// The value, absent when null.
    pub value: Option<Vec<u8>>,
    /// The headers in their order; the same name may come twice, and a value may be null.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
}

impl Record {
    fn detach(message: &impl Message<Headers = rdkafka::message::BorrowedHeaders>) -> Self {
        Self {
            topic: message.topic().to_owned(),
            partition: message.partition(),
            offset: message.offset(),
            timestamp: message.timestamp().to_millis(),
            key: message.key().map(<[u8]>::to_vec),
            value: message.payload().map(<[u8]>::to_vec),
            headers: message.headers().map(detach_headers).unwrap_or_default(),
        }
    }

    /// The text of the last header of this name, if it is there and is UTF-8.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().rev().find(|(key, _)| key == name)?;
        std::str::from_utf8(value.as_deref()?).ok()
    }

    /// A name for this place in the stream that stays the same however often it is read. The time
    /// stamp tells it from the same place in a topic that was deleted and made again.
    #[must_use]
    pub fn place(&self) -> String {
        let timestamp = self.timestamp.unwrap_or_default();
        format!("{}/{}@{}/{timestamp}", self.topic, self.partition, self.offset)
    }

    /// Bytes held in memory by key, value and headers.
    #[must_use]
    pub fn size(&self) -> usize {
        let headers: usize =
            self.headers.iter().map(|(name, value)| name.len() + value.as_ref().map_or(0, Vec::len)).sum();
        headers + self.key.as_ref().map_or(0, Vec::len) + self.value.as_ref().map_or(0, Vec::len)
    }
}

/// The library stops with a panic at a header whose name is not UTF-8. Such a name is replaced, so
/// that the record can be parked like other garbage.
fn detach_headers(headers: &rdkafka::message::BorrowedHeaders) -> Vec<(String, Option<Vec<u8>>)> {
    (0..headers.count())
        .filter_map(|index| {
            let read = std::panic::AssertUnwindSafe(|| {
                headers.try_get(index).map(|header| (header.key.to_owned(), header.value.map(<[u8]>::to_vec)))
            });
            std::panic::catch_unwind(read).unwrap_or_else(|_| Some(("\u{fffd}".to_owned(), None)))
        })
        .collect()
}
