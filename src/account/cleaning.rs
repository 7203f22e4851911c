//! Forgets wishes that nobody proved, and changes that can no longer be undone.

use async_trait::async_trait;
use chrono::TimeDelta;
use sqlx::PgPool;

use super::store;
use crate::platform::{
    clock::SharedClock,
    jobs::{Done, Failed, Handler, Job},
};

/// The kind of this work; its key is `hourly`.
pub const FORGET_LOGIN_ADDRESSES: &str = "account.forget_login_addresses";
/// How long an address is remembered that nobody proves.
const REMEMBERED: TimeDelta = TimeDelta::days(1);

/// Does the work, once an hour.
pub struct ForgetLoginAddresses {
    /// Where they are.
    pub pool: PgPool,
    /// What time it is.
    pub clock: SharedClock,
}

#[async_trait]
impl Handler for ForgetLoginAddresses {
    fn kind(&self) -> &'static str {
        FORGET_LOGIN_ADDRESSES
    }

    fn max_attempts(&self) -> i32 {
        i32::MAX
    }

    async fn run(&self, _: &Job) -> Result<Done, Failed> {
        let now = self.clock.now();
        let mut conn = self.pool.acquire().await?;
        store::forget(&mut conn, now - REMEMBERED, now).await?;
        Ok(Done::Until(now + TimeDelta::hours(1)))
    }
}
