//! The run as a job: of one project at once after a change, of everything now and then.

use std::time::Duration;

use async_trait::async_trait;

use super::{EVERYTHING, OpenStack, RECONCILE};
use crate::platform::jobs::{Done, Failed, Handler, Job};

/// Does the work.
pub struct ReconcileJob(pub OpenStack);

#[async_trait]
impl Handler for ReconcileJob {
    fn kind(&self) -> &'static str {
        RECONCILE
    }

    fn max_attempts(&self) -> i32 {
        i32::MAX // a Keystone that is away costs nothing but time
    }

    fn time_limit(&self) -> Duration {
        Duration::from_mins(15)
    }

    async fn run(&self, job: &Job) -> Result<Done, Failed> {
        let only = match job.key.as_str() {
            EVERYTHING => None,
            id => Some(id.parse().map_err(|_| Failed::Park("the key is no project's id".to_owned()))?),
        };
        let report = self.0.apply(only).await.map_err(|error| Failed::Retry(error.to_string()))?;
        if let Some(reason) = report.cut_off {
            return Err(Failed::Retry(reason));
        }
        match only {
            None => Ok(Done::Until(self.0.next_pass().await?)),
            Some(_) => Ok(Done::Finished),
        }
    }
}
