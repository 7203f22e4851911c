//! Events are read from Kafka into PostgreSQL.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::{
    connect::{self, Connect},
    events::{self, State},
    process::Program,
    report::{Goal, Outcome, Sample},
    stage::Stage,
    statements::OWN,
};

const TOPIC: &str = "bench.keycloak-events";
const FLAT: &str = "bench.flat";
/// How long one leg may take.
const DONE_WITHIN: Duration = Duration::from_mins(10);
/// Rows that the limits write at once, as many as the peer.
const BATCH: usize = 5000;
/// So many people who were changed last are looked up while a side works: to look at all would be work for the database.
const LAST: usize = 100;

/// Measures the service, Debezium's sink and PostgreSQL alone, by turns.
pub async fn run(stage: &Stage) -> Result<Outcome> {
    let (people, events) = stage.size.choose((10_000, 200_000), (1_000, 10_000));
    let bootstrap = stage.stack.info.kafka_bootstrap.clone();
    for topic in [TOPIC, FLAT] {
        events::make_topic(&bootstrap, topic).await?;
    }
    let program = Program::of(stage).await?;
    // Its publisher would be at work beside what is measured.
    stage.own.stop("gatehouse").await?;
    let peer = stage.fresh_database("sink").await?;
    sqlx::raw_sql(connect::TABLE).execute(&mut PgConnection::connect(&peer).await?).await?;
    let legs = Legs { stage, program, peer, bootstrap, events };
    let limits = stage.fresh_database("limits").await?;
    sqlx::raw_sql(LIMIT_TABLES).execute(&mut PgConnection::connect(&limits).await?).await?;
    let mut samples = Vec::new();
    for round in 0..stage.size.rounds {
        let states = events::states(&format!("r{round}-"), people, events);
        for turn in turns(round) {
            let sample = match turn {
                Side::Ours => legs.ours(round, &states).await?,
                Side::Sink(unnest) => legs.sink(round, &states, unnest).await?,
                Side::Unnest => legs.upsert(&limits, &states).await?,
                Side::Copy => legs.copy(&limits, &states).await?,
            };
            eprintln!("   {}: {:.0} events a second", sample.side, sample.rate());
            samples.push(sample);
        }
    }
    stage.own.start_again("gatehouse").await?;
    let mut outcome = Outcome {
        name: "ingest",
        title: "events are read from Kafka into PostgreSQL",
        unit: "events",
        samples,
        goals: Vec::new(),
        notes: vec![
            format!("{events} changes of {people} people at random, three partitions. Timed from the first row that shows until the last person has the last state; each side's table is compared with what was sent."),
            "The service (role `consumer`) also keeps an inbox, guards the sequence, follows contacts and companies, and marks the keys for the publisher; the sink does none of it and reads flat records.".to_owned(),
            "Debezium's JDBC sink 3.5 in Kafka Connect 4.2 with three tasks, its reduction buffer, batches of 5000; warmed up by as many events before the first round.".to_owned(),
            "`unnest` is a bare `INSERT … SELECT unnest … ON CONFLICT DO UPDATE` of batches of 5000, folded to the last state of each person, from memory by one connection; `copy` is COPY of every row into a table without keys.".to_owned(),
        ],
    };
    let rate = |side| outcome.median(side, Sample::rate);
    let best = rate("sink").max(rate("sink, unnest"));
    let cpu = outcome.median("gatehouse", |it| it.cpu_millis("gatehouse"));
    let theirs = ["sink", "sink, unnest"].map(|side| outcome.median(side, |it| it.cpu_millis("connect")));
    outcome.goals = vec![
        Goal::at_least("times the sink at its best", 1.0, rate("gatehouse") / best),
        Goal::at_least("share of the bare upsert", 0.5, rate("gatehouse") / rate("unnest")),
        Goal::at_most(
            "CPU of the service, in the least of Kafka Connect",
            1.0,
            cpu / theirs[0].min(theirs[1]),
        ),
    ];
    Ok(outcome)
}

#[derive(Clone, Copy)]
enum Side {
    Ours,
    Sink(bool),
    Unnest,
    Copy,
}

fn turns(round: usize) -> [Side; 5] {
    let mut turns = [Side::Ours, Side::Sink(true), Side::Sink(false), Side::Unnest, Side::Copy];
    if !round.is_multiple_of(2) {
        turns.reverse();
    }
    turns
}

struct Legs<'a> {
    stage: &'a Stage,
    program: Program,
    peer: String,
    bootstrap: String,
    /// How many are sent in a round.
    events: usize,
}

