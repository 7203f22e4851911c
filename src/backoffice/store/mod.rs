//! The statements of the back office.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::model::{
    Approval, ApprovalId, ApprovalKind, Membership, MessageSent, Note, NoteId, ParkedJob, ParkedRecord,
    SessionSeen,
};
use crate::platform::masked::Masked;

mod found;
mod named;

pub(super) use found::{PersonFound, find_companies, find_people};

/// A contact as held.
#[derive(Debug, Clone, FromRow)]
pub(super) struct ContactRow {
    pub kind: String,
    pub value: Masked<String>,
    pub purposes: Vec<String>,
    pub is_primary: bool,
    pub verified_at: Option<DateTime<Utc>>,
}

/// Whether staff have blocked a person.
pub(super) async fn is_blocked(conn: &mut PgConnection, user_id: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM person_blocks WHERE user_id = $1 AND kind = 'blocked')")
        .bind(user_id)
        .fetch_one(conn)
        .await
}

/// A person's sessions of the pages, the newest first.
pub(super) async fn sessions(
    conn: &mut PgConnection,
    user_id: &str,
    limit: i64,
) -> Result<Vec<SessionSeen>, sqlx::Error> {
    sqlx::query_as(
        "SELECT created_at, seen_at FROM portal_sessions WHERE user_id = $1 ORDER BY seen_at DESC LIMIT $2",
    )
    .bind(user_id)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// The messages to a person with their fate, the newest first: codes, then what tells them something.
pub(super) async fn messages(
    conn: &mut PgConnection,
    user_id: &str,
    limit: i64,
) -> Result<Vec<MessageSent>, sqlx::Error> {
    sqlx::query_as(
        "(SELECT message.created_at, 'code.' || challenge.purpose AS kind, message.channel,
              message.state AS fate
          FROM otp_messages AS message JOIN otp_challenges AS challenge ON challenge.id = message.challenge_id
          WHERE challenge.user_id = $1 ORDER BY message.created_at DESC LIMIT $2)
         UNION ALL
         (SELECT created_at, kind, channel, CASE WHEN sent_at IS NULL THEN 'queued' ELSE 'sent' END
          FROM notices WHERE user_id = $1 ORDER BY created_at DESC LIMIT $2)
         ORDER BY created_at DESC LIMIT $2",
    )
    .bind(user_id)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Records that could not be read and wait to be sent on, the newest first.
pub(super) async fn parked_records(
    conn: &mut PgConnection,
    limit: i64,
) -> Result<Vec<ParkedRecord>, sqlx::Error> {
    sqlx::query_as(
        "SELECT topic, partition, \"offset\", reason, parked_at FROM parked_records
         ORDER BY parked_id DESC LIMIT $1",
    )
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// The companies of a person.
pub(super) async fn memberships(
    conn: &mut PgConnection,
    user_id: &str,
) -> Result<Vec<Membership>, sqlx::Error> {
    sqlx::query_as(
        "SELECT company_id, company.name, member.role, member.since
         FROM company_members AS member JOIN companies AS company USING (company_id)
         WHERE member.user_id = $1 AND member.removed_at IS NULL AND company.deleted_at IS NULL
         ORDER BY member.since, company_id",
    )
    .bind(user_id)
    .fetch_all(conn)
    .await
}

/// The contacts of a person.
pub(super) async fn contacts(conn: &mut PgConnection, user_id: &str) -> Result<Vec<ContactRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT kind, value, purposes, is_primary, verified_at FROM contacts
         WHERE user_id = $1 ORDER BY kind, is_primary DESC, created_at, contact_id",
    )
    .bind(user_id)
    .fetch_all(conn)
    .await
}

/// Suspends a company, or lets it go on; says whether that changed anything.
pub(super) async fn set_suspended(
    conn: &mut PgConnection,
    company_id: Uuid,
    at: Option<DateTime<Utc>>,
) -> Result<bool, sqlx::Error> {
    let changed = sqlx::query(
        "UPDATE companies SET suspended_at = $2
         WHERE company_id = $1 AND deleted_at IS NULL AND (suspended_at IS NULL) <> ($2::timestamptz IS NULL)",
    )
    .bind(company_id)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(changed.rows_affected() > 0)
}

/// Whether there is such a company.
pub(super) async fn company_exists(conn: &mut PgConnection, company_id: Uuid) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM companies WHERE company_id = $1 AND deleted_at IS NULL)")
        .bind(company_id)
        .fetch_one(conn)
        .await
}

