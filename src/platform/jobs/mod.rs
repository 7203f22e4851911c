//! Work that is done after a commit: calls to others never happen inside a database transaction.
//!
//! A job is queued in the transaction that makes it necessary, and claimed by one process for a
//! while. Each run re-reads what it is about and may happen twice, so it must be idempotent. It ends
//! as done, to be tried again, or parked where staff see it.

mod forgetting;
mod rounds;
mod runner;
mod store;

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

pub use forgetting::Forgetting;
pub use rounds::{Rounds, RoundsJob};
pub use runner::{Runner, backoff};
pub use store::{Backlog, JobRow, backlog, enqueue_in_tx, find, plan, plan_by_in_tx, unpark};

/// A claimed job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// What kind of work.
    pub kind: String,
    /// What it is about, an id; never personal data.
    pub key: String,
    /// How often it was tried before.
    pub attempts: i32,
}

/// How a run ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// For good.
    Finished,
    /// Until then: the way of periodic work.
    Until(DateTime<Utc>),
}

/// How a run ended otherwise. The texts are shown to staff and must hold no personal data.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// Trying again later may help.
    #[error("{0}")]
    Retry(String),
    /// It will not: somebody has to look.
    #[error("{0}")]
    Park(String),
}

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        Self::Retry(super::db::describe(&error))
    }
}

/// Does one kind of work.
#[async_trait]
pub trait Handler: Send + Sync {
    /// The kind.
    fn kind(&self) -> &'static str;

    /// After how many attempts it is parked.
    fn max_attempts(&self) -> i32 {
        20
    }

    /// How long a run may take. A run that was cut off by a crash is repeated after this time.
    fn time_limit(&self) -> Duration {
        Duration::from_mins(1)
    }

    /// Does it.
    async fn run(&self, job: &Job) -> Result<Done, Failed>;
}
