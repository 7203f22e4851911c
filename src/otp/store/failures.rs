//! Deciding about a code, and counting what was wrong.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};

use super::challenges::{Challenge, after};
use crate::{
    otp::model::{Channel, Happening, State, failure_wait},
    platform::webhook::Keeping,
};

/// How strictly codes are looked at.
#[derive(Debug, Clone, Copy)]
pub struct Strictness {
    /// Tries a code.
    pub tries: u32,
    /// Wrong codes in a row until the factor is locked.
    pub failures_until_lock: u32,
}

/// What the one statement found and did.
#[derive(Debug, FromRow)]
pub struct Verdict {
    /// The state before.
    #[sqlx(try_from = "String")]
    pub was: State,
    /// Whether its life was not over.
    pub in_time: bool,
    /// Whether the factor is still the person's.
    pub factor_live: bool,
    /// The state after, when the code was looked at.
    pub state: Option<String>,
    /// Tries used after, when the code was looked at.
    pub tries: Option<i32>,
    /// Wrong codes in a row on the channel, when they were counted anew.
    pub in_a_row: Option<i32>,
}

/// Decides about a code and counts it, in one statement on the database clock.
///
/// The challenge is locked first, so parallel calls queue here: a right code is accepted once, and
/// exactly as many wrong ones are looked at as there are tries. The person's counter of the channel
/// is the second gate: while it is locked or waits, nothing is decided and nothing counted, and even
/// the right code is not used up. The counter of proofs never locks, and a right code does not reset
/// it: whoever proves an address of their own would be free to guess at somebody else's again. `right`
/// was found outside, from values of the challenge that cannot
/// have changed when the channel is still the same.
///
/// When the right code is accepted, the answer of the call is kept with it. A call that was answered before fails
/// there ([`answers::is_known`](crate::platform::webhook::answers::is_known)), and nothing is decided.
pub async fn decide(
    connection: &mut PgConnection,
    challenge: &Challenge,
    right: bool,
    strictness: Strictness,
    keeping: Option<Keeping<'_>>,
) -> sqlx::Result<Option<Verdict>> {
    let waits: Vec<i32> = (1..=strictness.failures_until_lock.max(13))
        .map(|failures| i32::try_from(failure_wait(failures)).unwrap_or(i32::MAX))
        .collect();
    sqlx::query_as(
        "WITH challenge AS MATERIALIZED (
             SELECT c.*, c.expires_at > now() AS in_time,
                    c.factor_id IS NULL OR EXISTS (
                        SELECT FROM otp_factors f
                        WHERE f.id = c.factor_id AND f.ended_at IS NULL AND f.disabled_at IS NULL
                    ) AS factor_live
             FROM otp_challenges c WHERE c.id = $1 AND c.auth_session_id = $2 FOR UPDATE OF c
         ), looked_at AS (
             -- At rest there is nothing to reset, and the right code writes no counter: nobody entered a wrong code for
             -- this challenge, by its row under the lock, and who does so for another at this moment comes after us.
             SELECT *, $3 AND tries = 0 AND NOT EXISTS (
                 SELECT FROM otp_failures f
                 WHERE f.user_id = challenge.user_id AND f.realm = challenge.realm
                   AND f.channel = challenge.channel AND f.proof = (challenge.factor_id IS NULL)
                   AND (f.in_a_row > 0 OR f.next_try_at IS NOT NULL OR f.locked_at IS NOT NULL)
             ) AS at_rest
             FROM challenge
             WHERE state = 'pending' AND in_time AND factor_live AND tries < $4 AND channel = $5
         ), counted AS (
             INSERT INTO otp_failures AS f (realm, user_id, channel, proof, in_a_row)
             SELECT realm, user_id, channel, factor_id IS NULL, CASE WHEN $3 THEN 0 ELSE 1 END
             FROM looked_at WHERE NOT at_rest
             ON CONFLICT ON CONSTRAINT otp_failures_pkey DO UPDATE SET
                 in_a_row = CASE WHEN NOT $3 THEN f.in_a_row + 1 WHEN f.proof THEN f.in_a_row ELSE 0 END,
                 next_try_at = CASE WHEN NOT $3 THEN now() + interval '1 second'
                     * nullif(($6::integer[])[least(f.in_a_row + 1, cardinality($6::integer[]))], 0) END,
                 locked_at = CASE WHEN NOT $3 AND NOT f.proof AND f.in_a_row + 1 >= $7 THEN now() END,
                 changed_at = now()
             WHERE f.locked_at IS NULL AND (f.next_try_at IS NULL OR f.next_try_at <= now())
             RETURNING f.in_a_row
         ), decided AS (
             UPDATE otp_challenges c
             SET tries = c.tries + 1,
                 state = CASE WHEN $3 THEN $8 WHEN c.tries + 1 >= $4 THEN $9 ELSE $10 END,
                 decided_at = CASE WHEN $3 OR c.tries + 1 >= $4 THEN now() END
             FROM looked_at LEFT JOIN counted ON true
             WHERE c.id = looked_at.id AND (at_rest OR counted.in_a_row IS NOT NULL)
             RETURNING c.state, c.tries, counted.in_a_row
         ), kept AS (
             INSERT INTO webhook_requests (webhook_id, fingerprint, status, body)
             SELECT $11::text, $12::bytea, $13::smallint, $14::text FROM decided
             WHERE state = $8 AND $11::text IS NOT NULL
         )
         SELECT challenge.state AS was, challenge.in_time, challenge.factor_live, decided.state, decided.tries,
                decided.in_a_row
         FROM challenge LEFT JOIN decided ON true",
    )
    .bind(challenge.id)
    .bind(&challenge.auth_session_id)
    .bind(right)
    .bind(i32::try_from(strictness.tries).unwrap_or(i32::MAX))
    .bind(challenge.channel.name())
    .bind(waits)
    .bind(i32::try_from(strictness.failures_until_lock).unwrap_or(i32::MAX))
    .bind(after(Happening::RightCode))
    .bind(after(Happening::LastWrongCode))
    .bind(after(Happening::WrongCode))
    .bind(keeping.map(|keeping| &keeping.request.id))
    .bind(keeping.map(|keeping| keeping.request.fingerprint.as_slice()))
    .bind(keeping.map(|keeping| keeping.status()))
    .bind(keeping.map(|keeping| &keeping.answer.body))
    .fetch_optional(connection)
    .await
}

