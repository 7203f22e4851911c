//! Which messages were seen: the same message has its effect once, however often it comes.

use std::collections::HashSet;

use chrono::TimeDelta;
use sqlx::PgConnection;

use super::jobs::Forgetting;

/// Remembers the messages in the caller's transaction and returns those that were not seen before.
///
/// A message that another transaction is just remembering is waited for.
pub async fn remember(conn: &mut PgConnection, ids: &[String]) -> Result<HashSet<String>, sqlx::Error> {
    // Sorted, so that two transactions with the same messages wait for each other in one order.
    let fresh: Vec<String> = sqlx::query_scalar(
        "INSERT INTO inbox (message_id)
         SELECT DISTINCT id FROM unnest($1::text[]) AS id ORDER BY id
         ON CONFLICT ON CONSTRAINT inbox_pkey DO NOTHING
         RETURNING message_id",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    Ok(fresh.into_iter().collect())
}

/// How long messages are remembered: longer than any can still come again, which is the retention of
/// the topics that are read (7 days), with room for a longer one.
const REMEMBERED_DAYS: i32 = 35;

/// Forgets, once a day, what cannot come again.
pub const FORGET_INBOX: Forgetting = Forgetting {
    kind: "inbox.forget",
    every: TimeDelta::days(1),
    forget: |conn, _| Box::pin(async move { forget_older_than(conn, REMEMBERED_DAYS).await.map(drop) }),
};

/// Forgets messages that were seen more than `days` ago, and says how many.
pub async fn forget_older_than(conn: &mut PgConnection, days: i32) -> Result<u64, sqlx::Error> {
    sqlx::query("DELETE FROM inbox WHERE seen_at < now() - make_interval(days => $1)")
        .bind(days)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
}
