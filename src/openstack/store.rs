//! The statements of OpenStack.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use super::{CloudProject, CloudProjectId, CloudUser, CloudUserId, Finding, Grant, Quota, Wanted};
use crate::adapters::keystone::QuotaService;

/// Adds a project. [`crate::platform::db::violated_constraint`] names `cloud_projects_name_idx` when the name is taken.
pub(super) async fn insert_project(
    conn: &mut PgConnection,
    project: &CloudProject,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cloud_projects (cloud_project_id, company_id, domain, name, description, contact_name,
             contact_email, enabled, ends_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(project.cloud_project_id)
    .bind(project.company_id)
    .bind(&project.domain)
    .bind(&project.name)
    .bind(&project.description)
    .bind(&project.contact_name)
    .bind(&project.contact_email)
    .bind(project.enabled)
    .bind(project.ends_at)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)
}

/// Adds a user. The constraint of a taken name is `cloud_users_name_idx`.
pub(super) async fn insert_user(
    conn: &mut PgConnection,
    user: &CloudUser,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cloud_users (cloud_user_id, user_id, domain, name, email, full_name, enabled, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(user.cloud_user_id)
    .bind(&user.user_id)
    .bind(&user.domain)
    .bind(&user.name)
    .bind(&user.email)
    .bind(&user.full_name)
    .bind(user.enabled)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)
}

/// Gives a task, or takes it back.
pub(super) async fn put_grant(
    conn: &mut PgConnection,
    grant: &Grant,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cloud_grants (cloud_project_id, cloud_user_id, task, is_wanted, changed_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT ON CONSTRAINT cloud_grants_pkey
         DO UPDATE SET is_wanted = excluded.is_wanted, changed_at = excluded.changed_at",
    )
    .bind(grant.cloud_project_id)
    .bind(grant.cloud_user_id)
    .bind(&grant.task)
    .bind(grant.is_wanted)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)
}

/// Wants so much of a resource.
pub(super) async fn put_quota(
    conn: &mut PgConnection,
    project: CloudProjectId,
    service: QuotaService,
    resource: &str,
    wanted: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cloud_quotas (cloud_project_id, service, resource, wanted) VALUES ($1, $2, $3, $4)
         ON CONFLICT ON CONSTRAINT cloud_quotas_pkey DO UPDATE SET wanted = excluded.wanted",
    )
    .bind(project)
    .bind(service.name())
    .bind(resource)
    .bind(wanted)
    .execute(conn)
    .await
    .map(drop)
}

/// Everything that is wanted, or one project with its users.
pub async fn wanted(conn: &mut PgConnection, only: Option<CloudProjectId>) -> Result<Wanted, sqlx::Error> {
    let projects = sqlx::query_as(
        "SELECT cloud_project_id, company_id, domain, name, description, contact_name, contact_email,
             enabled AND coalesce(ends_at > now(), true) AS enabled, ends_at, keystone_id, failure
         FROM cloud_projects WHERE $1::uuid IS NULL OR cloud_project_id = $1 ORDER BY cloud_project_id",
    )
    .bind(only)
    .fetch_all(&mut *conn)
    .await?;
    let users = sqlx::query_as(
        "SELECT cloud_user_id, user_id, domain, name, email, full_name, enabled, keystone_id, failure
         FROM cloud_users u WHERE $1::uuid IS NULL OR EXISTS (
             SELECT FROM cloud_grants g WHERE g.cloud_user_id = u.cloud_user_id AND g.cloud_project_id = $1)
         ORDER BY cloud_user_id",
    )
    .bind(only)
    .fetch_all(&mut *conn)
    .await?;
    let grants = sqlx::query_as(
        "SELECT cloud_project_id, cloud_user_id, task, is_wanted FROM cloud_grants
         WHERE $1::uuid IS NULL OR cloud_project_id = $1",
    )
    .bind(only)
    .fetch_all(&mut *conn)
    .await?;
    let approved: Vec<String> =
        sqlx::query_scalar("SELECT fingerprint FROM cloud_findings WHERE approved_at IS NOT NULL")
            .fetch_all(&mut *conn)
            .await?;
    let quotas = quotas(conn, only).await?;
    Ok(Wanted { projects, users, grants, quotas, approved: approved.into_iter().collect() })
}

