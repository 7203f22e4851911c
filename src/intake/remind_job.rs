//! Looks for requests that have waited too long: to remind of them, and to move them up.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use super::{Intake, REMIND};
use crate::platform::jobs::Rounds;

#[async_trait]
impl Rounds for Intake {
    const KIND: &'static str = REMIND;
    const EVERY: TimeDelta = TimeDelta::minutes(5);

    async fn round(&self) -> Result<DateTime<Utc>, sqlx::Error> {
        self.remind().await?;
        self.escalate_overdue().await?;
        Ok(self.now())
    }
}
