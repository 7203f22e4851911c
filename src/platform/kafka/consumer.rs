//! The consumer: a batch of records becomes one database transaction, then the offsets move. The next batch is read
//! meanwhile.
//!
//! Whatever goes wrong between the commit and the offset, the batch comes again and the inbox
//! recognises it. A database that is away pauses the partitions and the same batch is tried until
//! it answers; it never makes a record count as unreadable.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use rdkafka::{
    ClientContext, Statistics, TopicPartitionList,
    consumer::{CommitMode, Consumer as _, ConsumerContext, Rebalance, StreamConsumer},
    error::{KafkaError, KafkaResult, RDKafkaErrorCode},
    message::BorrowedMessage,
};
use tokio_util::sync::CancellationToken;

use super::{KafkaConfig, Record, lag, membership::Membership};
use crate::platform::{db, health::Part};

/// Most records of one batch: each of its statements costs the less for one record, the more there are.
const BATCH_RECORDS: usize = 5000;
/// Most bytes of one batch: it bounds what a flood of large records can hold in memory.
const BATCH_BYTES: usize = 8 * 1024 * 1024;
/// Longest time that a batch is filled.
const BATCH_TIME: Duration = Duration::from_millis(50);
/// A batch is closed early when nothing came for so long, so that a single record does not wait.
const BATCH_LULL: Duration = Duration::from_millis(3);
/// Waiting times while the database is away, doubled from the first to the last.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));
/// How long before a client that broke for good is made anew.
const RECREATE_AFTER: Duration = Duration::from_secs(1);
/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It had its effect, now or when it came before.
    Applied,
    /// It cannot be read and was parked.
    Parked,
}

/// Where batches go.
#[async_trait]
pub trait Sink: Send + Sync {
    /// Applies the records in one transaction and says for each what became of it. It may be called
    /// again with the same records.
    async fn apply(&self, records: &[Record]) -> Result<Vec<Outcome>, sqlx::Error>;

    /// Parks one record that the store refuses whenever it is tried.
    async fn park(&self, record: &Record, reason: &str) -> Result<(), sqlx::Error>;
}

/// Reads one topic as a member of the group and feeds a [`Sink`].
pub struct Consumer<S> {
    config: KafkaConfig,
    sink: S,
    part: Part,
    stop: CancellationToken,
}

#[derive(Default)]
struct Context {
    membership: Membership,
}

impl ClientContext for Context {
    fn error(&self, error: KafkaError, _: &str) {
        tracing::warn!(%error, "Kafka consumer");
    }

    /// Whether this client is a settled member.
    fn stats(&self, statistics: Statistics) {
        let is_settled = statistics.cgrp.is_some_and(|group| group.join_state == "steady");
        self.membership.report(is_settled, Instant::now());
    }
}

impl ConsumerContext for Context {
    fn pre_rebalance(&self, _: &rdkafka::consumer::BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        // A batch may be under way. Of a partition that is taken away its offsets are not stored any more: the new owner
        // reads those records again, waits for this batch in the inbox, and recognises them.
        match rebalance {
            Rebalance::Assign(partitions) => tracing::info!(partitions = partitions.count(), "assigned"),
            Rebalance::Revoke(partitions) => tracing::info!(partitions = partitions.count(), "revoked"),
            Rebalance::Error(error) => tracing::warn!(%error, "rebalance"),
        }
    }

    fn commit_callback(&self, result: KafkaResult<()>, _: &TopicPartitionList) {
        if let Err(error) = result {
            tracing::debug!(%error, "offsets were not committed; their records come again");
        }
    }
}

type Client = StreamConsumer<Context>;

#[derive(Default)]
struct Batch {
    records: Vec<Record>,
    bytes: usize,
    /// Why nothing follows these records.
    end: Option<KafkaError>,
}

impl Batch {
    fn push(&mut self, record: Record) {
        self.bytes += record.size();
        self.records.push(record);
    }

    fn is_full(&self) -> bool {
        self.records.len() >= BATCH_RECORDS || self.bytes >= BATCH_BYTES
    }

    /// Takes what the client gives.
    fn receive(&mut self, received: KafkaResult<BorrowedMessage<'_>>) {
        match received {
            Ok(message) => self.push(Record::detach(&message)),
            Err(error) if is_fatal(&error) => self.end = Some(error),
            Err(error) => tracing::warn!(%error, "Kafka did not deliver"),
        }
    }
}

/// Why reading ended.
enum End {
    Stopped,
    Halted,
    Broken(KafkaError),
    /// Kafka is away, or the client does not find back into its group.
    Lost,
}

