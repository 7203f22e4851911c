//! What is wanted.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};

use crate::{
    adapters::keystone::QuotaService,
    openstack::{CloudProject, CloudProjectId, CloudUser, Grant, NewQuota, Quota, Wanted},
};

/// Adds a project. [`crate::platform::db::violated_constraint`] names `cloud_projects_name_idx` when the name is taken.
pub(in crate::openstack) async fn insert_project(
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
pub(in crate::openstack) async fn insert_user(
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
pub(in crate::openstack) async fn put_grant(
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

/// Wants so much of a resource for good. What is only a floor lowers nothing that was wanted for good before.
pub(in crate::openstack) async fn put_quota(
    conn: &mut PgConnection,
    project: CloudProjectId,
    quota: &NewQuota,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cloud_quotas AS held (cloud_project_id, service, resource, wanted, is_floor)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT ON CONSTRAINT cloud_quotas_pkey
         DO UPDATE SET wanted = excluded.wanted, is_floor = excluded.is_floor, temporary = NULL,
             temporary_is_floor = false, temporary_until = NULL, reminded_at = NULL
         WHERE NOT excluded.is_floor OR held.wanted IS NULL
             OR held.wanted <> -1 AND (excluded.wanted = -1 OR held.wanted < excluded.wanted)",
    )
    .bind(project)
    .bind(quota.service.name())
    .bind(&quota.resource)
    .bind(quota.wanted)
    .bind(quota.is_floor)
    .execute(conn)
    .await
    .map(drop)
}

/// Everything that is wanted at `now`, or one project with its users.
pub async fn wanted(
    conn: &mut PgConnection,
    only: Option<CloudProjectId>,
    now: DateTime<Utc>,
) -> Result<Wanted, sqlx::Error> {
    let projects = sqlx::query_as(
        "SELECT cloud_project_id, company_id, domain, name, description, contact_name, contact_email,
             enabled AND coalesce(ends_at > $2, true) AS enabled, ends_at, keystone_id, failure
         FROM cloud_projects WHERE $1::uuid IS NULL OR cloud_project_id = $1 ORDER BY cloud_project_id",
    )
    .bind(only)
    .bind(now)
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
    let quotas = quotas(conn, only, now).await?;
    Ok(Wanted { projects, users, grants, quotas, approved: approved.into_iter().collect() })
}

#[derive(FromRow)]
struct QuotaRow {
    cloud_project_id: CloudProjectId,
    service: String,
    resource: String,
    wanted: i64,
    is_floor: bool,
    applied: Option<i64>,
}

/// The quotas of a project, or of all, as they are wanted at `now`. What comes back after a time is set exactly; what
/// was never known cannot come back.
pub(in crate::openstack) async fn quotas(
    conn: &mut PgConnection,
    only: Option<CloudProjectId>,
    now: DateTime<Utc>,
) -> Result<Vec<Quota>, sqlx::Error> {
    let rows: Vec<QuotaRow> = sqlx::query_as(
        "SELECT cloud_project_id, service, resource, applied,
             CASE WHEN temporary_until > $2 THEN temporary ELSE wanted END AS wanted,
             CASE WHEN temporary_until > $2 THEN temporary_is_floor
                 ELSE is_floor AND temporary_until IS NULL END AS is_floor
         FROM cloud_quotas
         WHERE ($1::uuid IS NULL OR cloud_project_id = $1) AND (temporary_until > $2 OR wanted IS NOT NULL)
         ORDER BY 1, 2, 3",
    )
    .bind(only)
    .bind(now)
    .fetch_all(conn)
    .await?;
    let quota = |row: QuotaRow| {
        let service = QuotaService::named(&row.service)?;
        let QuotaRow { cloud_project_id, resource, wanted, is_floor, applied, .. } = row;
        Some(Quota { cloud_project_id, service, resource, wanted, is_floor, applied })
    };
    Ok(rows.into_iter().filter_map(quota).collect())
}
