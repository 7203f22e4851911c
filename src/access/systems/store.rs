//! The statements of systems.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::System;

/// What Keycloak is to have of a system.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub(super) struct Wanted {
    pub name: String,
    pub is_revoked: bool,
}

/// Writes a system down, unless its owner has `most` of them already; says whether it did.
pub(super) async fn put(
    conn: &mut PgConnection,
    company_id: Option<Uuid>,
    system: &System,
    most: i64,
) -> Result<bool, sqlx::Error> {
    let put = sqlx::query(
        "INSERT INTO system_clients (client_id, company_id, name, created_by, created_at)
         SELECT $1, $2, $3, $4, $5
         WHERE (SELECT count(*) FROM system_clients
                WHERE company_id IS NOT DISTINCT FROM $2 AND revoked_at IS NULL) < $6",
    )
    .bind(&system.client_id)
    .bind(company_id)
    .bind(&system.name)
    .bind(&system.created_by)
    .bind(system.created_at)
    .bind(most)
    .execute(conn)
    .await?;
    Ok(put.rows_affected() > 0)
}

/// The systems of a company, the eldest first; of the operator when the company is none.
pub(super) async fn list(
    conn: &mut PgConnection,
    company_id: Option<Uuid>,
    limit: i64,
) -> Result<Vec<System>, sqlx::Error> {
    sqlx::query_as(
        "SELECT client_id, name, created_by, created_at, made_at, secret_at FROM system_clients
         WHERE company_id IS NOT DISTINCT FROM $1 AND revoked_at IS NULL
         ORDER BY created_at, client_id LIMIT $2",
    )
    .bind(company_id)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// A system of a company, or of the operator, locked.
pub(super) async fn lock(
    conn: &mut PgConnection,
    company_id: Option<Uuid>,
    client_id: &str,
) -> Result<Option<System>, sqlx::Error> {
    sqlx::query_as(
        "SELECT client_id, name, created_by, created_at, made_at, secret_at FROM system_clients
         WHERE client_id = $1 AND company_id IS NOT DISTINCT FROM $2 AND revoked_at IS NULL FOR UPDATE",
    )
    .bind(client_id)
    .bind(company_id)
    .fetch_optional(conn)
    .await
}

/// Notes that a system's secret is made anew.
pub(super) async fn secret_made(
    conn: &mut PgConnection,
    client_id: &str,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE system_clients SET secret_at = $2 WHERE client_id = $1")
        .bind(client_id)
        .bind(at)
        .execute(conn)
        .await
        .map(drop)
}

/// Revokes a system and takes away what it was granted.
pub(super) async fn revoke(
    conn: &mut PgConnection,
    client_id: &str,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM access_grants WHERE client_id = $1").bind(client_id).execute(&mut *conn).await?;
    sqlx::query("UPDATE system_clients SET revoked_at = $2 WHERE client_id = $1")
        .bind(client_id)
        .bind(at)
        .execute(conn)
        .await
        .map(drop)
}

/// What Keycloak is to have of a system now.
pub(super) async fn wanted(conn: &mut PgConnection, client_id: &str) -> Result<Option<Wanted>, sqlx::Error> {
    sqlx::query_as(
        "SELECT name, revoked_at IS NOT NULL AS is_revoked FROM system_clients WHERE client_id = $1",
    )
    .bind(client_id)
    .fetch_optional(conn)
    .await
}

/// Notes that Keycloak has a system.
pub(super) async fn made(
    conn: &mut PgConnection,
    client_id: &str,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE system_clients SET made_at = $2 WHERE client_id = $1 AND made_at IS NULL")
        .bind(client_id)
        .bind(at)
        .execute(conn)
        .await
        .map(drop)
}
