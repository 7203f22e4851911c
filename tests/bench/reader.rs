//! Reads a topic and notes when what arrived.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use rdkafka::{
    ClientConfig, Message as _, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer as _},
};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(30);

/// Notes when which last name arrived.
pub struct Reader {
    stop: Arc<AtomicBool>,
    thread: tokio::task::JoinHandle<Result<HashMap<String, Instant>>>,
    seen: Arc<std::sync::Mutex<usize>>,
}

impl Reader {
    /// Reads what is sent from now on.
    pub fn start(bootstrap: &str, topic: &str) -> Result<Self> {
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", bootstrap)
            .set("group.id", "bench-reader")
            .set("fetch.wait.max.ms", "5")
            .create()?;
        let mut ends = TopicPartitionList::new();
        for (partition, _, end) in extent(&consumer, topic)? {
            ends.add_partition_offset(topic, partition, Offset::Offset(end))?;
        }
        consumer.assign(&ends)?;
        let (stop, seen) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let thread = tokio::task::spawn_blocking({
            let (stop, count) = (Arc::clone(&stop), Arc::clone(&seen));
            move || listen(&consumer, &stop, &count)
        });
        Ok(Self { stop, thread, seen })
    }

    /// Waits for all of these. A change that another one overtook is in the record of the later one, and is not timed.
    pub async fn end_with(self, answered: &HashMap<String, Instant>) -> Result<HashMap<String, Instant>> {
        let began = Instant::now();
        let count = || *self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        while count() < answered.len() && began.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.stop.store(true, Ordering::Relaxed);
        let seen = self.thread.await??;
        let arrived = answered.keys().filter(|name| seen.contains_key(*name)).count();
        ensure!(arrived == answered.len(), "{arrived} of {} changes arrived as records", answered.len());
        Ok(seen)
    }
}

/// Each partition with its first offset and the one that comes next.
pub fn extent(consumer: &BaseConsumer, topic: &str) -> Result<Vec<(i32, i64, i64)>> {
    let metadata = consumer.fetch_metadata(Some(topic), PATIENCE)?;
    let partitions = metadata.topics().first().context("no topic")?.partitions();
    let of = |id| consumer.fetch_watermarks(topic, id, PATIENCE).map(|(low, high)| (id, low, high));
    Ok(partitions.iter().map(|partition| of(partition.id())).collect::<Result<_, _>>()?)
}

fn listen(
    consumer: &BaseConsumer,
    stop: &AtomicBool,
    count: &std::sync::Mutex<usize>,
) -> Result<HashMap<String, Instant>> {
    let mut seen = HashMap::new();
    while !stop.load(Ordering::Relaxed) {
        let Some(message) = consumer.poll(Duration::from_millis(50)) else { continue };
        let (message, at) = (message?, Instant::now());
        let Some(value) = message.payload() else { continue };
        let record: Value = serde_json::from_slice(value)?;
        if let Some(name) = record["name"]["last"].as_str().filter(|name| name.starts_with('B')) {
            // The same state may be sent again for another reason.
            seen.entry(name.to_owned()).or_insert(at);
            *count.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = seen.len();
        }
    }
    Ok(seen)
}
