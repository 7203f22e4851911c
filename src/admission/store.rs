//! The statements of admission.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{PgConnection, PgPool};

use super::{AdmissionId, Allowed, AllowedId, Asked, Asking, Decision, Standing};
use crate::platform::masked::Masked;

/// Takes one request from the bucket of a client, which gives back one in `one` and all in `all`; or says, when it is empty,
/// when it would be full. Of any number of requests at once, no more are taken than there are.
pub(super) async fn take(
    pool: &PgPool,
    client: &[u8],
    now: DateTime<Utc>,
    (one, all): (TimeDelta, TimeDelta),
) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    let taken = sqlx::query(
        "INSERT INTO admission_limits AS held (key, full_at) VALUES ($1, $2 + $3)
         ON CONFLICT ON CONSTRAINT admission_limits_pkey
             DO UPDATE SET full_at = greatest(held.full_at, $2) + $3 WHERE greatest(held.full_at, $2) + $3 <= $2 + $4",
    )
    .bind(client)
    .bind(now)
    .bind(one)
    .bind(all)
    .execute(pool)
    .await?;
    if taken.rows_affected() > 0 {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT full_at FROM admission_limits WHERE key = $1")
        .bind(client)
        .fetch_optional(pool)
        .await
}

/// How an address stands; `key` is it in lower case, `domain` what follows its `@`.
pub(super) async fn standing(
    conn: &mut PgConnection,
    realm: &str,
    (key, domain): (&str, &str),
    now: DateTime<Utc>,
) -> Result<Standing, sqlx::Error> {
    sqlx::query_as(
        "SELECT EXISTS (SELECT FROM invitations JOIN companies USING (company_id)
                        WHERE email_key = $2 AND state <> 'cancelled' AND expires_at > $4
                          AND realm = $1 AND deleted_at IS NULL) AS is_invited,
                EXISTS (SELECT FROM admission_allowed WHERE value IN ($2, $3)) AS is_allowed,
                EXISTS (SELECT FROM admission_requests
                        WHERE realm = $1 AND email_key = $2 AND state = 'approved') AS is_approved,
                EXISTS (SELECT FROM people WHERE realm = $1 AND lower(email) = $2 AND deleted_at IS NULL) AS is_taken",
    )
    .bind(realm)
    .bind(key)
    .bind(domain)
    .bind(now)
    .fetch_one(conn)
    .await
}

/// Notes a request, unless the address has one. False when there was no room: `most` wait already.
pub(super) async fn note(
    conn: &mut PgConnection,
    id: AdmissionId,
    (realm, asking): (&str, &Asking),
    now: DateTime<Utc>,
    most: i64,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "WITH noted AS (
             INSERT INTO admission_requests (request_id, realm, email, first_name, last_name, company, locale, asked_at)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8
             WHERE (SELECT count(*) FROM admission_requests WHERE state = 'waiting') < $9
             ON CONFLICT ON CONSTRAINT admission_requests_email_key DO NOTHING)
         SELECT (SELECT count(*) FROM admission_requests WHERE state = 'waiting') < $9
             OR EXISTS (SELECT FROM admission_requests WHERE realm = $2 AND email_key = lower($3))",
    )
    .bind(id)
    .bind(realm)
    .bind(&asking.email)
    .bind(&asking.first_name)
    .bind(&asking.last_name)
    .bind(&asking.company)
    .bind(&asking.locale)
    .bind(now)
    .bind(most)
    .fetch_one(conn)
    .await
}

/// Whether any request waits.
pub(super) async fn is_waited(conn: &mut PgConnection, realm: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM admission_requests WHERE realm = $1 AND state = 'waiting')",
    )
    .bind(realm)
    .fetch_one(conn)
    .await
}

