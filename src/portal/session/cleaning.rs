//! Deletes sessions that nobody can use any more.

use async_trait::async_trait;
use chrono::TimeDelta;

use super::Sessions;
use crate::platform::jobs::{Done, Failed, Handler, Job};

/// The kind of this work; its key is `hourly`.
pub const FORGET_PORTAL_SESSIONS: &str = "portal.forget_sessions";

/// Does the work, once an hour.
pub struct ForgetPortalSessions(pub Sessions);

#[async_trait]
impl Handler for ForgetPortalSessions {
    fn kind(&self) -> &'static str {
        FORGET_PORTAL_SESSIONS
    }

    fn max_attempts(&self) -> i32 {
        i32::MAX
    }

    async fn run(&self, _: &Job) -> Result<Done, Failed> {
        self.0.clean().await?;
        Ok(Done::Until(self.0.clock.now() + TimeDelta::hours(1)))
    }
}
