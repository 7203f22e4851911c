//! A Kafka with topics of its own for each test.

use std::time::{Duration, Instant};

use gatehouse::platform::kafka::{Outgoing, Producer};
use rdkafka::{
    ClientConfig, Message as _, Offset, TopicPartitionList,
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    consumer::{Consumer as _, StreamConsumer},
    message::Headers as _,
};
use serde_json::Value;
use uuid::Uuid;

use super::schemas;

/// How long a test waits for what must happen.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// Topics and a consumer group for one test.
#[derive(Clone)]
pub struct TestKafka {
    pub bootstrap: String,
    pub name: String,
    pub group: String,
}

/// A record as a reader sees it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub key: Option<String>,
    pub value: Option<Vec<u8>>,
    pub headers: Vec<(String, Option<Vec<u8>>)>,
    pub partition: i32,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().rev().find(|(key, _)| key == name)?;
        std::str::from_utf8(value.as_deref()?).ok()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(self.value.as_deref().expect("a value")).expect("JSON")
    }

    pub fn revision(&self) -> i64 {
        self.header("ce_sequence").unwrap().parse().unwrap()
    }
}

impl TestKafka {
    /// Makes the topics: three partitions for events, people and companies, one for parked records.
    pub async fn create() -> Self {
        let bootstrap = xtask::testing::kafka_bootstrap().await.expect("Kafka for tests");
        let name = format!("test-{}", Uuid::new_v4().simple());
        let kafka = Self { bootstrap, group: name.clone(), name };
        let admin: AdminClient<DefaultClientContext> = kafka.client().create().unwrap();
        let topics = [kafka.events(), kafka.users(), kafka.companies(), kafka.parked()];
        let new = topics.iter().map(|topic| {
            let partitions = if *topic == kafka.parked() { 1 } else { 3 };
            NewTopic::new(topic, partitions, TopicReplication::Fixed(1)).set("max.message.bytes", "2097152")
        });
        let new: Vec<NewTopic<'_>> = new.collect();
        for made in admin.create_topics(&new, &AdminOptions::new()).await.unwrap() {
            made.expect("the topic is made");
        }
        kafka
    }

    /// The same topics for a group that has read nothing: what a group that lost its offsets is.
    pub fn forgotten(&self) -> Self {
        Self { group: format!("{}-again", self.group), ..self.clone() }
    }

    pub fn events(&self) -> String {
        format!("{}.events", self.name)
    }

    pub fn users(&self) -> String {
        format!("{}.users", self.name)
    }

    pub fn companies(&self) -> String {
        format!("{}.companies", self.name)
    }

    pub fn parked(&self) -> String {
        format!("{}.parked", self.name)
    }

    fn client(&self) -> ClientConfig {
        let mut client = ClientConfig::new();
        client.set("bootstrap.servers", &self.bootstrap);
        client
    }

    /// The part of the service's configuration that is about this Kafka.
    pub fn config(&self) -> String {
        format!(
            "kafka.bootstrap_servers = \"{}\"\nkafka.group_id = \"{}\"\nkafka.events_topic = \"{}\"\n\
             kafka.parked_topic = \"{}\"\npublishing.users_topic = \"{}\"\npublishing.companies_topic = \"{}\"\n",
            self.bootstrap,
            self.group,
            self.events(),
            self.parked(),
            self.users(),
            self.companies()
        )
    }

    /// A producer as the service has it.
    pub fn producer(&self) -> Producer {
        let config = format!("{}\n{}", crate::config::MINIMAL_BUT_KAFKA, self.config());
        Producer::new(&gatehouse::app::Config::from_toml(&config).unwrap().kafka).unwrap()
    }

    /// Sends records and waits until Kafka has them.
    pub async fn send(&self, records: &[Outgoing]) {
        for sent in self.producer().send_all(records).await {
            sent.unwrap();
        }
    }

    /// Reads a topic from its beginning until `enough` is content, and fails when it never is.
    pub async fn read_until(&self, topic: &str, what: &str, enough: impl Fn(&[Seen]) -> bool) -> Vec<Seen> {
        let consumer: StreamConsumer = self.client().set("group.id", "reader").create().unwrap();
        let mut partitions = TopicPartitionList::new();
        let metadata = consumer.fetch_metadata(Some(topic), PATIENCE).unwrap();
        for partition in metadata.topics()[0].partitions() {
            partitions.add_partition_offset(topic, partition.id(), Offset::Beginning).unwrap();
        }
        consumer.assign(&partitions).unwrap();
        let deadline = Instant::now() + PATIENCE;
        let mut seen = Vec::new();
        while !enough(&seen) {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(received) = tokio::time::timeout(left, consumer.recv()).await else {
                panic!("{topic}: waited for {what}; seen {} records: {seen:#?}", seen.len());
            };
            let message = received.unwrap_or_else(|error| panic!("{topic}: {error}"));
            seen.push(Seen {
                key: message.key().map(|key| String::from_utf8_lossy(key).into_owned()),
                value: message.payload().map(<[u8]>::to_vec),
                headers: message.headers().map(detach).unwrap_or_default(),
                partition: message.partition(),
            });
        }
        seen
    }

    /// The first records of the topic of people, each checked against the schema.
    pub async fn users_until(&self, what: &str, enough: impl Fn(&[Seen]) -> bool) -> Vec<Seen> {
        let seen = self.read_until(&self.users(), what, enough).await;
        schemas::check("gatehouse.users.v1", &seen);
        seen
    }

    /// The first records of the topic of companies, each checked against the schema.
    pub async fn companies_until(&self, what: &str, enough: impl Fn(&[Seen]) -> bool) -> Vec<Seen> {
        let seen = self.read_until(&self.companies(), what, enough).await;
        schemas::check("gatehouse.companies.v1", &seen);
        seen
    }

    /// The offsets that the service's group has committed, added up over the partitions.
    pub async fn committed(&self) -> i64 {
        let consumer: StreamConsumer = self.client().set("group.id", &self.group).create().unwrap();
        let mut partitions = TopicPartitionList::new();
        partitions.add_partition_range(&self.events(), 0, 2);
        tokio::task::spawn_blocking(move || {
            let committed = consumer.committed_offsets(partitions, PATIENCE).unwrap();
            committed
                .elements()
                .iter()
                .filter_map(|element| element.offset().to_raw())
                .map(|o| o.max(0))
                .sum()
        })
        .await
        .unwrap()
    }
}

fn detach(headers: &rdkafka::message::BorrowedHeaders) -> Vec<(String, Option<Vec<u8>>)> {
    headers.iter().map(|header| (header.key.to_owned(), header.value.map(<[u8]>::to_vec))).collect()
}

/// Waits until a question is answered as wished, asking again and again.
pub async fn eventually<T, F, Asked>(what: &str, mut ask: F, is_right: impl Fn(&T) -> bool) -> T
where
    T: std::fmt::Debug,
    F: FnMut() -> Asked,
    Asked: Future<Output = T>,
{
    let deadline = Instant::now() + PATIENCE;
    let mut tick = tokio::time::interval(Duration::from_millis(20));
    loop {
        tick.tick().await;
        let answer = ask().await;
        if is_right(&answer) {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited for {what}; the last answer was {answer:?}");
    }
}

/// The last record of each key.
pub fn latest(seen: &[Seen]) -> std::collections::BTreeMap<String, Seen> {
    seen.iter().map(|record| (record.key.clone().expect("a key"), record.clone())).collect()
}
