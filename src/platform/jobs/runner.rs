//! Claims jobs and runs them, some at a time.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::FutureExt as _;
use sqlx::PgPool;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Done, Failed, Handler, Job, JobRow, store};
use crate::platform::{changed_keys::Bell, db, entropy::Entropy};

/// How often due jobs are looked for when nobody rings.
const LOOK: Duration = Duration::from_millis(500);
/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// Runs jobs.
pub struct Runner {
    pool: PgPool,
    handlers: HashMap<&'static str, Arc<dyn Handler>>,
    entropy: Arc<dyn Entropy>,
    bell: Bell,
    stop: CancellationToken,
    at_a_time: usize,
}

impl Runner {
    /// A job belongs to its runner so much longer than a run may take.
    const MARGIN: Duration = Duration::from_secs(10);

    /// A runner for these kinds of work, at most `at_a_time` at once.
    pub fn new(
        pool: PgPool,
        handlers: Vec<Arc<dyn Handler>>,
        entropy: Arc<dyn Entropy>,
        bell: Bell,
        stop: CancellationToken,
        at_a_time: usize,
    ) -> Self {
        let handlers = handlers.into_iter().map(|handler| (handler.kind(), handler)).collect();
        Self { pool, handlers, entropy, bell, stop, at_a_time }
    }

    /// Runs until told to stop, then lets what runs finish.
    pub async fn run(self) {
        let runner = Arc::new(self);
        let running = TaskTracker::new();
        while !runner.stop.is_cancelled() {
            let free = runner.at_a_time.saturating_sub(running.len());
            match runner.claim(free).await {
                Ok(jobs) => {
                    for job in jobs {
                        let runner = runner.clone();
                        running.spawn(async move { runner.attempt(job).await });
                    }
                }
                Err(error) => tracing::debug!(error = %db::describe(&error), "no jobs: no database"),
            }
            tokio::select! {
                () = runner.stop.cancelled() => {}
                () = runner.bell.rung() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        running.close();
        running.wait().await;
    }

    async fn claim(&self, free: usize) -> Result<Vec<JobRow>, sqlx::Error> {
        if free == 0 {
            return Ok(Vec::new());
        }
        let mut conn = self.pool.acquire().await?;
        let lease = |handler: &Arc<dyn Handler>| (handler.time_limit() + Self::MARGIN).as_secs_f64();
        let (kinds, leases): (Vec<String>, Vec<f64>) =
            self.handlers.iter().map(|(kind, handler)| ((*kind).to_owned(), lease(handler))).unzip();
        store::claim(&mut conn, &kinds, &leases, i64::try_from(free).unwrap_or(i64::MAX)).await
    }

    async fn attempt(&self, row: JobRow) {
        let Some(handler) = self.handlers.get(row.kind.as_str()) else { return };
        let job = Job { kind: row.kind.clone(), key: row.key.clone(), attempts: row.attempts - 1 };
        let run = std::panic::AssertUnwindSafe(handler.run(&job)).catch_unwind();
        let ended = match tokio::time::timeout(handler.time_limit(), run).await {
            Ok(Ok(ended)) => ended,
            Ok(Err(_)) => Err(Failed::Park("the job panicked".to_owned())),
            Err(_) => Err(Failed::Retry("the job took too long".to_owned())),
        };
        if let Err(error) = self.settle(handler.as_ref(), &row, ended).await {
            tracing::warn!(error = %db::describe(&error), kind = row.kind, key = row.key, "a job runs again: its end was not noted");
        }
        // A free place may let the next job in.
        self.bell.ring();
    }

    async fn settle(
        &self,
        handler: &dyn Handler,
        row: &JobRow,
        ended: Result<Done, Failed>,
    ) -> Result<(), sqlx::Error> {
        let mut conn = self.pool.acquire().await?;
        let outcome = match &ended {
            Ok(_) => "done",
            Err(Failed::Retry(_)) if row.attempts < handler.max_attempts() => "retried",
            Err(_) => "parked",
        };
        metrics::counter!("gatehouse_jobs_total", "kind" => handler.kind(), "outcome" => outcome)
            .increment(1);
        match ended {
            Ok(Done::Finished) => store::finish(&mut conn, row).await,
            Ok(Done::Until(at)) => store::postpone(&mut conn, row, at).await,
            Err(error) if outcome == "retried" => {
                let wait = backoff(row.attempts, self.entropy.as_ref());
                tracing::warn!(%error, kind = row.kind, key = row.key, "a job is tried again in {wait:?}");
                store::fail(&mut conn, row, &error.to_string(), Some(wait.as_secs_f64())).await
            }
            Err(error) => {
                tracing::error!(%error, kind = row.kind, key = row.key, "a job is parked: somebody has to look");
                store::fail(&mut conn, row, &error.to_string(), None).await
            }
        }
    }
}

/// The wait after so many attempts: 1, 2, 4 … seconds up to an hour, give or take a quarter, so that
/// jobs that failed together do not come back together.
pub fn backoff(attempts: i32, entropy: &dyn Entropy) -> Duration {
    let doublings = u32::try_from(attempts - 1).unwrap_or_default().min(12);
    let wait = Duration::from_secs(1 << doublings).min(LONGEST_WAIT);
    let mut byte = [0_u8; 1];
    entropy.fill(&mut byte);
    wait.mul_f64(0.75 + f64::from(byte[0]) / 510.0)
}
