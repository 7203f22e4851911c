//! Who decides, and what makes way.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::intake::{Request, RequestId};

/// Takes the key from a request that is over, so that the same person can ask for something else of the same kind.
/// Returns whether it did.
pub(in crate::intake) async fn supersede(
    conn: &mut PgConnection,
    key: &str,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let superseded = sqlx::query(
        "UPDATE intake_requests SET superseded_at = $2
         WHERE natural_key = $1 AND superseded_at IS NULL AND state IN ('rejected', 'done', 'cancelled')",
    )
    .bind(key)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(superseded.rows_affected() == 1)
}

/// Of rows with their key and what they say: the requests without their key that said exactly this, the latest one each.
pub(in crate::intake) async fn superseded(
    conn: &mut PgConnection,
    rows: Vec<(i64, String, Vec<u8>)>,
) -> Result<Vec<(i64, RequestId)>, sqlx::Error> {
    let (mut numbers, mut keys, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
    for (number, key, hash) in rows {
        numbers.push(number);
        keys.push(key);
        hashes.push(hash);
    }
    sqlx::query_as(
        "SELECT DISTINCT ON (number) number, request_id
         FROM unnest($1::bigint[], $2::text[], $3::bytea[]) AS asked (number, natural_key, content_hash)
         JOIN intake_requests USING (natural_key, content_hash)
         WHERE superseded_at IS NOT NULL ORDER BY number, superseded_at DESC",
    )
    .bind(numbers)
    .bind(keys)
    .bind(hashes)
    .fetch_all(conn)
    .await
}

/// Names who is to decide from now on.
pub(in crate::intake) async fn assign(
    conn: &mut PgConnection,
    id: RequestId,
    to: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE intake_requests SET assignee = $2, assigned_at = $3 WHERE request_id = $1")
        .bind(id)
        .bind(to)
        .bind(now)
        .execute(conn)
        .await
        .map(drop)
}

/// Moves a request one step up; whoever had it has it no longer.
pub(in crate::intake) async fn escalate(
    conn: &mut PgConnection,
    id: RequestId,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE intake_requests SET escalated_at = $2, assignee = NULL, assigned_at = NULL WHERE request_id = $1",
    )
    .bind(id)
    .bind(now)
    .execute(conn)
    .await
    .map(drop)
}

/// Requests that nobody decided in time, the eldest first, locked; what somebody else is at is left out. At most 100.
pub(in crate::intake) async fn lock_overdue(
    conn: &mut PgConnection,
    received_until: DateTime<Utc>,
    assigned_until: DateTime<Utc>,
) -> Result<Vec<Request>, sqlx::Error> {
    sqlx::query_as(
        "SELECT request_id, kind, state, ask, sealed_pin, pin_version, approved_at_source, source, source_row,
             assignee, assigned_at, escalated_at, reason, cloud_project_id, cloud_user_id, received_at
         FROM intake_requests
         WHERE state IN ('received', 'notified') AND escalated_at IS NULL
           AND (received_at <= $1 OR assigned_at <= $2)
         ORDER BY received_at, request_id LIMIT 100 FOR UPDATE SKIP LOCKED",
    )
    .bind(received_until)
    .bind(assigned_until)
    .fetch_all(conn)
    .await
}

/// A page of the requests in these states, the eldest first.
pub(in crate::intake) async fn page(
    conn: &mut PgConnection,
    states: &[&str],
    after: Option<(DateTime<Utc>, RequestId)>,
    limit: i64,
) -> Result<Vec<Request>, sqlx::Error> {
    let (after_at, after_id) = after.unzip();
    sqlx::query_as(
        "SELECT request_id, kind, state, ask, sealed_pin, pin_version, approved_at_source, source, source_row,
             assignee, assigned_at, escalated_at, reason, cloud_project_id, cloud_user_id, received_at
         FROM intake_requests
         WHERE state = ANY($1) AND ($2::timestamptz IS NULL OR (received_at, request_id) > ($2, $3))
         ORDER BY received_at, request_id LIMIT $4",
    )
    .bind(states)
    .bind(after_at)
    .bind(after_id)
    .bind(limit)
    .fetch_all(conn)
    .await
}
