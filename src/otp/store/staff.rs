//! What staff see and do: every factor ever bound, and its switches.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, PgPool};

use super::factors::promote;
use crate::otp::model::{Channel, FactorId};

/// How many factors of a person are listed at most.
const LISTED: i64 = 200;

/// A factor on record, masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow)]
pub struct FactorRecord {
    /// Its id.
    pub id: FactorId,
    /// How it is reached.
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    /// The masked destination.
    pub hint: String,
    /// Whether it is asked first.
    pub is_primary: bool,
    /// When it was proven.
    pub verified_at: DateTime<Utc>,
    /// When Keycloak first showed it as a credential.
    pub bound_at: Option<DateTime<Utc>>,
    /// When staff disabled it.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Why.
    pub disabled_reason: Option<String>,
    /// When it was locked.
    pub locked_at: Option<DateTime<Utc>>,
    /// Why, when staff did it; otherwise too many codes were wrong.
    pub lock_reason: Option<String>,
    /// Wrong codes in a row.
    pub failures: i32,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// How: `replaced`, `removed` or `reset`.
    pub end_reason: Option<String>,
}

/// Every factor a person ever had, the live ones first, then the newest.
pub async fn on_record(pool: &PgPool, realm: &str, user_id: &str) -> sqlx::Result<Vec<FactorRecord>> {
    sqlx::query_as(
        "SELECT f.id, f.channel, f.hint, f.is_primary, f.verified_at, f.bound_at, f.disabled_at,
                f.disabled_reason, l.locked_at, l.lock_reason, coalesce(l.in_a_row, 0) AS failures,
                f.ended_at, f.end_reason
         FROM otp_factors f
         LEFT JOIN otp_failures l ON l.user_id = f.user_id AND l.realm = f.realm AND l.channel = f.channel
                                 AND NOT l.proof AND f.ended_at IS NULL
         WHERE f.user_id = $1 AND f.realm = $2
         ORDER BY f.ended_at DESC NULLS FIRST, f.verified_at DESC, f.id LIMIT $3",
    )
    .bind(user_id)
    .bind(realm)
    .bind(LISTED)
    .fetch_all(pool)
    .await
}

/// A factor as staff name it.
#[derive(Debug, Clone, Copy)]
pub struct FactorName<'a> {
    /// The person's realm.
    pub realm: &'a str,
    /// The person.
    pub user_id: &'a str,
    /// Their factor.
    pub id: FactorId,
}

/// What stays the same of a factor, and whether it is live.
#[derive(Debug, Clone, FromRow)]
pub struct Known {
    /// How it is reached.
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    /// The masked destination.
    pub hint: String,
    /// Whether it has not ended.
    pub is_live: bool,
}

/// The factor of that name, live or not.
pub async fn known(connection: &mut PgConnection, factor: FactorName<'_>) -> sqlx::Result<Option<Known>> {
    sqlx::query_as(
        "SELECT channel, hint, ended_at IS NULL AS is_live FROM otp_factors
         WHERE id = $1 AND user_id = $2 AND realm = $3",
    )
    .bind(factor.id)
    .bind(factor.user_id)
    .bind(factor.realm)
    .fetch_optional(connection)
    .await
}

/// Disables a live factor; says whether it was not yet.
pub async fn disable(connection: &mut PgConnection, id: FactorId, reason: &str) -> sqlx::Result<bool> {
    sqlx::query(
        "UPDATE otp_factors SET disabled_at = now(), disabled_reason = $2
         WHERE id = $1 AND ended_at IS NULL AND disabled_at IS NULL",
    )
    .bind(id)
    .bind(reason)
    .execute(connection)
    .await
    .map(|done| done.rows_affected() > 0)
}

/// Enables a factor again, or lets the destination of one that ended be enrolled again; says whether it was
/// disabled.
pub async fn enable(connection: &mut PgConnection, id: FactorId) -> sqlx::Result<bool> {
    sqlx::query(
        "UPDATE otp_factors SET disabled_at = NULL, disabled_reason = NULL
         WHERE id = $1 AND disabled_at IS NOT NULL",
    )
    .bind(id)
    .execute(connection)
    .await
    .map(|done| done.rows_affected() > 0)
}

