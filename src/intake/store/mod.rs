//! The statements of intake.

mod deciding;

pub(super) use deciding::{assign, escalate, lock_overdue, page, supersede, superseded};

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection, types::Json};

use super::{Ask, Kind, Request, RequestId, State, Step};
use crate::{
    openstack::{CloudProjectId, CloudUserId},
    passwords::Sealed,
    platform::masked::Masked,
};

/// What an import knows of a request that is there.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Known {
    pub request_id: RequestId,
    pub state: String,
    pub content_hash: Vec<u8>,
    pub approved_at_source: bool,
}

/// The request of a natural key, locked.
pub(super) async fn lock_by_key(conn: &mut PgConnection, key: &str) -> Result<Option<Known>, sqlx::Error> {
    sqlx::query_as(
        "SELECT request_id, state, content_hash, approved_at_source FROM intake_requests
         WHERE natural_key = $1 AND superseded_at IS NULL FOR UPDATE",
    )
    .bind(key)
    .fetch_optional(conn)
    .await
}

/// A request to be written.
pub(super) struct Written<'a> {
    pub request_id: RequestId,
    pub kind: Kind,
    pub ask: &'a Ask,
    pub content_hash: [u8; 32],
    pub pin: Option<Sealed>,
    pub approved_at_source: bool,
    pub source: &'a str,
    pub source_row: i32,
    pub now: DateTime<Utc>,
}

/// Writes a request that is new, or changed before anybody decided. Returns whether it did: another import may have
/// been quicker with the same.
pub(super) async fn write(conn: &mut PgConnection, new: &Written<'_>) -> Result<bool, sqlx::Error> {
    let written = sqlx::query(
        "INSERT INTO intake_requests AS held (request_id, natural_key, content_hash, kind, state, ask, sealed_pin,
             pin_version, approved_at_source, source, source_row, received_at, changed_at)
         VALUES ($1, $2, $3, $4, 'received', $5, $6, $7, $8, $9, $10, $11, $11)
         ON CONFLICT (natural_key) WHERE superseded_at IS NULL DO UPDATE SET
             content_hash = excluded.content_hash, ask = excluded.ask, sealed_pin = excluded.sealed_pin,
             pin_version = excluded.pin_version, approved_at_source = excluded.approved_at_source,
             source = excluded.source, source_row = excluded.source_row, changed_at = excluded.changed_at
         WHERE held.state IN ('received', 'notified')",
    )
    .bind(new.request_id)
    .bind(new.ask.natural_key(new.kind))
    .bind(&new.content_hash[..])
    .bind(new.kind.name())
    .bind(Json(new.ask))
    .bind(new.pin.as_ref().map(|pin| pin.bytes.as_slice()))
    .bind(new.pin.as_ref().map(|pin| pin.version))
    .bind(new.approved_at_source)
    .bind(new.source)
    .bind(new.source_row)
    .bind(new.now)
    .execute(conn)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Whether somebody asks for a new project of this name and it is not decided that they will not get it.
pub(super) async fn is_project_asked(
    conn: &mut PgConnection,
    name: &str,
    but: &str,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM intake_requests
         WHERE lower(ask #>> '{project,name}') = lower($1) AND ask #>> '{project,is}' = 'new'
           AND natural_key <> $2 AND state NOT IN ('rejected', 'cancelled', 'failed', 'done'))",
    )
    .bind(name)
    .bind(but)
    .fetch_one(conn)
    .await
}

