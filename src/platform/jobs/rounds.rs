//! Periodic work of one kind: going the rounds, to find what has become due.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use super::{Done, Failed, Handler, Job};

/// Something that looks after what waits.
#[async_trait]
pub trait Rounds: Send + Sync {
    /// The kind of the work.
    const KIND: &'static str;
    /// How often it is done.
    const EVERY: TimeDelta;

    /// Goes one round, and says at what time.
    ///
    /// # Errors
    /// When the database is away; what is done by then stays done.
    async fn round(&self) -> Result<DateTime<Utc>, sqlx::Error>;
}

/// Goes the rounds of `R`.
pub struct RoundsJob<R>(pub R);

#[async_trait]
impl<R: Rounds> Handler for RoundsJob<R> {
    fn kind(&self) -> &'static str {
        R::KIND
    }

    async fn run(&self, _: &Job) -> Result<Done, Failed> {
        Ok(Done::Until(self.0.round().await? + R::EVERY))
    }
}
