//! Looks into the sheets again and again: takes what is new, and writes how everything stands.

use async_trait::async_trait;
use chrono::TimeDelta;

use super::{Intake, Kind, SHEET};
use crate::platform::jobs::{Done, Failed, Handler, Job};

/// Does the work; its key is the kind of table.
pub struct SheetJob(pub Intake);

#[async_trait]
impl Handler for SheetJob {
    fn kind(&self) -> &'static str {
        SHEET
    }

    fn max_attempts(&self) -> i32 {
        i32::MAX // a sheet that is not shared yet, or Google away, costs nothing but time
    }

    fn time_limit(&self) -> std::time::Duration {
        std::time::Duration::from_mins(10)
    }

    async fn run(&self, job: &Job) -> Result<Done, Failed> {
        let kind =
            Kind::named(&job.key).ok_or_else(|| Failed::Park("the key is no kind of table".to_owned()))?;
        let minutes = self.0.config().sheets.every_minutes;
        if minutes == 0 || self.0.config().sheets.place(kind).is_none() {
            return Ok(Done::Finished); // it was configured once
        }
        let imported =
            self.0.import_sheet(kind, false).await.map_err(|failed| Failed::Retry(failed.to_string()))?;
        if imported.skipped() > 0 {
            tracing::info!(kind = kind.name(), skipped = imported.skipped(), "rows of a sheet were left out");
        }
        Ok(Done::Until(self.0.now() + TimeDelta::minutes(minutes.into())))
    }
}