/// A request, locked.
pub(super) async fn lock(conn: &mut PgConnection, id: RequestId) -> Result<Option<Request>, sqlx::Error> {
    sqlx::query_as(
        "SELECT request_id, kind, state, ask, sealed_pin, pin_version, approved_at_source, source, source_row,
             assignee, assigned_at, escalated_at, reason, cloud_project_id, cloud_user_id, received_at
         FROM intake_requests WHERE request_id = $1 FOR UPDATE",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The requests in a state, or all, the eldest first; at most 10000.
pub async fn list(conn: &mut PgConnection, state: Option<State>) -> Result<Vec<Request>, sqlx::Error> {
    sqlx::query_as(
        "SELECT request_id, kind, state, ask, sealed_pin, pin_version, approved_at_source, source, source_row,
             assignee, assigned_at, escalated_at, reason, cloud_project_id, cloud_user_id, received_at
         FROM intake_requests WHERE $1::text IS NULL OR state = $1 ORDER BY received_at, request_id LIMIT 10000",
    )
    .bind(state.map(State::name))
    .fetch_all(conn)
    .await
}

/// The steps of a request, the first first.
pub async fn steps(conn: &mut PgConnection, id: RequestId) -> Result<Vec<Step>, sqlx::Error> {
    sqlx::query_as("SELECT state, actor, reason, at FROM intake_steps WHERE request_id = $1 ORDER BY step_id")
        .bind(id)
        .fetch_all(conn)
        .await
}

/// Moves a request that the caller has locked, and records the step. Where the way ends, the PIN goes.
pub(super) async fn step(
    conn: &mut PgConnection,
    id: RequestId,
    state: State,
    actor: &str,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let is_end = matches!(state, State::Rejected | State::Done | State::Cancelled);
    sqlx::query(
        "UPDATE intake_requests SET state = $2, reason = $3, changed_at = $4,
             sealed_pin = CASE WHEN $5 THEN NULL ELSE sealed_pin END,
             pin_version = CASE WHEN $5 THEN NULL ELSE pin_version END
         WHERE request_id = $1",
    )
    .bind(id)
    .bind(state.name())
    .bind(reason)
    .bind(now)
    .bind(is_end)
    .execute(&mut *conn)
    .await?;
    record(conn, id, state.name(), actor, reason, now).await
}

/// Records a step that leaves the state as it is.
pub(super) async fn record(
    conn: &mut PgConnection,
    id: RequestId,
    what: &str,
    actor: &str,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO intake_steps (request_id, state, actor, reason, at) VALUES ($1, $2, $3, $4, $5)")
        .bind(id)
        .bind(what)
        .bind(actor)
        .bind(reason)
        .bind(now)
        .execute(conn)
        .await
        .map(drop)
}

/// Notes what was wanted for a request.
pub(super) async fn note_wanted(
    conn: &mut PgConnection,
    id: RequestId,
    project: CloudProjectId,
    user: Option<CloudUserId>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE intake_requests SET cloud_project_id = $2, cloud_user_id = $3 WHERE request_id = $1")
        .bind(id)
        .bind(project)
        .bind(user)
        .execute(conn)
        .await
        .map(drop)
}

/// A request that waits, for the digest.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Reminded {
    pub request_id: RequestId,
    pub kind: String,
    pub email: Masked<String>,
    pub project: String,
    pub received_at: DateTime<Utc>,
    pub assignee: Option<String>,
    pub reminders: i32,
}

/// Takes the requests that are due for a reminder; they count as reminded from now on.
pub(super) async fn take_due(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    after_seconds: f64,
    every_seconds: f64,
) -> Result<Vec<Reminded>, sqlx::Error> {
    sqlx::query_as(
        "WITH due AS (
             UPDATE intake_requests SET reminded_at = $1, reminders = reminders + 1
             WHERE state IN ('received', 'notified')
               AND received_at <= $1::timestamptz - make_interval(secs => $2)
               AND (reminded_at IS NULL OR reminded_at <= $1::timestamptz - make_interval(secs => $3))
             RETURNING *)
         SELECT request_id, kind, ask ->> 'email' AS email, ask #>> '{project,name}' AS project, received_at,
             assignee, reminders
         FROM due ORDER BY received_at, request_id",
    )
    .bind(now)
    .bind(after_seconds)
    .bind(every_seconds)
    .fetch_all(conn)
    .await
}

/// How a request stands, for its row in a sheet.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Standing {
    pub request_id: RequestId,
    pub state: String,
    pub reason: Option<String>,
    pub notified_at: Option<DateTime<Utc>>,
    pub reminded_at: Option<DateTime<Utc>>,
}

/// How these requests stand.
pub(super) async fn standings(
    conn: &mut PgConnection,
    ids: &[RequestId],
) -> Result<Vec<Standing>, sqlx::Error> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    sqlx::query_as(
        "SELECT request_id, r.state, r.reason, r.reminded_at,
             (SELECT max(at) FROM intake_steps s
              WHERE s.request_id = r.request_id AND s.state = 'notified') AS notified_at
         FROM intake_requests r WHERE request_id = ANY($1)",
    )
    .bind(ids)
    .fetch_all(conn)
    .await
}

/// Notes that the source says it is approved.
pub(super) async fn note_approved_at_source(
    conn: &mut PgConnection,
    id: RequestId,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE intake_requests SET approved_at_source = true WHERE request_id = $1")
        .bind(id)
        .execute(conn)
        .await
        .map(drop)
}

/// A request.
pub async fn find(conn: &mut PgConnection, id: RequestId) -> Result<Option<Request>, sqlx::Error> {
    sqlx::query_as(
        "SELECT request_id, kind, state, ask, sealed_pin, pin_version, approved_at_source, source, source_row,
             assignee, assigned_at, escalated_at, reason, cloud_project_id, cloud_user_id, received_at
         FROM intake_requests WHERE request_id = $1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// What an account asked for, the newest first; at most 100.
pub(super) async fn of_account(
    conn: &mut PgConnection,
    email: &Masked<String>,
) -> Result<Vec<Request>, sqlx::Error> {
    sqlx::query_as(
        "SELECT request_id, kind, state, ask, sealed_pin, pin_version, approved_at_source, source, source_row,
             assignee, assigned_at, escalated_at, reason, cloud_project_id, cloud_user_id, received_at
         FROM intake_requests WHERE lower(ask ->> 'email') = lower($1) ORDER BY received_at DESC, request_id LIMIT 100",
    )
    .bind(email)
    .fetch_all(conn)
    .await
}

/// How many requests of an account wait for a decision.
pub(super) async fn count_waiting(
    conn: &mut PgConnection,
    email: &Masked<String>,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT count(*) FROM intake_requests
         WHERE lower(ask ->> 'email') = lower($1) AND state IN ('received', 'notified')",
    )
    .bind(email)
    .fetch_one(conn)
    .await
}
