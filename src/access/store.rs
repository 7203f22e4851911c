//! The statements of access.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::{GrantId, Held, Level, Permission, Power, Scope, Source, Target, reads::ListRead};

/// A grant as it is held.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct GrantRow {
    /// Its id.
    pub grant_id: GrantId,
    /// The person who holds it.
    pub user_id: Option<String>,
    /// The system that holds it.
    pub client_id: Option<String>,
    /// `DEPLOYMENT`, `CUSTOMER` or `SYSTEM`.
    pub scope: String,
    /// The company it is for.
    pub company_id: Option<Uuid>,
    /// The deployment it is for.
    pub deployment_id: Option<Uuid>,
    /// The role's type, or none.
    pub level: Option<String>,
    /// The permission, or none.
    pub permission: Option<String>,
    /// Who gave it.
    pub granted_by: String,
    /// When.
    pub granted_at: DateTime<Utc>,
    /// Until when.
    pub ends_at: Option<DateTime<Utc>>,
}

impl GrantRow {
    /// What it gives; none when its permission has left the catalogue.
    #[must_use]
    pub fn held(&self) -> Option<Held> {
        let place = match (Scope::named(&self.scope)?, self.company_id, self.deployment_id) {
            (Scope::System, None, None) => Target::System,
            (Scope::Customer, Some(company), None) => Target::Company(company),
            (Scope::Deployment, Some(company), Some(deployment)) => {
                Target::Deployment { company, deployment }
            }
            _ => return None,
        };
        let power = match (&self.level, &self.permission) {
            (Some(level), None) => Power::Role(Level::named(level)?),
            (None, Some(permission)) => Power::Direct(Permission::named(permission)?),
            _ => return None,
        };
        let source = Source::Grant {
            grant_id: self.grant_id,
            granted_by: self.granted_by.clone(),
            granted_at: self.granted_at,
        };
        Some(Held { power, place, source, ends_at: self.ends_at })
    }
}

/// Whether a person may act at all.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub(super) struct Standing {
    /// Known, and not deleted.
    pub is_known: bool,
    /// Keycloak lets them sign in, and nobody here has stopped them.
    pub is_open: bool,
    /// The roles of staff that they were last seen with, sorted.
    pub staff_roles: Vec<String>,
}

/// A company somebody is in.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub(super) struct Association {
    pub company_id: Uuid,
    pub is_admin: bool,
    /// Neither suspended by staff nor disabled in Keycloak.
    pub is_open: bool,
}

/// How a person stands. Somebody whose event has not come yet is not known, and may act for themselves.
pub(super) async fn standing(conn: &mut PgConnection, user_id: &str) -> Result<Standing, sqlx::Error> {
    sqlx::query_as(
        "SELECT person.user_id IS NOT NULL AND person.deleted_at IS NULL AS is_known,
             coalesce(person.enabled AND person.deleted_at IS NULL, true)
                 AND NOT EXISTS (SELECT FROM person_blocks WHERE user_id = $1) AS is_open,
             coalesce(seen.roles, '{}') AS staff_roles
         FROM (VALUES ($1)) AS asked (user_id)
         LEFT JOIN people AS person USING (user_id) LEFT JOIN staff_seen AS seen USING (user_id)",
    )
    .bind(user_id)
    .fetch_one(conn)
    .await
}

/// Remembers the roles of staff that a person is seen with, unless something newer is known.
pub(super) async fn put_staff_seen(
    conn: &mut PgConnection,
    user_id: &str,
    roles: &[String],
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO staff_seen AS known (user_id, roles, seen_at) VALUES ($1, $2, $3)
         ON CONFLICT ON CONSTRAINT staff_seen_pkey
         DO UPDATE SET roles = excluded.roles, seen_at = excluded.seen_at WHERE known.seen_at <= excluded.seen_at",
    )
    .bind(user_id)
    .bind(roles)
    .bind(at)
    .execute(conn)
    .await
    .map(drop)
}

