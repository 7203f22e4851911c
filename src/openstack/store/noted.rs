//! What was done, and what was found.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    adapters::keystone::QuotaService,
    openstack::{CloudProject, CloudProjectId, CloudUserId, Finding},
};

/// Notes Keystone's id of a project; it is there, so nothing failed.
pub(in crate::openstack) async fn note_project(
    conn: &mut PgConnection,
    project: CloudProjectId,
    keystone_id: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE cloud_projects SET keystone_id = $2, failure = NULL WHERE cloud_project_id = $1")
        .bind(project)
        .bind(keystone_id)
        .execute(conn)
        .await
        .map(drop)
}

/// Notes Keystone's id of a user.
pub(in crate::openstack) async fn note_user(
    conn: &mut PgConnection,
    user: CloudUserId,
    keystone_id: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE cloud_users SET keystone_id = $2, failure = NULL WHERE cloud_user_id = $1")
        .bind(user)
        .bind(keystone_id)
        .execute(conn)
        .await
        .map(drop)
}

/// Notes why a project, or a user, is not there.
pub(in crate::openstack) async fn note_failure(
    conn: &mut PgConnection,
    id: Uuid,
    failure: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE cloud_projects SET failure = $2 WHERE cloud_project_id = $1")
        .bind(id)
        .bind(failure)
        .execute(&mut *conn)
        .await?;
    sqlx::query("UPDATE cloud_users SET failure = $2 WHERE cloud_user_id = $1")
        .bind(id)
        .bind(failure)
        .execute(conn)
        .await
        .map(drop)
}

/// Notes what a quota is now, and what it was before: where nothing is wanted for good, that comes back.
pub(in crate::openstack) async fn note_quota(
    conn: &mut PgConnection,
    project: CloudProjectId,
    service: QuotaService,
    resource: &str,
    before: Option<i64>,
    applied: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE cloud_quotas SET applied = $4, before = coalesce($5, applied), wanted = coalesce(wanted, $5)
         WHERE cloud_project_id = $1 AND service = $2 AND resource = $3",
    )
    .bind(project)
    .bind(service.name())
    .bind(resource)
    .bind(applied)
    .bind(before)
    .execute(conn)
    .await
    .map(drop)
}

/// Replaces what was found: what is found no longer goes, what is found again keeps its time and approval. Only a pass
/// over everything may say that something is found no longer.
pub(in crate::openstack) async fn note_findings(
    conn: &mut PgConnection,
    findings: &[Finding],
    is_whole: bool,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let prints: Vec<String> = findings.iter().map(Finding::fingerprint).collect();
    if is_whole {
        sqlx::query("DELETE FROM cloud_findings WHERE fingerprint <> ALL($1) AND approved_at IS NULL")
            .bind(&prints)
            .execute(&mut *conn)
            .await?;
    }
    let findings: Vec<Json<&Finding>> = findings.iter().map(Json).collect();
    sqlx::query(
        "INSERT INTO cloud_findings (fingerprint, finding, found_at)
         SELECT fingerprint, finding, $3 FROM unnest($1::text[], $2::jsonb[]) AS new (fingerprint, finding)
         ORDER BY fingerprint ON CONFLICT ON CONSTRAINT cloud_findings_fingerprint_key DO NOTHING",
    )
    .bind(prints)
    .bind(findings)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)
}

/// What was found, with its number, and since when.
pub async fn findings(
    conn: &mut PgConnection,
) -> Result<Vec<(i64, Json<Finding>, DateTime<Utc>)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT finding_id, finding, found_at FROM cloud_findings WHERE approved_at IS NULL ORDER BY finding_id",
    )
    .fetch_all(conn)
    .await
}

/// Approves the end of what was found. Returns it, if there is such a finding that waits.
pub(in crate::openstack) async fn approve(
    conn: &mut PgConnection,
    finding: i64,
    by: &str,
    now: DateTime<Utc>,
) -> Result<Option<Json<Finding>>, sqlx::Error> {
    sqlx::query_scalar(
        "UPDATE cloud_findings SET approved_at = $3, approved_by = $2
         WHERE finding_id = $1 AND approved_at IS NULL RETURNING finding",
    )
    .bind(finding)
    .bind(by)
    .bind(now)
    .fetch_optional(conn)
    .await
}

/// Projects whose end is near and whose contact was not reminded; they count as reminded from now on.
pub(in crate::openstack) async fn take_ending(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    days: i32,
) -> Result<Vec<CloudProject>, sqlx::Error> {
    sqlx::query_as(
        "UPDATE cloud_projects SET reminded_at = $1
         WHERE ends_at > $1 AND ends_at <= $1 + make_interval(days => $2) AND reminded_at IS NULL
         RETURNING cloud_project_id, company_id, domain, name, description, contact_name, contact_email, enabled,
             ends_at, keystone_id, failure",
    )
    .bind(now)
    .bind(days)
    .fetch_all(conn)
    .await
}