/// Writes a note.
pub(super) async fn put_note(
    conn: &mut PgConnection,
    id: NoteId,
    (kind, subject): (&str, &str),
    text: &str,
    (by, at): (&str, DateTime<Utc>),
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO staff_notes (note_id, subject_kind, subject_id, text, written_by, written_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(kind)
    .bind(subject)
    .bind(text)
    .bind(by)
    .bind(at)
    .execute(conn)
    .await
    .map(drop)
}

/// Forgets what was written down about people who no longer exist, and who read of them.
pub async fn forget_people_in_tx(conn: &mut PgConnection, user_ids: &[String]) -> Result<(), sqlx::Error> {
    for statement in [
        "DELETE FROM staff_notes WHERE subject_kind = 'person' AND subject_id = ANY($1)",
        "DELETE FROM person_reads WHERE user_id = ANY($1)",
    ] {
        sqlx::query(statement).bind(user_ids).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Notes that a system reads of a person today; says whether it is the first time today.
pub(super) async fn note_read(
    conn: &mut PgConnection,
    user_id: &str,
    client_id: &str,
    today: NaiveDate,
) -> Result<bool, sqlx::Error> {
    let noted = sqlx::query(
        "INSERT INTO person_reads AS known (user_id, client_id, read_on) VALUES ($1, $2, $3)
         ON CONFLICT ON CONSTRAINT person_reads_pkey
         DO UPDATE SET read_on = excluded.read_on WHERE known.read_on < excluded.read_on",
    )
    .bind(user_id)
    .bind(client_id)
    .bind(today)
    .execute(conn)
    .await?;
    Ok(noted.rows_affected() > 0)
}

/// The notes about something, the newest first, at most `limit`.
pub(super) async fn notes(
    conn: &mut PgConnection,
    (kind, subject): (&str, &str),
    limit: i64,
) -> Result<Vec<Note>, sqlx::Error> {
    sqlx::query_as(
        "SELECT note_id, text, written_by, written_at FROM staff_notes
         WHERE subject_kind = $1 AND subject_id = $2 ORDER BY written_at DESC, note_id DESC LIMIT $3",
    )
    .bind(kind)
    .bind(subject)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Jobs that are parked, by kind and key, after a place.
pub(super) async fn parked_jobs(
    conn: &mut PgConnection,
    after: Option<&(String, String)>,
    limit: i64,
) -> Result<Vec<ParkedJob>, sqlx::Error> {
    sqlx::query_as(
        "SELECT kind, key, attempts, last_error, created_at FROM jobs
         WHERE state = 'parked' AND ($1::text IS NULL OR (kind, key) > ($1, $2))
         ORDER BY kind, key LIMIT $3",
    )
    .bind(after.map(|after| after.0.as_str()))
    .bind(after.map(|after| after.1.as_str()))
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Asks for a second pair of eyes.
pub(super) async fn ask(
    conn: &mut PgConnection,
    id: ApprovalId,
    kind: ApprovalKind,
    user_id: &str,
    reason: &str,
    (by, at): (&str, DateTime<Utc>),
) -> Result<(), sqlx::Error> {
    let (kind, company_id) = match kind {
        ApprovalKind::FactorReset => ("factor_reset", None),
        ApprovalKind::OwnerChange(company_id) => ("owner_change", Some(company_id)),
    };
    sqlx::query(
        "INSERT INTO approvals (approval_id, kind, user_id, company_id, reason, asked_by, asked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(kind)
    .bind(user_id)
    .bind(company_id)
    .bind(reason)
    .bind(by)
    .bind(at)
    .execute(conn)
    .await
    .map(drop)
}

/// What waits for a second pair of eyes, the eldest first.
pub(super) async fn waiting(
    conn: &mut PgConnection,
    after: Option<(DateTime<Utc>, ApprovalId)>,
    limit: i64,
) -> Result<Vec<Approval>, sqlx::Error> {
    sqlx::query_as(
        "SELECT approval_id, kind, user_id, company_id, reason, asked_by, asked_at FROM approvals
         WHERE decided_at IS NULL AND ($1::timestamptz IS NULL OR (asked_at, approval_id) > ($1, $2))
         ORDER BY asked_at, approval_id LIMIT $3",
    )
    .bind(after.map(|after| after.0))
    .bind(after.map(|after| after.1))
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Decides what waits. None when nothing of this id waits; the constraint refuses who asked.
pub(super) async fn decide(
    conn: &mut PgConnection,
    id: ApprovalId,
    approved: bool,
    (by, at): (&str, DateTime<Utc>),
) -> Result<Option<Approval>, sqlx::Error> {
    sqlx::query_as(
        "UPDATE approvals SET decided_by = $3, decided_at = $4, approved = $2
         WHERE approval_id = $1 AND decided_at IS NULL
         RETURNING approval_id, kind, user_id, company_id, reason, asked_by, asked_at",
    )
    .bind(id)
    .bind(approved)
    .bind(by)
    .bind(at)
    .fetch_optional(conn)
    .await
}