/// The companies of a person.
pub(super) async fn associations(
    conn: &mut PgConnection,
    user_id: &str,
) -> Result<Vec<Association>, sqlx::Error> {
    sqlx::query_as(
        "SELECT company_id, member.role = 'admin' AS is_admin,
             company.suspended_at IS NULL AND company.status <> 'disabled' AS is_open
         FROM company_members AS member JOIN companies AS company USING (company_id)
         WHERE member.user_id = $1 AND member.removed_at IS NULL AND company.deleted_at IS NULL
         ORDER BY member.since, company_id",
    )
    .bind(user_id)
    .fetch_all(conn)
    .await
}

/// The company of a system that was not revoked: the outer none when there is no such system.
pub(super) async fn system(
    conn: &mut PgConnection,
    client_id: &str,
) -> Result<Option<Option<Uuid>>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT company_id FROM system_clients AS client
         WHERE client_id = $1 AND revoked_at IS NULL AND NOT EXISTS (
             SELECT FROM companies WHERE company_id = client.company_id
                AND (suspended_at IS NOT NULL OR status = 'disabled' OR deleted_at IS NOT NULL))",
    )
    .bind(client_id)
    .fetch_optional(conn)
    .await
}

/// What a person, or a system, was granted and still holds at `now`.
pub(super) async fn grants_of(
    conn: &mut PgConnection,
    user_id: Option<&str>,
    client_id: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Vec<GrantRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT grant_id, user_id, client_id, scope, company_id, deployment_id, level, permission, granted_by,
             granted_at, ends_at
         FROM access_grants
         WHERE (user_id = $1 OR client_id = $2) AND (ends_at IS NULL OR ends_at > $3)
         ORDER BY granted_at, grant_id",
    )
    .bind(user_id)
    .bind(client_id)
    .bind(now)
    .fetch_all(conn)
    .await
}

/// What is granted in a company and holds at `now`, the eldest first, at most `limit` after a place.
pub(super) async fn grants_in(
    conn: &mut PgConnection,
    company_id: Uuid,
    now: DateTime<Utc>,
    after: Option<(DateTime<Utc>, GrantId)>,
    limit: i64,
) -> Result<Vec<GrantRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT grant_id, user_id, client_id, scope, company_id, deployment_id, level, permission, granted_by,
             granted_at, ends_at
         FROM access_grants
         WHERE company_id = $1 AND (ends_at IS NULL OR ends_at > $2)
           AND ($3::timestamptz IS NULL OR (granted_at, grant_id) > ($3, $4))
         ORDER BY granted_at, grant_id LIMIT $5",
    )
    .bind(company_id)
    .bind(now)
    .bind(after.map(|after| after.0))
    .bind(after.map(|after| after.1))
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Writes a grant. The same one again changes only until when it holds, and keeps its id.
pub(super) async fn put_grant(conn: &mut PgConnection, grant: &GrantRow) -> Result<GrantId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO access_grants (grant_id, user_id, client_id, scope, company_id, deployment_id, level,
             permission, granted_by, granted_at, ends_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT ON CONSTRAINT access_grants_once_key DO UPDATE SET
             ends_at = excluded.ends_at, granted_by = excluded.granted_by, granted_at = excluded.granted_at
         RETURNING grant_id",
    )
    .bind(grant.grant_id)
    .bind(&grant.user_id)
    .bind(&grant.client_id)
    .bind(&grant.scope)
    .bind(grant.company_id)
    .bind(grant.deployment_id)
    .bind(&grant.level)
    .bind(&grant.permission)
    .bind(&grant.granted_by)
    .bind(grant.granted_at)
    .bind(grant.ends_at)
    .fetch_one(conn)
    .await
}

