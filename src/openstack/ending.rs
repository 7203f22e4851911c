//! What ends: projects, and quotas that were wanted for a time. Whoever is concerned is told by the room of requests.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{CloudProject, CloudProjectId, EVERYTHING, OpenStack, RECONCILE, store};
use crate::platform::jobs;

/// A quota with what there is, or was, and what comes after it; the first is not known when it was never set.
pub type QuotaChange = (String, Option<i64>, i64);

/// Quotas of a project whose end is near, or over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndingQuotas {
    /// Whose.
    pub project: CloudProject,
    /// When they end, or ended.
    pub until: DateTime<Utc>,
    /// Which.
    pub changes: Vec<QuotaChange>,
}

impl OpenStack {
    /// The projects whose end is near and whose contact has not been reminded: it is told once.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn take_ending_in_tx(&self, conn: &mut PgConnection) -> Result<Vec<CloudProject>, sqlx::Error> {
        store::take_ending(conn, self.now(), self.remind_days()).await
    }

    /// The quotas whose end is near and of which nobody was reminded: it is told once.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn take_quotas_ending_in_tx(
        &self,
        conn: &mut PgConnection,
    ) -> Result<Vec<EndingQuotas>, sqlx::Error> {
        let ending = store::take_quotas_ending(conn, self.now(), self.remind_days()).await?;
        by_project(conn, ending).await
    }

    /// The quotas whose time is over and that are in OpenStack what they were before: it is told once. What did not
    /// change by it is left out.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn take_quotas_returned_in_tx(
        &self,
        conn: &mut PgConnection,
    ) -> Result<Vec<EndingQuotas>, sqlx::Error> {
        let mut returned = store::take_quotas_returned(conn, self.now()).await?;
        returned.retain(|quota| quota.before != Some(quota.after));
        by_project(conn, returned).await
    }

    /// When the next pass over everything is due: at the next end that is known, and no later than the interval says.
    pub(super) async fn next_pass(&self) -> Result<DateTime<Utc>, sqlx::Error> {
        let now = self.now();
        let end = store::next_end(&mut *self.pool().acquire().await?, now).await?;
        let latest = now + self.config().every();
        Ok(end.map_or(latest, |end| end.min(latest)))
    }

    /// Brings the next pass forward to an end that is wanted.
    pub(super) async fn expect_end_in_tx(
        &self,
        conn: &mut PgConnection,
        end: DateTime<Utc>,
    ) -> Result<(), sqlx::Error> {
        jobs::plan_by_in_tx(conn, RECONCILE, EVERYTHING, end).await
    }

    fn remind_days(&self) -> i32 {
        i32::try_from(self.config().remind_days).unwrap_or(14)
    }
}

async fn by_project(
    conn: &mut PgConnection,
    quotas: Vec<store::Ending>,
) -> Result<Vec<EndingQuotas>, sqlx::Error> {
    let mut grouped: BTreeMap<(CloudProjectId, DateTime<Utc>), Vec<QuotaChange>> = BTreeMap::new();
    for quota in quotas {
        let changes = grouped.entry((quota.cloud_project_id, quota.until)).or_default();
        changes.push((quota.resource, quota.before, quota.after));
    }
    let mut ending = Vec::new();
    for ((id, until), changes) in grouped {
        let Some(project) = store::project_by_id(conn, id).await? else { continue };
        ending.push(EndingQuotas { project, until, changes });
    }
    Ok(ending)
}
