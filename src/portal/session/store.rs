//! The statements of sessions.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};

/// A session of the pages.
#[derive(Clone, FromRow)]
pub struct SessionRow {
    /// Whose it is.
    pub user_id: String,
    /// Keycloak's session.
    pub session_id: String,
    /// When the person proved who they are.
    pub began_at: DateTime<Utc>,
    /// When the ID token was made.
    pub issued_at: DateTime<Utc>,
    /// Roles of the realm.
    pub realm_roles: Vec<String>,
    /// When it began here.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub seen_at: DateTime<Utc>,
}

/// Begins a session.
pub async fn insert(
    conn: &mut PgConnection,
    secret_hash: &[u8],
    session: &SessionRow,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO portal_sessions
             (secret_hash, user_id, session_id, began_at, issued_at, created_at, seen_at, realm_roles)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(secret_hash)
    .bind(&session.user_id)
    .bind(&session.session_id)
    .bind(session.began_at)
    .bind(session.issued_at)
    .bind(session.created_at)
    .bind(session.seen_at)
    .bind(&session.realm_roles)
    .execute(conn)
    .await
    .map(drop)
}

/// The session of a cookie.
pub async fn find(conn: &mut PgConnection, secret_hash: &[u8]) -> Result<Option<SessionRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT user_id, session_id, began_at, issued_at, created_at, seen_at, realm_roles
         FROM portal_sessions WHERE secret_hash = $1",
    )
    .bind(secret_hash)
    .fetch_optional(conn)
    .await
}

/// Notes that it was used.
pub async fn touch(
    conn: &mut PgConnection,
    secret_hash: &[u8],
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE portal_sessions SET seen_at = $2 WHERE secret_hash = $1")
        .bind(secret_hash)
        .bind(at)
        .execute(conn)
        .await
        .map(drop)
}

/// Ends the session of a cookie.
pub async fn delete(conn: &mut PgConnection, secret_hash: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM portal_sessions WHERE secret_hash = $1")
        .bind(secret_hash)
        .execute(conn)
        .await
        .map(drop)
}

/// Ends the sessions that hang on one of Keycloak's.
pub async fn delete_of_session(conn: &mut PgConnection, session_id: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM portal_sessions WHERE session_id = $1")
        .bind(session_id)
        .execute(conn)
        .await
        .map(drop)
}

/// Ends every session of a person.
pub async fn delete_of_person(conn: &mut PgConnection, user_id: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM portal_sessions WHERE user_id = $1").bind(user_id).execute(conn).await.map(drop)
}

/// Deletes the sessions that nobody used since.
pub async fn delete_unseen(conn: &mut PgConnection, since: DateTime<Utc>) -> Result<u64, sqlx::Error> {
    let deleted =
        sqlx::query("DELETE FROM portal_sessions WHERE seen_at < $1").bind(since).execute(conn).await?;
    Ok(deleted.rows_affected())
}
