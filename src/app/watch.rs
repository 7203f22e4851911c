//! Looks now and then how much lies waiting, and what staff have to mend: for the metrics, and in words for the health page.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::{
    companies::administration::count_without_admin,
    platform::{
        changed_keys, db,
        health::Health,
        jobs::{self, Backlog},
        kafka,
    },
};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(10);
/// The look at the companies reads them all: between two of them lies so many times what one takes.
const REST: u32 = 50;
/// Work that has waited so long is worth a word.
const LONG: f64 = 300.0;

/// Watches the queues of the database.
pub struct Watch {
    /// Where they are.
    pub pool: PgPool,
    /// Where it is said.
    pub health: Health,
    /// Ends the watch.
    pub stop: CancellationToken,
}

/// What lies waiting.
#[derive(Debug, Default)]
struct Waiting {
    keys: i64,
    oldest_key_seconds: f64,
    parked_records: i64,
    jobs: Vec<Backlog>,
}

impl Watch {
    /// Runs until told to stop.
    pub async fn run(self) {
        let mut shown = BTreeSet::new();
        let mut rested = Instant::now();
        while !self.stop.is_cancelled() {
            match self.look().await {
                Ok(waiting) => {
                    waiting.measure(&mut shown);
                    self.health.find(waiting.findings());
                }
                Err(error) => {
                    tracing::debug!(error = %db::describe(&error), "the queues cannot be looked at");
                }
            }
            if Instant::now() >= rested {
                match self.look_at_companies().await {
                    Ok(took) => rested = Instant::now() + took * REST,
                    Err(error) => {
                        tracing::debug!(error = %db::describe(&error), "the companies cannot be looked at");
                    }
                }
            }
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    /// Says how long the database took, without the wait for a connection.
    async fn look_at_companies(&self) -> Result<Duration, sqlx::Error> {
        let mut conn = self.pool.acquire().await?;
        let began = Instant::now();
        let without_admin = count_without_admin(&mut conn).await?;
        metrics::gauge!("gatehouse_companies_without_admin").set(as_float(without_admin));
        Ok(began.elapsed())
    }

    async fn look(&self) -> Result<Waiting, sqlx::Error> {
        let mut conn = self.pool.acquire().await?;
        let (keys, oldest_key_seconds) = changed_keys::waiting(&mut conn).await?;
        let parked_records = kafka::waiting(&mut conn).await?;
        let jobs = jobs::backlog(&mut conn).await?;
        Ok(Waiting { keys, oldest_key_seconds, parked_records, jobs })
    }
}

impl Waiting {
    /// Sets the gauges; of jobs that are no more, to nothing.
    fn measure(&self, shown: &mut BTreeSet<(String, String)>) {
        metrics::gauge!("gatehouse_changed_keys_waiting").set(as_float(self.keys));
        metrics::gauge!("gatehouse_changed_keys_oldest_seconds").set(self.oldest_key_seconds);
        metrics::gauge!("gatehouse_parked_records_waiting").set(as_float(self.parked_records));
        for (kind, state) in std::mem::take(shown) {
            gauges(kind, state, 0.0, 0.0);
        }
        for job in &self.jobs {
            gauges(job.kind.clone(), job.state.clone(), as_float(job.count), job.oldest_seconds);
            shown.insert((job.kind.clone(), job.state.clone()));
        }
    }

    /// What somebody should look at, each in one sentence.
    fn findings(&self) -> Vec<String> {
        let mut findings = Vec::new();
        if self.oldest_key_seconds > LONG {
            findings.push(format!(
                "{} records wait to be published, the first for {:.0} s: Kafka does not take them, or no worker runs",
                self.keys, self.oldest_key_seconds
            ));
        }
        if self.parked_records > 0 {
            findings.push(format!(
                "{} events could not be read and wait to be sent on to the topic for them",
                self.parked_records
            ));
        }
        for job in &self.jobs {
            if job.state == "parked" {
                findings.push(format!(
                    "{} jobs of kind {} are parked: somebody has to look",
                    job.count, job.kind
                ));
            } else if job.oldest_seconds > LONG {
                findings.push(format!(
                    "{} jobs of kind {} are overdue, the first for {:.0} s: what they call does not answer, or no worker runs",
                    job.count, job.kind, job.oldest_seconds
                ));
            }
        }
        findings
    }
}

fn gauges(kind: String, state: String, count: f64, oldest_seconds: f64) {
    metrics::gauge!("gatehouse_jobs_waiting", "kind" => kind.clone(), "state" => state.clone()).set(count);
    metrics::gauge!("gatehouse_jobs_oldest_seconds", "kind" => kind, "state" => state).set(oldest_seconds);
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float, and counts of rows are far from 2^53")]
const fn as_float(count: i64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs(state: &str, oldest_seconds: f64) -> Backlog {
        Backlog { kind: "notices.send".to_owned(), state: state.to_owned(), count: 2, oldest_seconds }
    }

    #[test]
    fn nothing_is_said_when_nothing_is_wrong() {
        let waiting = Waiting {
            keys: 9,
            oldest_key_seconds: 2.0,
            jobs: vec![jobs("waiting", 3.0)],
            ..Waiting::default()
        };
        assert_eq!(waiting.findings(), Vec::<String>::new());
    }

    #[test]
    fn each_thing_that_is_wrong_is_said_in_a_sentence() {
        let waiting = Waiting {
            keys: 9,
            oldest_key_seconds: 301.0,
            parked_records: 1,
            jobs: vec![jobs("parked", 1.0), jobs("waiting", 400.0)],
        };
        let findings = waiting.findings();
        assert_eq!(findings.len(), 4);
        assert!(findings[2].starts_with("2 jobs of kind notices.send are parked"), "{findings:?}");
    }
}
