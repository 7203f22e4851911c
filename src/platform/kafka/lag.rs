//! How far this member of the group is behind, asked of Kafka itself. What the client library counts is unknown until the
//! group has committed something, and stands still while partitions are paused: it knows their ends from what it fetches.

use std::{convert::Infallible, sync::Arc, time::Duration};

use rdkafka::{
    Offset, TopicPartitionList,
    consumer::{Consumer as _, ConsumerContext, StreamConsumer},
    error::{KafkaError, KafkaResult, RDKafkaErrorCode},
};

/// How long between an answer and the next question.
const EVERY: Duration = Duration::from_secs(5);
/// How long each answer of Kafka is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Shows the lag as `gatehouse_consumer_lag`, again and again. While Kafka does not answer, the last one stands.
pub(super) async fn show<C>(client: &Arc<StreamConsumer<C>>, topic: &str) -> Infallible
where
    C: ConsumerContext + 'static,
{
    let gauge = metrics::gauge!("gatehouse_consumer_lag", "topic" => topic.to_owned());
    loop {
        tokio::time::sleep(EVERY).await;
        let client = Arc::clone(client);
        match tokio::task::spawn_blocking(move || ask(&client)).await {
            #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
            Ok(Ok(lag)) => gauge.set(lag as f64),
            Ok(Err(error)) => tracing::debug!(%error, "Kafka does not say how far the consumer is behind"),
            Err(error) => tracing::warn!(%error, "asking how far the consumer is behind failed"),
        }
    }
}

/// The lag over the partitions that are this member's now.
fn ask<C: ConsumerContext>(client: &StreamConsumer<C>) -> KafkaResult<i64> {
    let mine = client.assignment()?;
    if mine.count() == 0 {
        return Ok(0);
    }
    let edge = |edge| {
        let mut asked = mine.clone();
        asked.set_all_offsets(edge)?;
        client.offsets_for_times(asked, PATIENCE)
    };
    // The committed ones first: what is done meanwhile counts as not done, and nothing as done that is not.
    let committed = client.committed_offsets(mine.clone(), PATIENCE)?;
    behind(&committed, &edge(Offset::Beginning)?, &edge(Offset::End)?)
}

/// How many records lie between what was committed and the ends. Where nothing was, reading begins at the beginning; so
/// it does where what was committed is gone from the topic.
///
/// # Errors
///
/// The first partition of which something is not known: it may be far behind.
fn behind(
    committed: &TopicPartitionList,
    beginnings: &TopicPartitionList,
    ends: &TopicPartitionList,
) -> KafkaResult<i64> {
    let mut lag = 0;
    for partition in committed.elements() {
        partition.error()?;
        let at = |edges: &TopicPartitionList| {
            let edge = edges.find_partition(partition.topic(), partition.partition());
            let unknown = KafkaError::OffsetFetch(RDKafkaErrorCode::NoOffset);
            let edge = edge.ok_or_else(|| unknown.clone())?;
            edge.error()?;
            known(edge.offset()).ok_or(unknown)
        };
        let beginning = at(beginnings)?;
        let next = known(partition.offset()).map_or(beginning, |committed| committed.max(beginning));
        lag += (at(ends)? - next).max(0);
    }
    Ok(lag)
}

fn known(offset: Offset) -> Option<i64> {
    if let Offset::Offset(offset) = offset { (offset >= 0).then_some(offset) } else { None }
}

#[cfg(test)]
mod tests {
    use rdkafka::{Offset, TopicPartitionList};

    use super::behind;

    /// The committed offset, the beginning and the end of a partition.
    type Partition = (Option<i64>, i64, Option<i64>);

    fn lag(partitions: &[Partition]) -> Option<i64> {
        let list = |offset: fn(&Partition) -> Option<i64>| {
            let mut list = TopicPartitionList::new();
            for (number, partition) in (0..).zip(partitions) {
                let offset = offset(partition).map_or(Offset::Invalid, Offset::Offset);
                list.add_partition_offset("events", number, offset).unwrap();
            }
            list
        };
        behind(&list(|it| it.0), &list(|it| Some(it.1)), &list(|it| it.2)).ok()
    }

    #[test]
    fn a_member_is_behind_by_what_it_has_not_committed() {
        assert_eq!(lag(&[]), Some(0));
        assert_eq!(lag(&[(Some(10), 0, Some(10))]), Some(0));
        assert_eq!(lag(&[(Some(4), 0, Some(10)), (Some(7), 0, Some(9))]), Some(8));
    }

    #[test]
    fn where_nothing_was_committed_all_that_the_topic_still_has_is_to_come() {
        assert_eq!(lag(&[(None, 0, Some(10))]), Some(10));
        assert_eq!(lag(&[(None, 6, Some(10)), (Some(10), 0, Some(10))]), Some(4));
        assert_eq!(lag(&[(None, 0, Some(0))]), Some(0));
    }

    #[test]
    fn what_is_gone_from_the_topic_is_not_to_come() {
        assert_eq!(lag(&[(Some(2), 6, Some(10))]), Some(4));
    }

    #[test]
    fn a_partition_whose_end_is_not_known_does_not_count_as_read() {
        assert_eq!(lag(&[(Some(10), 0, Some(10)), (Some(2), 0, None)]), None);
    }
}
