//! The statements of the queue.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};

/// A job as it lies in the queue.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct JobRow {
    /// What kind of work.
    pub kind: String,
    /// What it is about.
    pub key: String,
    /// `waiting` (or running), or `parked`.
    pub state: String,
    /// Of the latest request for it.
    pub generation: i64,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is due.
    pub run_at: DateTime<Utc>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
}

/// How much of one kind lies in the queue.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct Backlog {
    /// What kind of work.
    pub kind: String,
    /// `waiting`, counted when due, or `parked`.
    pub state: String,
    /// How many.
    pub count: i64,
    /// How long the first has been due, or parked.
    pub oldest_seconds: f64,
}

/// What is due or parked, by kind.
pub async fn backlog(conn: &mut PgConnection) -> Result<Vec<Backlog>, sqlx::Error> {
    sqlx::query_as(
        "SELECT kind, state, count(*) AS count,
                extract(epoch FROM now() - min(run_at))::float8 AS oldest_seconds
         FROM jobs WHERE run_at <= now() GROUP BY kind, state ORDER BY kind, state",
    )
    .fetch_all(conn)
    .await
}

/// Asks for work in the caller's transaction. If the same work is queued already it is done at once,
/// also when it waits after a failure or was parked.
pub async fn enqueue_in_tx(conn: &mut PgConnection, kind: &str, keys: &[String]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO jobs (kind, key, run_at)
         SELECT DISTINCT $1, key, now() FROM unnest($2::text[]) AS key ORDER BY key
         ON CONFLICT ON CONSTRAINT jobs_kind_key DO UPDATE SET
             generation = nextval('job_generations'), state = 'waiting', attempts = 0,
             run_at = least(jobs.run_at, excluded.run_at)",
    )
    .bind(kind)
    .bind(keys)
    .execute(conn)
    .await
    .map(drop)
}

/// Sees to it that periodic work is queued; when it is already, its time stays.
pub async fn plan(
    conn: &mut PgConnection,
    kind: &str,
    key: &str,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO jobs (kind, key, run_at) VALUES ($1, $2, $3)
         ON CONFLICT ON CONSTRAINT jobs_kind_key DO NOTHING",
    )
    .bind(kind)
    .bind(key)
    .bind(at)
    .execute(conn)
    .await
    .map(drop)
}

/// Sees to it that periodic work is done by `at`. A run that is at it now is followed by another at once: it may have
/// looked before this was known.
pub async fn plan_by_in_tx(
    conn: &mut PgConnection,
    kind: &str,
    key: &str,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO jobs (kind, key, run_at) VALUES ($1, $2, $3)
         ON CONFLICT ON CONSTRAINT jobs_kind_key DO UPDATE SET
             generation = nextval('job_generations'), run_at = least(jobs.run_at, excluded.run_at)",
    )
    .bind(kind)
    .bind(key)
    .bind(at)
    .execute(conn)
    .await
    .map(drop)
}

/// Claims due jobs of these kinds, at most `limit`, for the seconds given with the kind: nobody else
/// gets them before.
pub(super) async fn claim(
    conn: &mut PgConnection,
    kinds: &[String],
    lease_seconds: &[f64],
    limit: i64,
) -> Result<Vec<JobRow>, sqlx::Error> {
    sqlx::query_as(
        "UPDATE jobs SET leased_until = now() + make_interval(secs => lease.seconds), attempts = attempts + 1
         FROM unnest($1::text[], $2::float8[]) AS lease (kind, seconds)
         WHERE lease.kind = jobs.kind AND job_id IN (
             SELECT job_id FROM jobs WHERE state = 'waiting' AND run_at <= now() AND kind = ANY($1)
               AND (leased_until IS NULL OR leased_until < now())
             ORDER BY run_at LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING jobs.kind, key, state, generation, attempts, run_at, last_error",
    )
    .bind(kinds)
    .bind(lease_seconds)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Strikes off a job, or makes it due at once when it was asked for again meanwhile.
pub(super) async fn finish(conn: &mut PgConnection, job: &JobRow) -> Result<(), sqlx::Error> {
    let struck = sqlx::query("DELETE FROM jobs WHERE kind = $1 AND key = $2 AND generation = $3")
        .bind(&job.kind)
        .bind(&job.key)
        .bind(job.generation)
        .execute(&mut *conn)
        .await?;
    if struck.rows_affected() > 0 {
        return Ok(());
    }
    sqlx::query(
        "UPDATE jobs SET attempts = 0, last_error = NULL, leased_until = NULL, run_at = now()
         WHERE kind = $1 AND key = $2",
    )
    .bind(&job.kind)
    .bind(&job.key)
    .execute(conn)
    .await
    .map(drop)
}

/// Makes a job due at a time; its attempts count anew. Asked for again meanwhile, it is due now.
pub(super) async fn postpone(
    conn: &mut PgConnection,
    job: &JobRow,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE jobs SET attempts = 0, last_error = NULL, leased_until = NULL,
             run_at = CASE WHEN generation = $3 THEN $4 ELSE now() END
         WHERE kind = $1 AND key = $2",
    )
    .bind(&job.kind)
    .bind(&job.key)
    .bind(job.generation)
    .bind(at)
    .execute(conn)
    .await
    .map(drop)
}

/// Notes a failure: the job is due again after `seconds`, or parked when there are none.
pub(super) async fn fail(
    conn: &mut PgConnection,
    job: &JobRow,
    error: &str,
    seconds: Option<f64>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE jobs SET last_error = $4, leased_until = NULL,
             state = CASE WHEN generation = $3 AND $5::float8 IS NULL THEN 'parked' ELSE 'waiting' END,
             run_at = now() + make_interval(secs => coalesce($5, 0))
         WHERE kind = $1 AND key = $2",
    )
    .bind(&job.kind)
    .bind(&job.key)
    .bind(job.generation)
    .bind(error)
    .bind(seconds)
    .execute(conn)
    .await
    .map(drop)
}

/// A job as it lies in the queue; none when it is done.
pub async fn find(conn: &mut PgConnection, kind: &str, key: &str) -> Result<Option<JobRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT kind, key, state, generation, attempts, run_at, last_error FROM jobs
         WHERE kind = $1 AND key = $2",
    )
    .bind(kind)
    .bind(key)
    .fetch_optional(conn)
    .await
}

/// Makes a parked job due at once. Returns whether there was one.
pub async fn unpark(conn: &mut PgConnection, kind: &str, key: &str) -> Result<bool, sqlx::Error> {
    let freed = sqlx::query(
        "UPDATE jobs SET state = 'waiting', attempts = 0, run_at = now()
         WHERE kind = $1 AND key = $2 AND state = 'parked'",
    )
    .bind(kind)
    .bind(key)
    .execute(conn)
    .await?;
    Ok(freed.rows_affected() > 0)
}