impl<S: Sink> Consumer<S> {
    /// A consumer of `config.events_topic`. `part` is ready unless the database is away or the
    /// guard against parking everything has tripped.
    pub fn new(config: KafkaConfig, sink: S, part: Part, stop: CancellationToken) -> Self {
        Self { config, sink, part, stop }
    }

    /// Reads until told to stop.
    pub async fn run(self) {
        loop {
            match self.session().await {
                End::Stopped => return,
                End::Halted => {
                    self.part.report(false);
                    metrics::gauge!("gatehouse_consumer_halted").set(1.0);
                    tracing::error!(
                        parked = self.config.parked_in_a_row,
                        topic = self.config.events_topic,
                        "every record of late was unreadable: the consumer stopped, and waits for a restart"
                    );
                    return self.stop.cancelled().await;
                }
                End::Broken(error) => tracing::error!(%error, "the Kafka consumer broke and is made anew"),
                End::Lost => tracing::warn!("the Kafka consumer is in no group and is made anew"),
            }
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(RECREATE_AFTER) => {}
            }
        }
    }

    fn connect(&self) -> KafkaResult<Arc<Client>> {
        let client: Client = self
            .config
            .client()
            .set("group.id", &self.config.group_id)
            .set("enable.auto.commit", "true")
            .set("auto.commit.interval.ms", "1000")
            .set("enable.auto.offset.store", "false")
            // Records that come again have no second effect, and records that are skipped are lost.
            .set("auto.offset.reset", "earliest")
            .set("partition.assignment.strategy", "cooperative-sticky")
            // How long the partitions of an instance that was killed lie idle.
            .set("session.timeout.ms", "10000")
            .set("queued.max.messages.kbytes", "16384")
            .set("statistics.interval.ms", "5000")
            // A queue that was full is filled again at once; by default only after a second, as soon as it is long empty.
            .set("fetch.queue.backoff.ms", "10")
            .set("fetch.wait.max.ms", "100")
            .create_with_context(Context::default())?;
        client.subscribe(&[&self.config.events_topic])?;
        Ok(Arc::new(client))
    }

    async fn session(&self) -> End {
        let client = match self.connect() {
            Ok(client) => client,
            Err(error) => return End::Broken(error),
        };
        self.part.report(true);
        let end = tokio::select! {
            end = self.read(&client) => end,
            never = lag::show(&client, &self.config.events_topic) => match never {},
        };
        if matches!(end, End::Lost) {
            // It may wait long for whom it does not find; its successor need not.
            tokio::spawn(leave(client));
        } else {
            leave(client).await;
        }
        end
    }

    /// Reads batch by batch, and says why it ended.
    async fn read(&self, client: &Client) -> End {
        let mut parked_in_a_row = 0;
        let mut early = Batch::default();
        loop {
            let batch = match self.collect(client, std::mem::take(&mut early)).await {
                Ok(batch) if batch.records.is_empty() => return End::Stopped,
                Ok(batch) => batch,
                Err(end) => return end,
            };
            let Some(outcomes) = self.apply(client, &batch.records, &mut early).await else {
                return End::Stopped;
            };
            store_offsets(client, &batch.records);
            for outcome in outcomes {
                parked_in_a_row = if outcome == Outcome::Parked { parked_in_a_row + 1 } else { 0 };
            }
            if parked_in_a_row >= self.config.parked_in_a_row {
                return End::Halted;
            }
        }
    }

    /// Fills a batch. Empty only when told to stop.
    async fn collect(&self, client: &Client, mut batch: Batch) -> Result<Batch, End> {
        let mut deadline: Option<Instant> = (!batch.records.is_empty()).then(|| Instant::now() + BATCH_TIME);
        loop {
            if let Some(error) = batch.end {
                return Err(End::Broken(error));
            }
            if batch.is_full() {
                return Ok(batch);
            }
            let patience = match deadline {
                None => Duration::from_hours(1),
                Some(deadline) => BATCH_LULL.min(deadline.saturating_duration_since(Instant::now())),
            };
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return Ok(Batch::default()),
                received = client.recv() => batch.receive(received),
                () = client.context().membership.lost(), if batch.records.is_empty() => return Err(End::Lost),
                () = tokio::time::sleep(patience) => if deadline.is_some() { return Ok(batch) },
            }
            if !batch.records.is_empty() {
                deadline.get_or_insert_with(|| Instant::now() + BATCH_TIME);
            }
        }
    }

    /// Applies a batch, however long the database is away. `None` when told to stop meanwhile.
    async fn apply(&self, client: &Client, records: &[Record], early: &mut Batch) -> Option<Vec<Outcome>> {
        let mut delay = BACKOFF.0;
        let mut has_waited = false;
        loop {
            let error = match self.attempt_while_reading(client, records, early).await {
                Ok(outcomes) => {
                    if has_waited {
                        self.part.report(true);
                        resume(client);
                    }
                    return Some(outcomes);
                }
                Err(error) => error,
            };
            tracing::warn!(error = %db::describe(&error), records = records.len(), "the batch waits for the database");
            metrics::counter!("gatehouse_batches_retried_total").increment(1);
            self.part.report(false);
            pause(client);
            has_waited = true;
            if !self.wait(client, delay, early).await {
                return None;
            }
            delay = (delay * 2).min(BACKOFF.1);
        }
    }

    /// One attempt, during which the next batch is filled: reading takes about as long as writing.
    async fn attempt_while_reading(
        &self,
        client: &Client,
        records: &[Record],
        early: &mut Batch,
    ) -> Result<Vec<Outcome>, sqlx::Error> {
        let attempt = self.attempt(records);
        tokio::pin!(attempt);
        loop {
            tokio::select! {
                biased;
                done = &mut attempt => return done,
                received = client.recv(), if early.end.is_none() && !early.is_full() => early.receive(received),
            }
        }
    }

    /// One attempt. What the store refuses for a reason of the record's own is found by halving, in order, and parked
    /// alone. Any other error is nobody's record's: the batch waits.
    async fn attempt(&self, records: &[Record]) -> Result<Vec<Outcome>, sqlx::Error> {
        let mut outcomes = Vec::with_capacity(records.len());
        let mut parts = vec![records];
        while let Some(part) = parts.pop() {
            match (self.sink.apply(part).await, part) {
                (Ok(outcome), _) => outcomes.extend(outcome),
                (Err(error), [record]) if db::refuses_values(&error) => {
                    let reason = format!("the store refuses it: {}", db::describe(&error));
                    self.sink.park(record, &reason).await?;
                    outcomes.push(Outcome::Parked);
                }
                (Err(error), _) if db::refuses_values(&error) => {
                    tracing::error!(error = %db::describe(&error), records = part.len(), "the store refuses a batch");
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.extend([second, first]);
                }
                (Err(error), _) => return Err(error),
            }
        }
        Ok(outcomes)
    }

    /// Waits, and polls the client meanwhile: one that is not polled loses its partitions. What
    /// still comes is kept for the next batch, and its partition paused too.
    async fn wait(&self, client: &Client, delay: Duration, early: &mut Batch) -> bool {
        let done = tokio::time::sleep(delay);
        tokio::pin!(done);
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return false,
                () = &mut done => return true,
                received = client.recv(), if early.end.is_none() => {
                    early.receive(received);
                    pause(client);
                }
            }
        }
    }
}

