//! Reading a topic from its beginning to its present end, for commands.

use std::{collections::BTreeSet, time::Duration};

use rdkafka::{
    ClientConfig, Offset, TopicPartitionList,
    consumer::{Consumer as _, StreamConsumer},
    error::KafkaError,
    metadata::{MetadataPartition, MetadataTopic},
};

use super::{KafkaConfig, Record};

/// How long Kafka may be silent.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a topic could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Kafka refuses, or cannot be reached.
    #[error(transparent)]
    Kafka(#[from] KafkaError),
    /// Asking Kafka was cut short.
    #[error(transparent)]
    Stopped(#[from] tokio::task::JoinError),
    /// There is no such topic.
    #[error("there is no topic {0}")]
    NoTopic(String),
    /// Nothing came for half a minute, and the end was not reached.
    #[error("{0} could not be read to its end: Kafka is silent")]
    Silent(String),
}

/// Gives every record of a topic to `each`, from the first to the last that there is when the end is reached, in the
/// order of each partition. Nothing is committed: the group's own place stays where it is.
///
/// # Errors
/// When Kafka refuses, lacks the topic, or says nothing for half a minute.
pub async fn read_whole(
    config: &KafkaConfig,
    topic: &str,
    mut each: impl FnMut(Record),
) -> Result<(), ReadError> {
    let mut client = config.client();
    client
        .set("group.id", &config.group_id)
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true");
    let name = topic.to_owned();
    // Asking for the partitions blocks its thread.
    let (consumer, mut open) =
        tokio::task::spawn_blocking(move || at_the_beginning(&client, &name)).await??;
    while !open.is_empty() {
        match tokio::time::timeout(PATIENCE, consumer.recv()).await {
            Ok(Ok(message)) => each(Record::detach(&message)),
            Ok(Err(KafkaError::PartitionEOF(partition))) => {
                open.remove(&partition);
            }
            Ok(Err(error)) => return Err(error.into()),
            Err(_) => return Err(ReadError::Silent(topic.to_owned())),
        }
    }
    Ok(())
}

/// A consumer that stands before the first record of each partition, and those partitions.
fn at_the_beginning(
    client: &ClientConfig,
    topic: &str,
) -> Result<(StreamConsumer, BTreeSet<i32>), ReadError> {
    let consumer: StreamConsumer = client.create()?;
    let metadata = consumer.fetch_metadata(Some(topic), PATIENCE)?;
    let partitions = metadata.topics().iter().flat_map(MetadataTopic::partitions);
    let partitions: BTreeSet<i32> = partitions.map(MetadataPartition::id).collect();
    if partitions.is_empty() {
        return Err(ReadError::NoTopic(topic.to_owned()));
    }
    let mut places = TopicPartitionList::new();
    for partition in &partitions {
        places.add_partition_offset(topic, *partition, Offset::Beginning)?;
    }
    consumer.assign(&places)?;
    Ok((consumer, partitions))
}