/// Requests in a state, or all, the eldest first, at most `limit` after a place.
pub(super) async fn page(
    conn: &mut PgConnection,
    realm: &str,
    state: Option<&str>,
    after: Option<(DateTime<Utc>, AdmissionId)>,
    limit: i64,
) -> Result<Vec<Asked>, sqlx::Error> {
    sqlx::query_as(
        "SELECT request_id, email, first_name, last_name, company, locale, state, asked_at, decided_at,
             decided_by, reason
         FROM admission_requests
         WHERE realm = $1 AND ($2::text IS NULL OR state = $2)
           AND ($3::timestamptz IS NULL OR (asked_at, request_id) > ($3, $4))
         ORDER BY asked_at, request_id LIMIT $5",
    )
    .bind(realm)
    .bind(state)
    .bind(after.map(|(at, _)| at))
    .bind(after.map(|(_, id)| id))
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// One request.
pub(super) async fn find(
    conn: &mut PgConnection,
    realm: &str,
    id: AdmissionId,
) -> Result<Option<Asked>, sqlx::Error> {
    sqlx::query_as(
        "SELECT request_id, email, first_name, last_name, company, locale, state, asked_at, decided_at,
             decided_by, reason
         FROM admission_requests WHERE realm = $1 AND request_id = $2",
    )
    .bind(realm)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Decides a request that waits, and returns it; none when there is none, or it was decided before.
pub(super) async fn decide(
    conn: &mut PgConnection,
    realm: &str,
    id: AdmissionId,
    decision: Decision,
    (by, reason, now): (&str, &str, DateTime<Utc>),
) -> Result<Option<Asked>, sqlx::Error> {
    sqlx::query_as(
        "UPDATE admission_requests SET state = $3, decided_by = $4, reason = $5, decided_at = $6
         WHERE realm = $1 AND request_id = $2 AND state = 'waiting'
         RETURNING request_id, email, first_name, last_name, company, locale, state, asked_at, decided_at,
             decided_by, reason",
    )
    .bind(realm)
    .bind(id)
    .bind(decision.state())
    .bind(by)
    .bind(reason)
    .bind(now)
    .fetch_optional(conn)
    .await
}

/// Takes the requests that staff are to be reminded of, and says since when each waits. Once one is due, all that wait
/// are told.
pub(super) async fn take_due(
    conn: &mut PgConnection,
    realm: &str,
    now: DateTime<Utc>,
    (after, every): (f64, f64),
) -> Result<Vec<DateTime<Utc>>, sqlx::Error> {
    // Of several processes one goes on: the others wait here, and see afterwards that all are told of.
    sqlx::query(
        "SELECT FROM admission_requests WHERE realm = $1 AND state = 'waiting'
         ORDER BY asked_at, request_id LIMIT 1 FOR UPDATE",
    )
    .bind(realm)
    .execute(&mut *conn)
    .await?;
    sqlx::query_scalar(
        "UPDATE admission_requests SET reminded_at = $2
         WHERE realm = $1 AND state = 'waiting' AND EXISTS (
             SELECT FROM admission_requests WHERE realm = $1 AND state = 'waiting'
               AND asked_at <= $2::timestamptz - make_interval(secs => $3)
               AND (reminded_at IS NULL OR reminded_at <= $2::timestamptz - make_interval(secs => $4)))
         RETURNING asked_at",
    )
    .bind(realm)
    .bind(now)
    .bind(after)
    .bind(every)
    .fetch_all(conn)
    .await
}

/// Forgets limits of clients that may ask as often as anybody.
pub(super) async fn forget_limits(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM admission_limits WHERE full_at <= $1").bind(now).execute(conn).await.map(drop)
}

/// Forgets requests that were asked, or decided, before a time.
pub(super) async fn forget(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM admission_requests WHERE coalesce(decided_at, asked_at) < $1")
        .bind(before)
        .execute(conn)
        .await
        .map(drop)
}

/// Forgets the requests of addresses whose owners no longer exist.
pub async fn forget_addresses_in_tx(
    conn: &mut PgConnection,
    addresses: &[Masked<String>],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM admission_requests
         WHERE email_key IN (SELECT lower(address) FROM unnest($1::text[]) AS gone (address))",
    )
    .bind(addresses)
    .execute(conn)
    .await
    .map(drop)
}

/// Who may sign up without asking, the eldest entry first, at most `limit` after a place.
pub(super) async fn allowed(
    conn: &mut PgConnection,
    after: Option<(DateTime<Utc>, AllowedId)>,
    limit: i64,
) -> Result<Vec<Allowed>, sqlx::Error> {
    sqlx::query_as(
        "SELECT allowed_id, value, reason, added_by, added_at FROM admission_allowed
         WHERE $1::timestamptz IS NULL OR (added_at, allowed_id) > ($1, $2)
         ORDER BY added_at, allowed_id LIMIT $3",
    )
    .bind(after.map(|(at, _)| at))
    .bind(after.map(|(_, id)| id))
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// The entry of a value.
pub(super) async fn allowed_as(conn: &mut PgConnection, value: &str) -> Result<Option<Allowed>, sqlx::Error> {
    sqlx::query_as(
        "SELECT allowed_id, value, reason, added_by, added_at FROM admission_allowed WHERE value = $1",
    )
    .bind(value)
    .fetch_optional(conn)
    .await
}

/// Adds an entry, unless there are `most` already; says whether it did.
pub(super) async fn allow(conn: &mut PgConnection, entry: &Allowed, most: i64) -> Result<bool, sqlx::Error> {
    let added = sqlx::query(
        "INSERT INTO admission_allowed (allowed_id, value, reason, added_by, added_at)
         SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM admission_allowed) < $6",
    )
    .bind(entry.allowed_id)
    .bind(&entry.value)
    .bind(&entry.reason)
    .bind(&entry.added_by)
    .bind(entry.added_at)
    .bind(most)
    .execute(conn)
    .await?;
    Ok(added.rows_affected() > 0)
}

/// Removes an entry and returns what it said.
pub(super) async fn disallow(
    conn: &mut PgConnection,
    id: AllowedId,
) -> Result<Option<Masked<String>>, sqlx::Error> {
    sqlx::query_scalar("DELETE FROM admission_allowed WHERE allowed_id = $1 RETURNING value")
        .bind(id)
        .fetch_optional(conn)
        .await
}
