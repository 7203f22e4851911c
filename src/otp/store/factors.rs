//! Factors and their history.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection, PgPool};

use super::challenges::Challenge;
use crate::{
    otp::model::{Channel, FactorId},
    platform::masked::Masked,
};

/// A live factor.
#[derive(Debug, Clone, FromRow)]
pub struct Factor {
    /// Its id.
    pub id: FactorId,
    /// The person.
    pub user_id: String,
    /// How it is reached.
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    /// Where.
    pub destination: Masked<String>,
    /// The masked destination.
    pub hint: String,
    /// Whether it is asked first.
    pub is_primary: bool,
    /// When it was proven.
    pub verified_at: DateTime<Utc>,
    /// When staff disabled it.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Whether too many wrong codes locked it.
    pub locked: bool,
}

/// The live factors of a person, the primary one first.
pub async fn of_person(
    connection: &mut PgConnection,
    realm: &str,
    user_id: &str,
) -> sqlx::Result<Vec<Factor>> {
    sqlx::query_as(
        "SELECT f.id, f.user_id, f.channel, f.destination, f.hint, f.is_primary, f.verified_at, f.disabled_at,
                l.locked_at IS NOT NULL AS locked
         FROM otp_factors f
         LEFT JOIN otp_failures l ON l.user_id = f.user_id AND l.realm = f.realm AND l.channel = f.channel
                                 AND NOT l.proof
         WHERE f.user_id = $1 AND f.realm = $2 AND f.ended_at IS NULL
         ORDER BY f.is_primary DESC, f.channel DESC",
    )
    .bind(user_id)
    .bind(realm)
    .fetch_all(connection)
    .await
}

/// The live factors of many people, each person's primary one first.
pub async fn of_people(connection: &mut PgConnection, user_ids: &[String]) -> sqlx::Result<Vec<Factor>> {
    sqlx::query_as(
        "SELECT f.id, f.user_id, f.channel, f.destination, f.hint, f.is_primary, f.verified_at, f.disabled_at,
                l.locked_at IS NOT NULL AS locked
         FROM otp_factors f
         LEFT JOIN otp_failures l ON l.user_id = f.user_id AND l.realm = f.realm AND l.channel = f.channel
                                 AND NOT l.proof
         WHERE f.user_id = ANY ($1) AND f.ended_at IS NULL
         ORDER BY f.user_id, f.is_primary DESC, f.channel DESC",
    )
    .bind(user_ids)
    .fetch_all(connection)
    .await
}

/// Makes the proven destination of an enrolment the person's factor of its channel; an older one of
/// that channel ends, and its rank passes on. The first factor of a person is primary.
pub async fn bind(connection: &mut PgConnection, id: FactorId, proven: &Challenge) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE otp_factors SET ended_at = now(), end_reason = 'replaced', is_primary = false
         WHERE user_id = $1 AND realm = $2 AND channel = $3 AND ended_at IS NULL",
    )
    .bind(&proven.user_id)
    .bind(&proven.realm)
    .bind(proven.channel.name())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO otp_factors (id, realm, user_id, channel, destination, hint, is_primary, verified_at)
         SELECT $1, $2, $3, $4, $5, $6,
                NOT EXISTS (SELECT FROM otp_factors WHERE user_id = $3 AND realm = $2 AND is_primary), now()",
    )
    .bind(id)
    .bind(&proven.realm)
    .bind(&proven.user_id)
    .bind(proven.channel.name())
    .bind(&proven.destination)
    .bind(&proven.hint)
    .execute(connection)
    .await
    .map(drop)
}

/// Whether a destination may become a factor of somebody.
#[derive(Debug, Clone, Copy, FromRow)]
pub struct Fitness {
    /// Whether staff have disabled it for this person, as a factor that is live or was.
    pub is_barred: bool,
    /// Whether it was a factor of this person until a short while ago, and is none now.
    pub is_cooling: bool,
}

/// Whether a destination may become a factor of this person, `cool_off` hours after it was one. What Keycloak
/// never showed as a credential was none, and what staff reset may come back at once: two of them looked at it.
pub async fn fitness(
    connection: &mut PgConnection,
    realm: &str,
    user_id: &str,
    destination: &Masked<String>,
    cool_off: u32,
) -> sqlx::Result<Fitness> {
    sqlx::query_as(
        "SELECT coalesce(bool_or(disabled_at IS NOT NULL), false) AS is_barred,
                coalesce(bool_or(end_reason IN ('replaced', 'removed') AND bound_at IS NOT NULL
                                 AND ended_at > now() - make_interval(hours => $4))
                         AND NOT bool_or(ended_at IS NULL), false) AS is_cooling
         FROM otp_factors
         WHERE user_id = $1 AND realm = $2 AND lower(destination) = lower($3)",
    )
    .bind(user_id)
    .bind(realm)
    .bind(destination)
    .bind(i32::try_from(cool_off).unwrap_or(i32::MAX))
    .fetch_one(connection)
    .await
}

/// Notes which factors Keycloak shows as credentials of a person, ends those that it showed before and
/// shows no longer, and says whether anything ended. A factor that was never shown stays: its
/// credential is still on the way. So does one that staff disabled: its credential was taken away.
pub async fn follow(
    connection: &mut PgConnection,
    user_id: &str,
    present: &[FactorId],
) -> sqlx::Result<bool> {
    let present: Vec<uuid::Uuid> = present.iter().map(|factor| factor.0).collect();
    sqlx::query(
        "UPDATE otp_factors SET bound_at = now()
         WHERE user_id = $1 AND id = ANY ($2) AND ended_at IS NULL AND bound_at IS NULL",
    )
    .bind(user_id)
    .bind(&present)
    .execute(&mut *connection)
    .await?;
    let ended = sqlx::query(
        "UPDATE otp_factors SET ended_at = now(), end_reason = 'removed', is_primary = false
         WHERE user_id = $1 AND id <> ALL ($2) AND ended_at IS NULL AND disabled_at IS NULL
           AND bound_at IS NOT NULL",
    )
    .bind(user_id)
    .bind(&present)
    .execute(&mut *connection)
    .await?
    .rows_affected();
    if ended > 0 {
        promote(connection, user_id).await?;
    }
    Ok(ended > 0)
}

/// Makes the oldest live factor of a person primary in each realm where none is.
pub(super) async fn promote(connection: &mut PgConnection, user_id: &str) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE otp_factors SET is_primary = true WHERE id IN (
             SELECT DISTINCT ON (f.realm) f.id FROM otp_factors f
             WHERE f.user_id = $1 AND f.ended_at IS NULL AND NOT EXISTS (
                 SELECT FROM otp_factors p WHERE p.user_id = f.user_id AND p.realm = f.realm AND p.is_primary)
             ORDER BY f.realm, f.verified_at, f.id)",
    )
    .bind(user_id)
    .execute(connection)
    .await
    .map(drop)
}

/// Deletes all that is known of a person; messages and challenges of enrolments too.
pub async fn erase(connection: &mut PgConnection, user_id: &str) -> sqlx::Result<()> {
    for statement in [
        "DELETE FROM otp_challenges WHERE user_id = $1",
        "DELETE FROM otp_failures WHERE user_id = $1",
        "DELETE FROM otp_factors WHERE user_id = $1",
        "DELETE FROM otp_imports WHERE user_id = $1",
    ] {
        sqlx::query(statement).bind(user_id).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The live factors of a person outside a transaction.
pub async fn list(pool: &PgPool, realm: &str, user_id: &str) -> sqlx::Result<Vec<Factor>> {
    of_person(&mut *pool.acquire().await?, realm, user_id).await
}
