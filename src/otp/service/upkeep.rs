//! What happens without being asked: forgotten messages go out, prefixes are judged, old rows go away.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Otp;
use crate::{
    otp::store::{cleaning, messages},
    platform::{db, webhook::answers},
};

/// How often messages are looked for whose process died.
const RESCUE_EVERY: Duration = Duration::from_secs(5);
/// How many of them are taken at once.
const RESCUE_AT_MOST: i64 = 100;
/// How often old rows are looked for; one in so many rescues.
const CLEAN_EVERY: u32 = 12;
/// How many kept answers go at once.
const ANSWERS_AT_MOST: i64 = 5000;

impl Otp {
    /// Runs the upkeep until `stop`.
    pub async fn run_upkeep(&self, stop: CancellationToken) {
        let mut round = 0_u32;
        while !stop.is_cancelled() {
            if let Err(error) = self.rescue().await {
                tracing::debug!(error = db::describe(&error), "forgotten messages could not be looked for");
            }
            if let Err(error) = self.watch_conversion().await {
                tracing::debug!(error = db::describe(&error), "prefixes could not be judged");
            }
            if round.is_multiple_of(CLEAN_EVERY)
                && let Err(error) = self.clean().await
            {
                tracing::debug!(error = db::describe(&error), "old rows could not be cleaned");
            }
            round = round.wrapping_add(1);
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(RESCUE_EVERY) => {}
            }
        }
    }

    /// Dispatches messages that nobody took, and gives up those whose worker died on the way. Says how
    /// many were dispatched.
    pub async fn rescue(&self) -> sqlx::Result<usize> {
        let lost = messages::give_up_leases(&self.0.pool).await?;
        if lost > 0 {
            tracing::warn!(lost, "workers died while they handed messages over");
        }
        let forgotten = messages::forgotten(&self.0.pool, RESCUE_AT_MOST).await?;
        for message in &forgotten {
            self.0.courier.dispatch(*message);
        }
        Ok(forgotten.len())
    }

    /// Deletes a bounded number of old rows and says how many went.
    pub async fn clean(&self) -> sqlx::Result<u64> {
        Ok(cleaning::sweep(&self.0.pool).await? + answers::forget_old(&self.0.pool, ANSWERS_AT_MOST).await?)
    }
}
