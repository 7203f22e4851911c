//! A change in Keycloak becomes a record on the topic.

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
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    report::{Goal, Latency, Outcome, Sample},
    stage::Stage,
    support::{admin::Admin, unique, walk::PASSWORD},
};

const USERS: &str = "gatehouse.users.v1";
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two changes.
const PAUSE: Duration = Duration::from_millis(50);
const PEOPLE: usize = 20;

/// Measures how old a change is when a reader of the topic has it.
pub async fn run(stage: &Stage) -> Result<Outcome> {
    let admin = Admin::new(&stage.stack)?;
    let changes = stage.size.choose(400, 40);
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let email = format!("change-{number}-{}@bench.example", unique());
        people.push((admin.create_person(&email, PASSWORD).await?, email));
    }
    // What runs for the first time is slower, in a virtual machine above all.
    change(stage, &admin, &people, changes).await?;
    let mut samples = Vec::new();
    for _ in 0..stage.size.rounds {
        samples.push(change(stage, &admin, &people, changes).await?);
    }
    let mut outcome = Outcome {
        name: "records",
        title: "a change in Keycloak becomes a record on the topic",
        unit: "changes",
        samples,
        goals: Vec::new(),
        notes: vec![format!(
            "{changes} changes of a last name by the Admin API, one every {PAUSE:?} by one caller, {PEOPLE} people in turn; `seen` is the time from Keycloak's answer, which follows its commit, until a reader of `{USERS}` has the record; `answer` is the call itself."
        )],
    };
    let worst = |of: fn(&Latency) -> f64| {
        outcome.median("gatehouse", |it| it.latency.get("seen").map_or(f64::NAN, of))
    };
    outcome.goals = vec![
        Goal::at_most("p50 in ms", 50.0, worst(|it| it.p50)),
        Goal::at_most("p99 in ms", 250.0, worst(|it| it.p99)),
    ];
    Ok(outcome)
}

async fn change(
    stage: &Stage,
    admin: &Admin<'_>,
    people: &[(String, String)],
    changes: usize,
) -> Result<Sample> {
    let reader = Reader::start(&stage.stack.info.kafka_bootstrap)?;
    let programs = [("gatehouse", stage.pid("gatehouse").await?), ("keycloak", stage.pid("keycloak").await?)];
    let meter = stage.meter(&programs).await?;
    let run = unique();
    let (mut answered, mut calls) = (HashMap::new(), Vec::new());
    for (number, (id, email)) in people.iter().cycle().take(changes).enumerate() {
        let name = format!("B{run}-{number}");
        let attributes = json!({"company": [email], "country": ["SG"]});
        let body = json!({"username": email, "email": email, "emailVerified": true, "enabled": true,
            "firstName": "Ani", "lastName": name, "attributes": attributes});
        let began = Instant::now();
        admin.done(Method::PUT, &format!("users/{id}"), Some(body)).await?;
        calls.push(began.elapsed());
        answered.insert(name, Instant::now());
        tokio::time::sleep(PAUSE.saturating_sub(began.elapsed())).await;
    }
    let seen = reader.end_with(&answered).await?;
    let mut sample = meter.stop("gatehouse", u64::try_from(changes)?).await?;
    let times = answered.iter().filter_map(|(name, at)| Some(seen.get(name)?.saturating_duration_since(*at)));
    sample.latency.extend(Latency::of(times.collect()).map(|latency| ("seen", latency)));
    sample.latency.extend(Latency::of(calls).map(|latency| ("answer", latency)));
    Ok(sample)
}

/// Notes when which last name arrived.
struct Reader {
    stop: Arc<AtomicBool>,
    thread: tokio::task::JoinHandle<Result<HashMap<String, Instant>>>,
    seen: Arc<std::sync::Mutex<usize>>,
}

impl Reader {
    /// Reads what is sent from now on.
    fn start(bootstrap: &str) -> Result<Self> {
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", bootstrap)
            .set("group.id", "bench-reader")
            .set("fetch.wait.max.ms", "5")
            .create()?;
        let metadata = consumer.fetch_metadata(Some(USERS), PATIENCE)?;
        let mut ends = TopicPartitionList::new();
        for partition in metadata.topics().first().context("no topic")?.partitions() {
            let (_, end) = consumer.fetch_watermarks(USERS, partition.id(), PATIENCE)?;
            ends.add_partition_offset(USERS, partition.id(), Offset::Offset(end))?;
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
    async fn end_with(self, answered: &HashMap<String, Instant>) -> Result<HashMap<String, Instant>> {
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
