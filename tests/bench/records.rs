//! A change in Keycloak becomes a record on the topic.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use crate::{
    connect::Connect,
    events,
    reader::Reader,
    report::{Goal, Latency, Outcome, Sample},
    stage::Stage,
    support::{admin::Admin, unique, walk::PASSWORD},
};

const USERS: &str = "gatehouse.users.v1";
/// Where Debezium's router sends what is written for people.
const ROUTED: &str = "outbox.event.person";
/// A record as the service writes it.
const RECORD: &str = include_str!("../../schemas/gatehouse.users.v1/examples/full.json");
const OUTBOX: &str = "
CREATE TABLE people (user_id text PRIMARY KEY, last_name text NOT NULL);
CREATE TABLE outbox (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), aggregatetype text NOT NULL, aggregateid text NOT NULL,
    type text NOT NULL, payload text NOT NULL);
INSERT INTO people SELECT 'person-' || n, '' FROM generate_series(0, 19) n";
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
    samples.extend(stage.with_logical_log(routed(stage, changes)).await?);
    let mut outcome = Outcome {
        name: "records",
        title: "a change in Keycloak becomes a record on the topic",
        unit: "changes",
        samples,
        goals: Vec::new(),
        notes: vec![
            format!(
                "{changes} changes of a last name by the Admin API, one every {PAUSE:?} by one caller, {PEOPLE} people in turn; `seen` is the time from Keycloak's answer, which follows its commit, until a reader of `{USERS}` has the record; `answer` is the call itself."
            ),
            "`debezium` is Debezium's source for PostgreSQL 3.5 with its outbox event router, told to look each 5 ms: as many transactions that change a row and write a whole record into an outbox, straight to PostgreSQL; `seen` is from the commit until a reader of its topic has the record. It does less: no Keycloak, no event, no store, no enrichment, one hop instead of two. It needs `wal_level = logical`, so its rounds come after ours.".to_owned(),
        ],
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
    let reader = Reader::start(&stage.stack.info.kafka_bootstrap, USERS)?;
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
    sample.latency.extend(latencies(&answered, &seen, calls));
    Ok(sample)
}

/// The same number of changes, written by hand into an outbox that Debezium reads.
async fn routed(stage: &Stage, changes: usize) -> Result<Vec<Sample>> {
    let bootstrap = &stage.stack.info.kafka_bootstrap;
    let database = stage.fresh_database("outbox").await?;
    events::make_topic(bootstrap, ROUTED).await?;
    let mut connection = PgConnection::connect(&database).await?;
    sqlx::raw_sql(OUTBOX).execute(&mut connection).await?;
    let connect = Connect::outbox(bootstrap, &database).await?;
    let mut samples = Vec::new();
    write(stage, &connect, &mut connection, changes).await?;
    for _ in 0..stage.size.rounds {
        samples.push(write(stage, &connect, &mut connection, changes).await?);
    }
    Ok(samples)
}

async fn write(
    stage: &Stage,
    connect: &Connect,
    connection: &mut PgConnection,
    changes: usize,
) -> Result<Sample> {
    let reader = Reader::start(&stage.stack.info.kafka_bootstrap, ROUTED)?;
    let meter = stage.meter(&[("connect", connect.pid()?)]).await?;
    let run = unique();
    let mut record: Value = serde_json::from_str(RECORD)?;
    let (mut answered, mut calls) = (HashMap::new(), Vec::new());
    for number in 0..changes {
        let (name, person) = (format!("B{run}-{number}"), format!("person-{}", number % PEOPLE));
        record["name"]["last"] = json!(name);
        let began = Instant::now();
        let mut transaction = connection.begin().await?;
        sqlx::query("UPDATE people SET last_name = $2 WHERE user_id = $1")
            .bind(&person)
            .bind(&name)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("INSERT INTO outbox (aggregatetype, aggregateid, type, payload) VALUES ('person', $1, 'changed', $2)")
            .bind(&person)
            .bind(record.to_string())
            .execute(&mut *transaction)
            .await?;
        // As its documentation advises: the row is only for the log.
        sqlx::query("DELETE FROM outbox").execute(&mut *transaction).await?;
        transaction.commit().await?;
        calls.push(began.elapsed());
        answered.insert(name, Instant::now());
        tokio::time::sleep(PAUSE.saturating_sub(began.elapsed())).await;
    }
    let seen = reader.end_with(&answered).await?;
    let mut sample = meter.stop("debezium", u64::try_from(changes)?).await?;
    sample.latency.extend(latencies(&answered, &seen, calls));
    Ok(sample)
}

/// How late what was answered was seen, and how long the calls took.
fn latencies(
    answered: &HashMap<String, Instant>,
    seen: &HashMap<String, Instant>,
    calls: Vec<Duration>,
) -> impl Iterator<Item = (&'static str, Latency)> {
    let late = answered.iter().filter_map(|(name, at)| Some(seen.get(name)?.saturating_duration_since(*at)));
    let all = [("seen", Latency::of(late.collect())), ("answer", Latency::of(calls))];
    all.into_iter().filter_map(|(name, latency)| Some((name, latency?)))
}
