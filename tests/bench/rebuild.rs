//! Every record is published again.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use rdkafka::{
    ClientConfig, Message as _, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer as _},
    message::OwnedHeaders,
    producer::{DefaultProducerContext, Producer as _, ThreadedProducer},
};
use sqlx::{AssertSqlSafe, PgConnection};

use crate::{
    events,
    process::Program,
    reader::extent,
    report::{Goal, Outcome, Sample},
    seed,
    stage::Stage,
    statements::OWN,
};

const USERS: &str = "gatehouse.users.v1";
const BARE: &str = "bench.bare";
/// How long one leg may take.
const DONE_WITHIN: Duration = Duration::from_mins(30);
const PATIENCE: Duration = Duration::from_secs(30);
/// Records that the bare producer repeats.
const SAMPLE: usize = 20_000;

/// Measures the service and a bare producer of the same records.
pub async fn run(stage: &Stage) -> Result<Outcome> {
    let people: i32 = stage.size.choose(1_000_000, 5_000);
    let mut database = stage.database().await?;
    seed::prepare(&mut database).await?;
    seed::fill(&mut database, people).await?;
    let bootstrap = stage.stack.info.kafka_bootstrap.clone();
    events::make_topic(&bootstrap, BARE).await?;
    let program = Program::of(stage).await?;
    let all = people + people / seed::PER_COMPANY;
    let ours = ours(stage, &program, &mut database, u64::try_from(all)?).await?;
    let records = read(&bootstrap, usize::try_from(people)?)?;
    let bare = bare(stage, &bootstrap, &records, usize::try_from(all)?).await?;
    let mut outcome = Outcome {
        name: "rebuild",
        title: "every record is published again",
        unit: "records",
        samples: vec![ours, bare],
        goals: Vec::new(),
        notes: vec![
            format!("`gatehouse publish --all` with {people} people and {} companies; timed from the command until no key is marked, then the topic is read: everybody is there. The tables are vacuumed before.", people / seed::PER_COMPANY),
            "The bare producer sends records of the same content as often, from memory, with the settings of the service (acks of all, idempotent, the same compression).".to_owned(),
            "One round.".to_owned(),
        ],
    };
    let rate = |side| outcome.median(side, Sample::rate);
    outcome.goals =
        vec![Goal::at_least("share of the bare producer", 0.3, rate("gatehouse") / rate("bare producer"))];
    for sample in &outcome.samples {
        eprintln!("   {}: {:.0} records a second", sample.side, sample.rate());
    }
    Ok(outcome)
}

async fn ours(stage: &Stage, program: &Program, database: &mut PgConnection, all: u64) -> Result<Sample> {
    let began = Instant::now();
    let meter = stage.meter(&[("gatehouse", stage.pid("gatehouse").await?)]).await?;
    program.run(&["publish", "--all"]).await?;
    let waits = format!("SELECT {OWN} EXISTS (SELECT FROM changed_keys)");
    while sqlx::query_scalar(AssertSqlSafe(waits.as_str())).fetch_one(&mut *database).await? {
        ensure!(began.elapsed() < DONE_WITHIN, "keys are still marked after {DONE_WITHIN:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    meter.stop("gatehouse", all).await
}

/// The records of the topic of people; fails when somebody is missing.
fn read(bootstrap: &str, people: usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", bootstrap)
        .set("group.id", "bench-reader")
        .set("auto.offset.reset", "earliest")
        // To `poll`, the answer to a commit is as if nothing came for all its time.
        .set("enable.auto.commit", "false")
        .create()?;
    let mut all = TopicPartitionList::new();
    // A compacted topic has gaps: it is read up to the last offset of each partition, not by counting.
    let mut ends = HashMap::new();
    for (partition, low, high) in extent(&consumer, USERS)? {
        all.add_partition_offset(USERS, partition, Offset::Offset(low))?;
        if low < high {
            ends.insert(partition, high - 1);
        }
    }
    consumer.assign(&all)?;
    let (mut keys, mut records) = (HashSet::new(), Vec::new());
    while !ends.is_empty() {
        let message = consumer.poll(PATIENCE).with_context(|| {
            format!(
                "the topic ends too early: {} people, still to come by partition: {ends:?}, read so far: {:?}, ends now: {:?}",
                keys.len(),
                consumer.position(),
                extent(&consumer, USERS)
            )
        })??;
        if ends.get(&message.partition()).is_some_and(|last| message.offset() >= *last) {
            ends.remove(&message.partition());
        }
        let key = message.key().context("a record without key")?.to_vec();
        if let Some(value) = message.payload().filter(|_| records.len() < SAMPLE) {
            records.push((key.clone(), value.to_vec()));
        }
        keys.insert(key);
    }
    ensure!(keys.len() >= people, "{} people on the topic of {people}", keys.len());
    Ok(records)
}

async fn bare(
    stage: &Stage,
    bootstrap: &str,
    records: &[(Vec<u8>, Vec<u8>)],
    times: usize,
) -> Result<Sample> {
    let producer: ThreadedProducer<DefaultProducerContext> = ClientConfig::new()
        .set("bootstrap.servers", bootstrap)
        .set("acks", "all")
        .set("enable.idempotence", "true")
        .set("compression.type", gatehouse::platform::kafka::COMPRESSION)
        .set("linger.ms", "2")
        .create()?;
    let meter = stage.meter(&[]).await?;
    for (key, value) in records.iter().cycle().take(times) {
        events::deliver(&producer, BARE, key, value, OwnedHeaders::new())?;
    }
    producer.flush(DONE_WITHIN)?;
    meter.stop("bare producer", u64::try_from(times)?).await
}