impl Legs<'_> {
    async fn ours(&self, round: usize, states: &[State]) -> Result<Sample> {
        events::send_events(&self.bootstrap, TOPIC, states)?;
        let mut database = self.stage.database().await?;
        let group = [
            ("GATEHOUSE__KAFKA__GROUP_ID", "bench".to_owned()),
            ("GATEHOUSE__KAFKA__EVENTS_TOPIC", TOPIC.to_owned()),
        ];
        let instance = self.program.serve("consumer", &group)?;
        let programs = [("gatehouse", instance.pid()?)];
        let sample = self.drain("gatehouse", &programs, &mut database, "people", round, states).await?;
        instance.kill().await?;
        ensure_same(&mut database, "people", states).await?;
        Ok(sample)
    }

    async fn sink(&self, round: usize, states: &[State], unnest: bool) -> Result<Sample> {
        let mut database = PgConnection::connect(&self.peer).await?;
        let connect = Connect::sink(&self.bootstrap, FLAT, &self.peer, unnest).await?;
        // The virtual machine has compiled what it needs when it has done the same before.
        let warm = events::states(&format!("w{round}{}-", u8::from(unnest)), 10_000, self.events);
        events::send_flat(&self.bootstrap, FLAT, &warm)?;
        self.reach(&connect, &mut database, &total("sink_people", &format!("w{round}"))).await?;
        connect.pause().await?;
        sqlx::query("TRUNCATE sink_people").execute(&mut database).await?;
        events::send_flat(&self.bootstrap, FLAT, states)?;
        connect.resume().await?;
        let programs = [("connect", connect.pid()?)];
        let side = if unnest { "sink, unnest" } else { "sink" };
        let sample = self.drain(side, &programs, &mut database, "sink_people", round, states).await?;
        ensure_same(&mut database, "sink_people", states).await?;
        sqlx::query("TRUNCATE sink_people").execute(&mut database).await?;
        Ok(sample)
    }

    /// Waits until the warming up is over.
    async fn reach(&self, connect: &Connect, database: &mut PgConnection, query: &str) -> Result<()> {
        let began = Instant::now();
        while done(database, query).await? < self.events {
            if began.elapsed() > DONE_WITHIN {
                bail!("the sink is not warm: {}", connect.state().await?);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// Measures from the first events that show until all are there. The sum of the last sequences is how many events
    /// were applied, in whatever batches.
    async fn drain(
        &self,
        side: &str,
        programs: &[(&'static str, u32)],
        database: &mut PgConnection,
        table: &str,
        round: usize,
        states: &[State],
    ) -> Result<Sample> {
        let began = Instant::now();
        let patience = |seen| {
            ensure!(
                began.elapsed() < DONE_WITHIN,
                "{side}: {seen} of {} events after {DONE_WITHIN:?}",
                self.events
            );
            Ok(())
        };
        let total = total(table, &format!("r{round}-"));
        let mut last: HashMap<&str, i64> = HashMap::new();
        for state in states.iter().rev().take(LAST) {
            last.entry(&state.user_id).or_insert(state.sequence);
        }
        while done(database, &total).await? == 0 {
            patience(0)?;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let meter = self.stage.meter(programs).await?;
        // The meter took a moment to start.
        let first = done(database, &total).await?;
        loop {
            if are_last(database, table, &last).await? && done(database, &total).await? == self.events {
                return meter.stop(side, u64::try_from(self.events - first)?).await;
            }
            patience(first)?;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The bare statement that a store of people comes down to.
    async fn upsert(&self, database: &str, states: &[State]) -> Result<Sample> {
        let mut database = PgConnection::connect(database).await?;
        let meter = self.stage.meter(&[]).await?;
        for batch in states.chunks(BATCH) {
            let last: HashMap<&str, &State> =
                batch.iter().map(|state| (state.user_id.as_str(), state)).collect();
            let column = |of: fn(&State) -> String| last.values().map(|state| of(state)).collect::<Vec<_>>();
            sqlx::query(UPSERT)
                .bind(column(|state| state.user_id.clone()))
                .bind(last.values().map(|state| state.sequence).collect::<Vec<_>>())
                .bind(column(|state| format!("{}@bench.example", state.user_id)))
                .bind(column(|state| state.last_name.clone()))
                .execute(&mut database)
                .await?;
        }
        let sample = meter.stop("unnest", u64::try_from(states.len())?).await?;
        ensure_same(&mut database, "limit_people", states).await?;
        Ok(sample)
    }

    async fn copy(&self, database: &str, states: &[State]) -> Result<Sample> {
        let mut database = PgConnection::connect(database).await?;
        sqlx::query("TRUNCATE limit_copy").execute(&mut database).await?;
        let meter = self.stage.meter(&[]).await?;
        for batch in states.chunks(BATCH) {
            let line = |State { user_id, sequence, last_name }: &State| {
                format!(
                    "{user_id}\tgatehouse\t{sequence}\t{user_id}@bench.example\t{user_id}@bench.example\tt\tSiti\t\
                     {last_name}\tid\tAsia/Jakarta\tID\t2026-01\t2026-11-01T08:00:00Z\tt\t[]\t2026-11-01T08:00:00.123Z\n"
                )
            };
            let mut copy = database.copy_in_raw("COPY limit_copy FROM STDIN").await?;
            copy.send(batch.iter().map(line).collect::<String>().into_bytes()).await?;
            copy.finish().await?;
        }
        let sample = meter.stop("copy", u64::try_from(states.len())?).await?;
        let rows: i64 =
            sqlx::query_scalar("SELECT count(*) FROM limit_copy").fetch_one(&mut database).await?;
        ensure!(usize::try_from(rows)? == states.len(), "{rows} rows were copied of {}", states.len());
        Ok(sample)
    }
}

const LIMIT_TABLES: &str = "
CREATE TABLE limit_people (user_id text PRIMARY KEY, realm text, sequence bigint, username text, email text,
    email_verified boolean, first_name text, last_name text, locale text, time_zone text, country text,
    terms_version text, terms_accepted_at text, enabled boolean, factors jsonb, created_at timestamptz);
CREATE TABLE limit_copy (LIKE limit_people);
";

const UPSERT: &str = "
INSERT INTO limit_people (user_id, realm, sequence, username, email, email_verified, first_name, last_name, locale,
    time_zone, country, terms_version, terms_accepted_at, enabled, factors, created_at)
SELECT user_id, 'gatehouse', sequence, email, email, true, 'Siti', last_name, 'id', 'Asia/Jakarta', 'ID', '2026-01',
    '2026-11-01T08:00:00Z', true, '[]', '2026-11-01T08:00:00.123Z'
FROM unnest($1::text[], $2::int8[], $3::text[], $4::text[]) AS new (user_id, sequence, email, last_name)
ON CONFLICT (user_id) DO UPDATE SET sequence = excluded.sequence, username = excluded.username,
    email = excluded.email, last_name = excluded.last_name
WHERE limit_people.sequence < excluded.sequence";

fn total(table: &str, prefix: &str) -> String {
    format!("SELECT {OWN} COALESCE(sum(sequence), 0)::int8 FROM {table} WHERE user_id LIKE '{prefix}%'")
}

/// Whether these people have these states: by the primary key.
async fn are_last(database: &mut PgConnection, table: &str, last: &HashMap<&str, i64>) -> Result<bool> {
    let ids: Vec<&str> = last.keys().copied().collect();
    let query = format!(
        "SELECT {OWN} COALESCE(sum(sequence), 0)::int8 FROM unnest($1::text[]) AS user_id JOIN {table} USING (user_id)"
    );
    let sum: i64 = sqlx::query_scalar(AssertSqlSafe(query)).bind(ids).fetch_one(database).await?;
    Ok(sum == last.values().sum::<i64>())
}

async fn done(database: &mut PgConnection, query: &str) -> Result<usize> {
    let sum: i64 = sqlx::query_scalar(AssertSqlSafe(query.to_owned())).fetch_one(database).await?;
    Ok(usize::try_from(sum)?)
}

/// A leg that lost or mixed something is void.
async fn ensure_same(database: &mut PgConnection, table: &str, states: &[State]) -> Result<()> {
    let wanted: HashMap<&str, &State> = states.iter().map(|state| (state.user_id.as_str(), state)).collect();
    let prefix = states.first().and_then(|state| state.user_id.split('-').next()).context("no states")?;
    let query = format!("SELECT user_id, sequence, last_name FROM {table} WHERE user_id LIKE $1");
    let rows: Vec<(String, i64, String)> =
        sqlx::query_as(AssertSqlSafe(query)).bind(format!("{prefix}-%")).fetch_all(database).await?;
    ensure!(rows.len() == wanted.len(), "{table}: {} people of {}", rows.len(), wanted.len());
    for (user_id, sequence, last_name) in rows {
        let state =
            wanted.get(user_id.as_str()).with_context(|| format!("{table}: {user_id} was not sent"))?;
        ensure!(
            state.sequence == sequence && state.last_name == last_name,
            "{table}: {user_id} has another state"
        );
    }
    Ok(())
}