/// Locks the factor of a channel; says whether it was not yet.
pub async fn lock(
    connection: &mut PgConnection,
    factor: FactorName<'_>,
    channel: Channel,
    reason: &str,
) -> sqlx::Result<bool> {
    sqlx::query(
        "INSERT INTO otp_failures AS l (realm, user_id, channel, proof, in_a_row, locked_at, lock_reason)
         VALUES ($1, $2, $3, false, 0, now(), $4)
         ON CONFLICT ON CONSTRAINT otp_failures_pkey DO UPDATE SET
             locked_at = now(), lock_reason = excluded.lock_reason, changed_at = now()
         WHERE l.locked_at IS NULL",
    )
    .bind(factor.realm)
    .bind(factor.user_id)
    .bind(channel.name())
    .bind(reason)
    .execute(connection)
    .await
    .map(|done| done.rows_affected() > 0)
}

/// Unlocks the factor of a channel and forgets its failures; says whether it was locked.
pub async fn unlock(
    connection: &mut PgConnection,
    factor: FactorName<'_>,
    channel: Channel,
) -> sqlx::Result<bool> {
    sqlx::query(
        "DELETE FROM otp_failures
         WHERE user_id = $1 AND realm = $2 AND channel = $3 AND NOT proof AND locked_at IS NOT NULL",
    )
    .bind(factor.user_id)
    .bind(factor.realm)
    .bind(channel.name())
    .execute(connection)
    .await
    .map(|done| done.rows_affected() > 0)
}

/// Who asked for a reset that nobody has confirmed yet.
#[derive(Debug, FromRow)]
pub struct Asked {
    /// Who asked.
    pub asked_by: String,
    /// Whether it was this call.
    pub is_new: bool,
}

/// Notes that somebody asks for a reset, or says who did before. A request is good for a day. The row stays
/// locked, so that of two who confirm at once one does.
pub async fn ask_reset(connection: &mut PgConnection, id: FactorId, asked_by: &str) -> sqlx::Result<Asked> {
    sqlx::query_as(
        "INSERT INTO otp_reset_requests AS r (factor_id, asked_by) VALUES ($1, $2)
         ON CONFLICT ON CONSTRAINT otp_reset_requests_pkey DO UPDATE SET
             asked_by = CASE WHEN r.asked_at < now() - interval '1 day' THEN excluded.asked_by ELSE r.asked_by END,
             asked_at = CASE WHEN r.asked_at < now() - interval '1 day' THEN now() ELSE r.asked_at END
         RETURNING asked_by, asked_at = now() AS is_new",
    )
    .bind(id)
    .bind(asked_by)
    .fetch_one(connection)
    .await
}

/// Ends a live factor by reset and promotes another; says whether it was live. Call it after its failures
/// were forgotten: rows are locked in one order.
pub async fn reset(connection: &mut PgConnection, factor: FactorName<'_>) -> sqlx::Result<bool> {
    sqlx::query("DELETE FROM otp_reset_requests WHERE factor_id = $1")
        .bind(factor.id)
        .execute(&mut *connection)
        .await?;
    let ended = sqlx::query(
        "UPDATE otp_factors SET ended_at = now(), end_reason = 'reset', is_primary = false
         WHERE id = $1 AND ended_at IS NULL",
    )
    .bind(factor.id)
    .execute(&mut *connection)
    .await?
    .rows_affected();
    promote(connection, factor.user_id).await?;
    Ok(ended > 0)
}

/// Ends every live factor of a person by reset, and forgets their wrong codes.
pub async fn reset_all(connection: &mut PgConnection, user_id: &str) -> sqlx::Result<()> {
    for statement in [
        "DELETE FROM otp_failures WHERE user_id = $1 AND NOT proof",
        "UPDATE otp_factors SET ended_at = now(), end_reason = 'reset', is_primary = false
         WHERE user_id = $1 AND ended_at IS NULL",
    ] {
        sqlx::query(statement).bind(user_id).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Whose credential Keycloak must not hold any more: the person of a factor that ended or is disabled.
pub async fn owner_of_unusable(pool: &PgPool, id: FactorId) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar(
        "SELECT user_id FROM otp_factors
         WHERE id = $1 AND (ended_at IS NOT NULL OR disabled_at IS NOT NULL)",
    )
    .bind(id)
    .fetch_optional(pool)
    .await
}

/// Which of these factors of a person ended or are disabled.
pub async fn unusable_among(
    connection: &mut PgConnection,
    user_id: &str,
    factors: &[FactorId],
) -> sqlx::Result<Vec<FactorId>> {
    let factors: Vec<uuid::Uuid> = factors.iter().map(|factor| factor.0).collect();
    sqlx::query_scalar(
        "SELECT id FROM otp_factors
         WHERE user_id = $1 AND id = ANY ($2) AND (ended_at IS NOT NULL OR disabled_at IS NOT NULL)",
    )
    .bind(user_id)
    .bind(factors)
    .fetch_all(connection)
    .await
}
