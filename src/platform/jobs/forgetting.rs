//! Periodic work of one kind: forgetting what need not be kept any longer.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use sqlx::{PgConnection, PgPool};

use super::{Done, Failed, Handler, Job, plan};
use crate::platform::clock::SharedClock;

/// Forgets what is too old at a time.
pub type Forget = for<'c> fn(&'c mut PgConnection, DateTime<Utc>) -> Forgotten<'c>;
/// How that went.
pub type Forgotten<'c> = BoxFuture<'c, Result<(), sqlx::Error>>;

/// What is forgotten, and how often. Each part that keeps something for a while declares one.
#[derive(Clone, Copy)]
pub struct Forgetting {
    /// The kind of the work.
    pub kind: &'static str,
    /// How often it is done.
    pub every: TimeDelta,
    /// Does it, at the given time.
    pub forget: Forget,
}

struct Forgetter {
    forgetting: Forgetting,
    pool: PgPool,
    clock: SharedClock,
}

impl Forgetting {
    /// What does it in `pool`.
    #[must_use]
    pub fn handler(self, pool: PgPool, clock: SharedClock) -> Arc<dyn Handler> {
        Arc::new(Forgetter { forgetting: self, pool, clock })
    }

    /// Sees to it that it is done from `at` on.
    pub async fn plan(self, conn: &mut PgConnection, at: DateTime<Utc>) -> Result<(), sqlx::Error> {
        let key = if self.every < TimeDelta::days(1) { "hourly" } else { "nightly" };
        plan(conn, self.kind, key, at).await
    }
}

#[async_trait]
impl Handler for Forgetter {
    fn kind(&self) -> &'static str {
        self.forgetting.kind
    }

    /// Nobody has to look after it: the next run forgets what this one did not.
    fn max_attempts(&self) -> i32 {
        i32::MAX
    }

    async fn run(&self, _: &Job) -> Result<Done, Failed> {
        let now = self.clock.now();
        (self.forgetting.forget)(&mut *self.pool.acquire().await?, now).await?;
        Ok(Done::Until(now + self.forgetting.every))
    }
}
