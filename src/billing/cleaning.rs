//! Forgets addresses whose code was never entered.

use async_trait::async_trait;
use chrono::TimeDelta;
use sqlx::PgPool;

use super::store;
use crate::platform::{
    clock::SharedClock,
    jobs::{Done, Failed, Handler, Job},
};

/// The kind of this work; its key is `hourly`.
pub const FORGET_RECIPIENTS: &str = "billing.forget_recipients";
/// How long an address is remembered that nobody proves.
const REMEMBERED: TimeDelta = TimeDelta::days(1);

/// Does the work, once an hour.
pub struct ForgetRecipients {
    /// Where profiles are.
    pub pool: PgPool,
    /// What time it is.
    pub clock: SharedClock,
}

#[async_trait]
impl Handler for ForgetRecipients {
    fn kind(&self) -> &'static str {
        FORGET_RECIPIENTS
    }

    fn max_attempts(&self) -> i32 {
        i32::MAX
    }

    async fn run(&self, _: &Job) -> Result<Done, Failed> {
        let now = self.clock.now();
        let mut conn = self.pool.acquire().await?;
        store::forget_recipients(&mut conn, now - REMEMBERED).await?;
        Ok(Done::Until(now + TimeDelta::hours(1)))
    }
}