/// Why the second gate is shut.
#[derive(Debug, FromRow)]
pub struct Gate {
    /// Whether the factor is locked.
    pub locked: bool,
    /// When the next code is looked at.
    pub next_try_at: Option<DateTime<Utc>>,
    /// Now, by the database clock.
    pub now: DateTime<Utc>,
}

/// The second gate of a challenge.
pub async fn gate(connection: &mut PgConnection, challenge: &Challenge) -> sqlx::Result<Option<Gate>> {
    sqlx::query_as(
        "SELECT locked_at IS NOT NULL AS locked, next_try_at, now() AS now FROM otp_failures
         WHERE user_id = $1 AND realm = $2 AND channel = $3 AND proof = $4",
    )
    .bind(&challenge.user_id)
    .bind(&challenge.realm)
    .bind(challenge.channel.name())
    .bind(challenge.factor_id.is_none())
    .fetch_optional(connection)
    .await
}

/// Forgets the failures of a channel's factor, and so unlocks it.
pub async fn forget(
    connection: &mut PgConnection,
    realm: &str,
    user_id: &str,
    channel: Channel,
) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM otp_failures WHERE user_id = $1 AND realm = $2 AND channel = $3 AND NOT proof")
        .bind(user_id)
        .bind(realm)
        .bind(channel.name())
        .execute(connection)
        .await
        .map(drop)
}
