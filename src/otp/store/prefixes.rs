//! Number prefixes: how many of their codes come back, and which are blocked.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, PgPool};
use utoipa::ToSchema;

use crate::otp::limits::{Conversion, prefix_key};

/// A prefix to which much was sent and from which little came back.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Suspect {
    /// The numbers without their last four digits.
    pub prefix: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Text messages in the last hour.
    pub messages: i64,
    /// Those of them whose code came back.
    pub approved: i64,
}

/// A prefix that gets no text messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow, ToSchema)]
pub struct BlockedPrefix {
    /// The numbers without their last four digits.
    pub prefix: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Text messages in the hour before.
    pub messages: i64,
    /// Those of them whose code came back.
    pub approved: i64,
    /// Since when.
    pub blocked_at: DateTime<Utc>,
    /// Until when.
    pub blocked_until: DateTime<Utc>,
}

/// The prefixes that fail the rule. A message counts when its challenge is decided, or a minute after it
/// was queued; what nobody took costs nothing and does not count. A prefix that staff have let go is
/// judged by what came after that.
pub async fn suspects(pool: &PgPool, rule: &Conversion) -> sqlx::Result<Vec<Suspect>> {
    sqlx::query_as(
        "SELECT m.prefix, min(m.country) AS country, count(*) AS messages,
                count(*) FILTER (WHERE c.state = 'approved') AS approved
         FROM otp_messages m
         JOIN otp_challenges c ON c.id = m.challenge_id
         LEFT JOIN otp_blocked_prefixes b ON b.prefix = m.prefix
         WHERE m.prefix IS NOT NULL
           AND m.created_at > greatest(now() - interval '1 hour', b.lifted_at)
           AND NOT (m.state = 'failed' AND m.provider_message_id IS NULL)
           AND (c.state <> 'pending' OR m.created_at < now() - interval '1 minute')
           AND (b.prefix IS NULL OR b.lifted_at IS NOT NULL OR b.blocked_until <= now())
         GROUP BY m.prefix
         HAVING count(*) >= $1 AND count(*) FILTER (WHERE c.state = 'approved') * 100 < count(*) * $2",
    )
    .bind(rule.least_messages)
    .bind(rule.least_percent)
    .fetch_all(pool)
    .await
}

/// Blocks a prefix; says whether this call did it and none beside it.
pub async fn block(connection: &mut PgConnection, suspect: &Suspect, hours: i64) -> sqlx::Result<bool> {
    sqlx::query(
        "INSERT INTO otp_blocked_prefixes AS b (key, prefix, country, messages, approved, blocked_until)
         VALUES ($1, $2, $3, $4, $5, now() + make_interval(hours => $6::integer))
         ON CONFLICT ON CONSTRAINT otp_blocked_prefixes_pkey DO UPDATE SET
             messages = excluded.messages, approved = excluded.approved, blocked_at = now(),
             blocked_until = excluded.blocked_until, lifted_at = NULL
         WHERE b.lifted_at IS NOT NULL OR b.blocked_until <= now()",
    )
    .bind(prefix_key(&suspect.prefix))
    .bind(&suspect.prefix)
    .bind(&suspect.country)
    .bind(suspect.messages)
    .bind(suspect.approved)
    .bind(i32::try_from(hours).unwrap_or(i32::MAX))
    .execute(connection)
    .await
    .map(|done| done.rows_affected() > 0)
}

/// The prefixes that are blocked now, the newest first, at most `limit`.
pub async fn blocked(pool: &PgPool, limit: i64) -> sqlx::Result<Vec<BlockedPrefix>> {
    sqlx::query_as(
        "SELECT prefix, country, messages, approved, blocked_at, blocked_until FROM otp_blocked_prefixes
         WHERE lifted_at IS NULL AND blocked_until > now() ORDER BY blocked_at DESC, prefix LIMIT $1",
    )
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// Lets a blocked prefix go; nothing when it is not blocked.
pub async fn lift(connection: &mut PgConnection, prefix: &str) -> sqlx::Result<Option<BlockedPrefix>> {
    sqlx::query_as(
        "UPDATE otp_blocked_prefixes SET lifted_at = now()
         WHERE prefix = $1 AND lifted_at IS NULL AND blocked_until > now()
         RETURNING prefix, country, messages, approved, blocked_at, blocked_until",
    )
    .bind(prefix)
    .fetch_optional(connection)
    .await
}