#[derive(FromRow)]
struct QuotaRow {
    cloud_project_id: CloudProjectId,
    service: String,
    resource: String,
    wanted: i64,
    applied: Option<i64>,
}

/// The quotas of a project, or of all.
pub(super) async fn quotas(
    conn: &mut PgConnection,
    only: Option<CloudProjectId>,
) -> Result<Vec<Quota>, sqlx::Error> {
    let rows: Vec<QuotaRow> = sqlx::query_as(
        "SELECT cloud_project_id, service, resource, wanted, applied FROM cloud_quotas
         WHERE $1::uuid IS NULL OR cloud_project_id = $1 ORDER BY 1, 2, 3",
    )
    .bind(only)
    .fetch_all(conn)
    .await?;
    let quota = |row: QuotaRow| {
        let service = QuotaService::named(&row.service)?;
        let QuotaRow { cloud_project_id, resource, wanted, applied, .. } = row;
        Some(Quota { cloud_project_id, service, resource, wanted, applied })
    };
    Ok(rows.into_iter().filter_map(quota).collect())
}

/// The project of a name in a domain, whatever the case.
pub async fn project_named(
    conn: &mut PgConnection,
    domain: &str,
    name: &str,
) -> Result<Option<CloudProject>, sqlx::Error> {
    sqlx::query_as(
        "SELECT cloud_project_id, company_id, domain, name, description, contact_name, contact_email, enabled,
             ends_at, keystone_id, failure
         FROM cloud_projects WHERE domain = $1 AND lower(name) = lower($2)",
    )
    .bind(domain)
    .bind(name)
    .fetch_optional(conn)
    .await
}

/// The users of these names in a domain, whatever the case.
pub async fn users_named(
    conn: &mut PgConnection,
    domain: &str,
    names: &[String],
) -> Result<Vec<CloudUser>, sqlx::Error> {
    let names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    sqlx::query_as(
        "SELECT cloud_user_id, user_id, domain, name, email, full_name, enabled, keystone_id, failure
         FROM cloud_users WHERE domain = $1 AND lower(name) = ANY($2)",
    )
    .bind(domain)
    .bind(names)
    .fetch_all(conn)
    .await
}

/// Notes Keystone's id of a project; it is there, so nothing failed.
pub(super) async fn note_project(
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
pub(super) async fn note_user(
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
pub(super) async fn note_failure(
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

/// Notes what a quota is now, and what it was before.
pub(super) async fn note_quota(
    conn: &mut PgConnection,
    project: CloudProjectId,
    service: QuotaService,
    resource: &str,
    before: Option<i64>,
    applied: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE cloud_quotas SET applied = $4, before = coalesce($5, applied)
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

/// The old and the new value of each quota of a project that was set.
pub async fn quota_changes(
    conn: &mut PgConnection,
    project: CloudProjectId,
) -> Result<Vec<(String, Option<i64>, i64)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT resource, before, applied FROM cloud_quotas
         WHERE cloud_project_id = $1 AND applied IS NOT NULL ORDER BY service, resource",
    )
    .bind(project)
    .fetch_all(conn)
    .await
}

/// The addresses of everybody who has a task in a project.
pub async fn addresses_of_project(
    conn: &mut PgConnection,
    project: CloudProjectId,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT DISTINCT u.email FROM cloud_grants g JOIN cloud_users u USING (cloud_user_id)
         WHERE g.cloud_project_id = $1 AND g.is_wanted ORDER BY 1",
    )
    .bind(project)
    .fetch_all(conn)
    .await
}

/// Replaces what was found: what is found no longer goes, what is found again keeps its time and approval. Only a pass
/// over everything may say that something is found no longer.
pub(super) async fn note_findings(
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

/// Approves the end of what was found. Returns whether there is such a finding that waits.
pub(super) async fn approve(
    conn: &mut PgConnection,
    finding: i64,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE cloud_findings SET approved_at = $3, approved_by = $2
         WHERE finding_id = $1 AND approved_at IS NULL",
    )
    .bind(finding)
    .bind(by)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The projects in Keystone of each of these people, for their records.
pub async fn projects_of_people(
    conn: &mut PgConnection,
    user_ids: &[String],
) -> Result<HashMap<String, BTreeSet<String>>, sqlx::Error> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT DISTINCT u.user_id, p.keystone_id FROM cloud_users u
         JOIN cloud_grants g USING (cloud_user_id) JOIN cloud_projects p USING (cloud_project_id)
         WHERE u.user_id = ANY($1) AND g.is_wanted AND p.keystone_id IS NOT NULL",
    )
    .bind(user_ids)
    .fetch_all(conn)
    .await?;
    Ok(gather(rows))
}

