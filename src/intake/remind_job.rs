//! Looks for requests that have waited too long: to remind of them, and to move them up.

use async_trait::async_trait;
use chrono::TimeDelta;

use super::{Intake, REMIND};
use crate::platform::jobs::{Done, Failed, Handler, Job};

/// How often it is looked.
const LOOK: TimeDelta = TimeDelta::minutes(5);

/// Does the work.
pub struct RemindJob(pub Intake);

#[async_trait]
impl Handler for RemindJob {
    fn kind(&self) -> &'static str {
        REMIND
    }

    async fn run(&self, _: &Job) -> Result<Done, Failed> {
        self.0.remind().await?;
        self.0.escalate_overdue().await?;
        Ok(Done::Until(self.0.now() + LOOK))
    }
}
