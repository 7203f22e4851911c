//! Quotas for a time: wanting them, and what is told of their end.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::openstack::{CloudProjectId, NewQuota};

/// One quota whose end is near, or over.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub(in crate::openstack) struct Ending {
    pub cloud_project_id: CloudProjectId,
    pub resource: String,
    pub until: DateTime<Utc>,
    /// What there is, or was until then; not known when it was never set.
    pub before: Option<i64>,
    /// What there is after it.
    pub after: i64,
}

/// Wants so much of a resource until a moment. What is only a floor changes nothing where as much is wanted already.
/// What is there is asked anew before it is set, so that it is known what comes back.
pub(in crate::openstack) async fn put_quota_for_a_time(
    conn: &mut PgConnection,
    project: CloudProjectId,
    quota: &NewQuota,
    until: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cloud_quotas AS held (cloud_project_id, service, resource, temporary, temporary_is_floor,
             temporary_until)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT ON CONSTRAINT cloud_quotas_pkey DO UPDATE SET
             temporary = excluded.temporary, temporary_is_floor = excluded.temporary_is_floor,
             temporary_until = excluded.temporary_until, reminded_at = NULL, applied = NULL, before = NULL,
             wanted = CASE WHEN held.is_floor AND held.temporary IS NULL
                 THEN coalesce(held.applied, held.wanted) ELSE held.wanted END
         WHERE NOT excluded.temporary_is_floor OR coalesce(held.temporary, held.wanted) IS NULL
             OR coalesce(held.temporary, held.wanted) <> -1
                 AND (excluded.temporary = -1 OR coalesce(held.temporary, held.wanted) < excluded.temporary)",
    )
    .bind(project)
    .bind(quota.service.name())
    .bind(&quota.resource)
    .bind(quota.wanted)
    .bind(quota.is_floor)
    .bind(until)
    .execute(conn)
    .await
    .map(drop)
}

/// Quotas that end within so many days and of which nobody was reminded; they count as reminded from now on.
pub(in crate::openstack) async fn take_quotas_ending(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    days: i32,
) -> Result<Vec<Ending>, sqlx::Error> {
    sqlx::query_as(
        "UPDATE cloud_quotas SET reminded_at = $1
         WHERE temporary_until > $1 AND temporary_until <= $1 + make_interval(days => $2) AND reminded_at IS NULL
             AND applied <> wanted
         RETURNING cloud_project_id, resource, temporary_until AS until, applied AS before, wanted AS after",
    )
    .bind(now)
    .bind(days)
    .fetch_all(conn)
    .await
}

/// Quotas whose time is over and that are what they were before: they are for good from now on.
pub(in crate::openstack) async fn take_quotas_returned(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<Vec<Ending>, sqlx::Error> {
    sqlx::query_as(
        "WITH over AS (
             SELECT cloud_project_id, service, resource, temporary_until FROM cloud_quotas
             WHERE temporary_until <= $1 AND applied = wanted FOR UPDATE)
         UPDATE cloud_quotas AS held SET temporary = NULL, temporary_is_floor = false, temporary_until = NULL,
             reminded_at = NULL
         FROM over WHERE (held.cloud_project_id, held.service, held.resource)
             = (over.cloud_project_id, over.service, over.resource)
         RETURNING held.cloud_project_id, held.resource, over.temporary_until AS until, held.before,
             held.applied AS after",
    )
    .bind(now)
    .fetch_all(conn)
    .await
}

/// Whether the quotas that were wanted of a project until then were all set, what there is for good being no less where
/// only so much was needed.
pub async fn was_set_until(
    conn: &mut PgConnection,
    project: CloudProjectId,
    until: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT coalesce(bool_and(coalesce(
             applied = temporary OR temporary_is_floor AND (applied = -1 OR applied >= temporary), false)), false)
         FROM cloud_quotas WHERE cloud_project_id = $1 AND temporary_until = $2",
    )
    .bind(project)
    .bind(until)
    .fetch_one(conn)
    .await
}

/// When something ends next, a project or quotas for a time; none when nothing does.
pub(in crate::openstack) async fn next_end(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT least((SELECT min(ends_at) FROM cloud_projects WHERE ends_at > $1),
             (SELECT min(temporary_until) FROM cloud_quotas WHERE temporary_until > $1))",
    )
    .bind(now)
    .fetch_one(conn)
    .await
}

/// The quotas for a time that run in the projects of a company at `now`.
pub(in crate::openstack) async fn for_a_time_in_company(
    conn: &mut PgConnection,
    company_id: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<(CloudProjectId, String, i64, DateTime<Utc>)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT cloud_project_id, resource, temporary, temporary_until
         FROM cloud_quotas JOIN cloud_projects USING (cloud_project_id)
         WHERE company_id = $1 AND temporary_until > $2 ORDER BY cloud_project_id, service, resource",
    )
    .bind(company_id)
    .bind(now)
    .fetch_all(conn)
    .await
}