/// The projects in Keystone of each of these companies, for their records.
pub async fn projects_of_companies(
    conn: &mut PgConnection,
    company_ids: &[Uuid],
) -> Result<HashMap<Uuid, BTreeSet<String>>, sqlx::Error> {
    let rows: Vec<(Uuid, String)> = sqlx::query_as(
        "SELECT company_id, keystone_id FROM cloud_projects
         WHERE company_id = ANY($1) AND keystone_id IS NOT NULL",
    )
    .bind(company_ids)
    .fetch_all(conn)
    .await?;
    Ok(gather(rows))
}

fn gather<K: std::hash::Hash + Eq>(rows: Vec<(K, String)>) -> HashMap<K, BTreeSet<String>> {
    let mut gathered: HashMap<K, BTreeSet<String>> = HashMap::new();
    for (key, project) in rows {
        gathered.entry(key).or_default().insert(project);
    }
    gathered
}

/// Whose records change with a project: the people with an account in it, and the company.
pub(super) async fn concerned(
    conn: &mut PgConnection,
    project: CloudProjectId,
) -> Result<(Vec<String>, Option<Uuid>), sqlx::Error> {
    let people = sqlx::query_scalar(
        "SELECT DISTINCT u.user_id FROM cloud_grants g JOIN cloud_users u USING (cloud_user_id)
         WHERE g.cloud_project_id = $1 AND u.user_id IS NOT NULL",
    )
    .bind(project)
    .fetch_all(&mut *conn)
    .await?;
    let company = sqlx::query_scalar("SELECT company_id FROM cloud_projects WHERE cloud_project_id = $1")
        .bind(project)
        .fetch_optional(conn)
        .await?;
    Ok((people, company.flatten()))
}

/// Projects whose end is near and whose contact was not reminded; they count as reminded from now on.
pub(super) async fn take_ending(
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

/// Keycloak's id of the person behind a user.
pub(super) async fn person_of(
    conn: &mut PgConnection,
    user: CloudUserId,
) -> Result<Option<String>, sqlx::Error> {
    let found: Option<Option<String>> =
        sqlx::query_scalar("SELECT user_id FROM cloud_users WHERE cloud_user_id = $1")
            .bind(user)
            .fetch_optional(conn)
            .await?;
    Ok(found.flatten())
}

/// The project of an id.
pub async fn project_by_id(
    conn: &mut PgConnection,
    project: CloudProjectId,
) -> Result<Option<CloudProject>, sqlx::Error> {
    sqlx::query_as(
        "SELECT cloud_project_id, company_id, domain, name, description, contact_name, contact_email, enabled,
             ends_at, keystone_id, failure
         FROM cloud_projects WHERE cloud_project_id = $1",
    )
    .bind(project)
    .fetch_optional(conn)
    .await
}

/// The user of an id.
pub async fn user_by_id(
    conn: &mut PgConnection,
    user: CloudUserId,
) -> Result<Option<CloudUser>, sqlx::Error> {
    sqlx::query_as(
        "SELECT cloud_user_id, user_id, domain, name, email, full_name, enabled, keystone_id, failure
         FROM cloud_users WHERE cloud_user_id = $1",
    )
    .bind(user)
    .fetch_optional(conn)
    .await
}