fn is_fatal(error: &KafkaError) -> bool {
    matches!(
        error,
        KafkaError::MessageConsumptionFatal(_)
            | KafkaError::MessageConsumption(RDKafkaErrorCode::Fatal | RDKafkaErrorCode::FencedInstanceId)
    )
}

fn store_offsets(client: &Client, records: &[Record]) {
    let last: BTreeMap<i32, &Record> = records.iter().map(|record| (record.partition, record)).collect();
    for record in last.values() {
        if let Err(error) = client.store_offset(&record.topic, record.partition, record.offset) {
            // The partition is no longer ours (`_STATE`): its new owner reads the records again, and
            // the inbox recognises them.
            tracing::debug!(%error, partition = record.partition, "the offset was not stored");
        }
    }
}

fn pause(client: &Client) {
    if let Err(error) = client.assignment().and_then(|partitions| client.pause(&partitions)) {
        tracing::debug!(%error, "partitions were not paused");
    }
}

fn resume(client: &Client) {
    if let Err(error) = client.assignment().and_then(|partitions| client.resume(&partitions)) {
        tracing::debug!(%error, "partitions were not resumed");
    }
}

/// Commits what is stored and leaves the group, so that others take over at once.
async fn leave(client: Arc<Client>) {
    let left = tokio::task::spawn_blocking(move || {
        if let Err(error) = client.commit_consumer_state(CommitMode::Sync) {
            tracing::debug!(%error, "the last offsets were not committed");
        }
    });
    if left.await.is_err() {
        tracing::warn!("leaving the consumer group failed");
    }
}
