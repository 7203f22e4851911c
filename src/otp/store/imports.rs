//! Destinations from before, until they are proven.

use sqlx::{FromRow, PgConnection, PgPool};

use crate::{otp::model::Channel, platform::masked::Masked};

/// A destination that waits for its proof.
#[derive(Debug, Clone, FromRow)]
pub struct Imported {
    /// How it is reached.
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    /// The masked destination.
    pub hint: String,
}

/// What an import would give somebody.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The person.
    pub user_id: &'a str,
    /// How it is reached.
    pub channel: Channel,
    /// Where.
    pub destination: &'a Masked<String>,
    /// The masked destination.
    pub hint: &'a str,
}

/// What is there already of a candidate.
#[derive(Debug, Clone, FromRow)]
pub struct Standing {
    /// Whether the person has proven a destination of the channel.
    pub is_proven: bool,
    /// Whether staff disabled this destination for this person.
    pub is_barred: bool,
    /// What was imported before.
    pub held: Option<Masked<String>>,
}

/// What is there of each candidate, in their order.
pub async fn standing(
    connection: &mut PgConnection,
    realm: &str,
    candidates: &[Candidate<'_>],
) -> sqlx::Result<Vec<Standing>> {
    let (users, channels, destinations, _) = columns(candidates);
    sqlx::query_as(
        "SELECT EXISTS (SELECT FROM otp_factors f
                        WHERE f.user_id = a.user_id AND f.realm = $1 AND f.channel = a.channel
                          AND f.ended_at IS NULL) AS is_proven,
                EXISTS (SELECT FROM otp_factors f
                        WHERE f.user_id = a.user_id AND f.realm = $1 AND f.disabled_at IS NOT NULL
                          AND lower(f.destination) = lower(a.destination)) AS is_barred,
                (SELECT i.destination FROM otp_imports i
                 WHERE i.user_id = a.user_id AND i.realm = $1 AND i.channel = a.channel) AS held
         FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY
              AS a (user_id, channel, destination, place)
         ORDER BY a.place",
    )
    .bind(realm)
    .bind(users)
    .bind(channels)
    .bind(destinations)
    .fetch_all(connection)
    .await
}

/// Keeps candidates, each in the place of what the person had imported on the channel.
pub async fn keep(
    connection: &mut PgConnection,
    realm: &str,
    candidates: &[Candidate<'_>],
) -> sqlx::Result<()> {
    let (users, channels, destinations, hints) = columns(candidates);
    sqlx::query(
        "INSERT INTO otp_imports (realm, user_id, channel, destination, hint)
         SELECT $1, user_id, channel, destination, hint
         FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS a (user_id, channel, destination, hint)
         ORDER BY user_id, channel
         ON CONFLICT ON CONSTRAINT otp_imports_pkey DO UPDATE SET
             destination = excluded.destination, hint = excluded.hint, imported_at = now()",
    )
    .bind(realm)
    .bind(users)
    .bind(channels)
    .bind(destinations)
    .bind(hints)
    .execute(connection)
    .await
    .map(drop)
}

type Columns<'a> = (Vec<&'a str>, Vec<&'static str>, Vec<&'a str>, Vec<&'a str>);

fn columns<'a>(candidates: &[Candidate<'a>]) -> Columns<'a> {
    (
        candidates.iter().map(|it| it.user_id).collect(),
        candidates.iter().map(|it| it.channel.name()).collect(),
        candidates.iter().map(|it| it.destination.expose().as_str()).collect(),
        candidates.iter().map(|it| it.hint).collect(),
    )
}

/// What a person can prove because it was imported: of the channels on which they have no factor.
pub async fn of_person(pool: &PgPool, realm: &str, user_id: &str) -> sqlx::Result<Vec<Imported>> {
    sqlx::query_as(
        "SELECT i.channel, i.hint FROM otp_imports i
         WHERE i.user_id = $1 AND i.realm = $2
           AND NOT EXISTS (SELECT FROM otp_factors f
                           WHERE f.user_id = i.user_id AND f.realm = i.realm AND f.channel = i.channel
                             AND f.ended_at IS NULL)
         ORDER BY i.channel DESC",
    )
    .bind(user_id)
    .bind(realm)
    .fetch_all(pool)
    .await
}

/// What was imported for a person on a channel.
pub async fn of_channel(
    connection: &mut PgConnection,
    realm: &str,
    user_id: &str,
    channel: Channel,
) -> sqlx::Result<Option<Masked<String>>> {
    sqlx::query_scalar(
        "SELECT destination FROM otp_imports WHERE user_id = $1 AND realm = $2 AND channel = $3",
    )
    .bind(user_id)
    .bind(realm)
    .bind(channel.name())
    .fetch_optional(connection)
    .await
}

/// Takes away what was imported for a person on a channel: they have proven something there.
pub async fn take_away(
    connection: &mut PgConnection,
    realm: &str,
    user_id: &str,
    channel: Channel,
) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM otp_imports WHERE user_id = $1 AND realm = $2 AND channel = $3")
        .bind(user_id)
        .bind(realm)
        .bind(channel.name())
        .execute(connection)
        .await
        .map(drop)
}
