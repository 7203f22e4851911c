//! Which messages were seen: the same message has its effect once, however often it comes.

use std::collections::HashSet;

use async_trait::async_trait;
use chrono::Days;
use sqlx::{PgConnection, PgPool};

use super::{
    clock::SharedClock,
    jobs::{Done, Failed, Handler, Job},
};

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

/// The kind of the work of forgetting.
pub const FORGET_INBOX: &str = "inbox.forget";
/// How long messages are remembered: longer than any can still come again, which is the retention of
/// the topics that are read (7 days), with room for a longer one.
const REMEMBERED_DAYS: i32 = 35;

/// Forgets, once a day, what cannot come again.
pub struct ForgetInbox {
    /// Where messages are remembered.
    pub pool: PgPool,
    /// What time it is.
    pub clock: SharedClock,
}

#[async_trait]
impl Handler for ForgetInbox {
    fn kind(&self) -> &'static str {
        FORGET_INBOX
    }

    fn max_attempts(&self) -> i32 {
        i32::MAX
    }

    async fn run(&self, _: &Job) -> Result<Done, Failed> {
        let mut conn = self.pool.acquire().await?;
        forget_older_than(&mut conn, REMEMBERED_DAYS).await?;
        Ok(Done::Until(self.clock.now() + Days::new(1)))
    }
}

/// Forgets messages that were seen more than `days` ago, and says how many.
pub async fn forget_older_than(conn: &mut PgConnection, days: i32) -> Result<u64, sqlx::Error> {
    sqlx::query("DELETE FROM inbox WHERE seen_at < now() - make_interval(days => $1)")
        .bind(days)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
}
