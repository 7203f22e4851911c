//! Sessions that are over. Tokens say of themselves when they end; this says it earlier.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

use super::Session;
use crate::platform::jobs::Forgetting;

/// How long an ended session is remembered: longer than any access token lives.
const REMEMBERED_DAYS: i32 = 2;

/// Ends one session: its tokens count no longer.
pub async fn end_in_tx(
    conn: &mut PgConnection,
    session_id: &str,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO ended_sessions (session_id, ended_at) VALUES ($1, $2)
         ON CONFLICT ON CONSTRAINT ended_sessions_pkey DO NOTHING",
    )
    .bind(session_id)
    .bind(at)
    .execute(conn)
    .await
    .map(drop)
}

/// Ends every session of a person that began until `at`.
pub async fn end_all_in_tx(
    conn: &mut PgConnection,
    user_id: &str,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO newest_sessions (user_id, ended_until) VALUES ($1, $2)
         ON CONFLICT ON CONSTRAINT newest_sessions_pkey
         DO UPDATE SET ended_until = greatest(newest_sessions.ended_until, excluded.ended_until)",
    )
    .bind(user_id)
    .bind(at)
    .execute(conn)
    .await
    .map(drop)
}

/// Whether this is a session to act by: not ended, and no newer one of the same person was seen.
/// Seeing a newer one ends the older ones.
pub async fn admit(conn: &mut PgConnection, session: &Session) -> Result<bool, sqlx::Error> {
    let (is_live, is_noted): (bool, bool) = sqlx::query_as(
        "SELECT NOT EXISTS (SELECT FROM ended_sessions WHERE session_id = $2)
                AND coalesce(newest.session_id = $2 OR newest.began_at <= $3, true)
                AND coalesce(newest.ended_until < $4, true),
             coalesce(newest.session_id = $2 OR newest.began_at >= $3, false)
         FROM (VALUES ($1)) AS asked (user_id) LEFT JOIN newest_sessions AS newest USING (user_id)",
    )
    .bind(&session.user_id)
    .bind(&session.session_id)
    .bind(session.began_at)
    .bind(session.issued_at)
    .fetch_one(&mut *conn)
    .await?;
    if is_live && !is_noted {
        note(conn, session).await?;
    }
    Ok(is_live)
}

/// The newest one stays, whatever order they are seen in.
async fn note(conn: &mut PgConnection, session: &Session) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO newest_sessions (user_id, session_id, began_at) VALUES ($1, $2, $3)
         ON CONFLICT ON CONSTRAINT newest_sessions_pkey
         DO UPDATE SET session_id = excluded.session_id, began_at = excluded.began_at
         WHERE newest_sessions.began_at IS NULL OR newest_sessions.began_at < excluded.began_at",
    )
    .bind(&session.user_id)
    .bind(&session.session_id)
    .bind(session.began_at)
    .execute(conn)
    .await
    .map(drop)
}

/// Forgets, once a day, sessions whose tokens are over by themselves.
pub const FORGET_SESSIONS: Forgetting = Forgetting {
    kind: "sessions.forget",
    every: TimeDelta::days(1),
    forget: |conn, _| Box::pin(forget(conn)),
};

async fn forget(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM ended_sessions WHERE ended_at < now() - make_interval(days => $1)")
        .bind(REMEMBERED_DAYS)
        .execute(conn)
        .await
        .map(drop)
}