/// A grant of a company, locked; of none when the company is none.
pub(super) async fn lock_grant(
    conn: &mut PgConnection,
    grant_id: GrantId,
    company_id: Option<Uuid>,
) -> Result<Option<GrantRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT grant_id, user_id, client_id, scope, company_id, deployment_id, level, permission, granted_by,
             granted_at, ends_at
         FROM access_grants WHERE grant_id = $1 AND company_id IS NOT DISTINCT FROM $2 FOR UPDATE",
    )
    .bind(grant_id)
    .bind(company_id)
    .fetch_optional(conn)
    .await
}

/// Takes a grant away.
pub(super) async fn delete_grant(conn: &mut PgConnection, grant_id: GrantId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM access_grants WHERE grant_id = $1").bind(grant_id).execute(conn).await.map(drop)
}

/// Takes away whatever a person was granted in a company: their association with it is over.
pub async fn delete_grants_in_tx(
    conn: &mut PgConnection,
    company_id: Uuid,
    user_id: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM access_grants WHERE company_id = $1 AND user_id = $2")
        .bind(company_id)
        .bind(user_id)
        .execute(conn)
        .await
        .map(drop)
}

/// Whom of these people staff have blocked.
pub async fn blocked_among(
    conn: &mut PgConnection,
    user_ids: &[String],
) -> Result<HashSet<String>, sqlx::Error> {
    let blocked: Vec<String> =
        sqlx::query_scalar("SELECT user_id FROM person_blocks WHERE kind = 'blocked' AND user_id = ANY($1)")
            .bind(user_ids)
            .fetch_all(conn)
            .await?;
    Ok(blocked.into_iter().collect())
}

/// Associates a person with the system.
pub(super) async fn put_system_member(
    conn: &mut PgConnection,
    user_id: &str,
    added_by: &str,
    since: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO system_members (user_id, added_by, since) VALUES ($1, $2, $3)
         ON CONFLICT ON CONSTRAINT system_members_pkey DO NOTHING",
    )
    .bind(user_id)
    .bind(added_by)
    .bind(since)
    .execute(conn)
    .await
    .map(drop)
}

/// Ends a person's association with the system, and with it what they were granted there.
pub(super) async fn delete_system_member(
    conn: &mut PgConnection,
    user_id: &str,
) -> Result<bool, sqlx::Error> {
    let gone =
        sqlx::query("DELETE FROM system_members WHERE user_id = $1").bind(user_id).execute(conn).await?;
    Ok(gone.rows_affected() > 0)
}

/// Counts a list that a system has got. The first time on a day, the day before that, null when there was none.
pub(super) async fn note_list(
    conn: &mut PgConnection,
    client_id: &str,
    read: &ListRead<'_>,
    today: NaiveDate,
) -> Result<Option<serde_json::Value>, sqlx::Error> {
    let (calls, day_before): (i64, Option<serde_json::Value>) = sqlx::query_as(
        "INSERT INTO list_reads AS known (client_id, list, company, read_on, calls, entries)
         VALUES ($1, $2, $3, $4, 1, $5)
         ON CONFLICT ON CONSTRAINT list_reads_pkey DO UPDATE SET
             read_on = greatest(known.read_on, excluded.read_on),
             calls = CASE WHEN known.read_on < excluded.read_on THEN 1 ELSE known.calls + 1 END,
             entries = excluded.entries + CASE WHEN known.read_on < excluded.read_on THEN 0 ELSE known.entries END,
             day_before = CASE WHEN known.read_on < excluded.read_on
                 THEN jsonb_build_object('on', known.read_on, 'calls', known.calls, 'entries', known.entries)
                 ELSE known.day_before END
         RETURNING calls, day_before",
    )
    .bind(client_id)
    .bind(read.list)
    .bind(read.company_id.map(|id| id.to_string()).unwrap_or_default())
    .bind(today)
    .bind(read.entries.unwrap_or_default())
    .fetch_one(conn)
    .await?;
    Ok((calls == 1).then(|| day_before.unwrap_or_default()))
}
