//! Challenges.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection, PgPool};

use crate::{
    otp::{
        code::Bound,
        destination::Destination,
        model::{ChallengeId, Channel, FactorId, Happening, MessageId, MessageState, Purpose, State},
    },
    platform::masked::Masked,
};

/// What names the live challenge of a login.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    /// The person's realm.
    pub realm: &'a str,
    /// The person.
    pub user_id: &'a str,
    /// The login that asks.
    pub auth_session_id: &'a str,
    /// What the code is for.
    pub purpose: Purpose,
    /// How it travels.
    pub channel: Channel,
}

/// A challenge with what was sent for it on its present channel.
#[derive(Debug, FromRow)]
pub struct Challenge {
    /// Its id.
    pub id: ChallengeId,
    /// The person's realm.
    pub realm: String,
    /// The person.
    pub user_id: String,
    /// The login that asked.
    pub auth_session_id: String,
    /// What the code is for.
    #[sqlx(try_from = "String")]
    pub purpose: Purpose,
    /// How it travels.
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    /// Where it travels to.
    pub destination: Masked<String>,
    /// The masked destination.
    pub hint: String,
    /// The factor; nothing for an enrolment.
    pub factor_id: Option<FactorId>,
    /// Which pepper makes the code.
    pub pepper_version: i16,
    /// Where it stands; expiry shows in `in_time`.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// Tries used.
    pub tries: i32,
    /// The end of its life.
    pub expires_at: DateTime<Utc>,
    /// Whether that end is still to come, by the database clock.
    pub in_time: bool,
    /// Messages on the present channel.
    pub sent: i64,
    /// When the newest of them was queued.
    pub last_sent_at: Option<DateTime<Utc>>,
    /// Now, by the database clock.
    pub now: DateTime<Utc>,
}

impl Challenge {
    /// Everything the code belongs to.
    #[must_use]
    pub fn bound(&self) -> Bound<'_> {
        Bound {
            challenge: self.id,
            realm: &self.realm,
            user_id: &self.user_id,
            auth_session_id: &self.auth_session_id,
            purpose: self.purpose,
            channel: self.channel,
            destination: &self.destination,
        }
    }
}

/// What a challenge is made of.
#[derive(Debug, Clone, Copy)]
pub struct NewChallenge<'a> {
    /// Its id.
    pub id: ChallengeId,
    /// The id of its first message.
    pub message: MessageId,
    /// What names it.
    pub key: Key<'a>,
    /// The application that the person logs in to.
    pub client_id: &'a str,
    /// Where the code goes.
    pub to: &'a Destination,
    /// The factor; nothing for an enrolment.
    pub factor: Option<FactorId>,
    /// The person's language.
    pub locale: &'a str,
    /// Which pepper makes the code.
    pub pepper_version: i16,
    /// Seconds that it lives.
    pub life_seconds: u32,
}

/// When a new challenge was made and ends, by the database clock.
#[derive(Debug, FromRow)]
pub struct Made {
    /// Now.
    pub created_at: DateTime<Utc>,
    /// The end of its life.
    pub expires_at: DateTime<Utc>,
}

/// The live challenge of this login to this destination.
pub async fn live(
    connection: &mut PgConnection,
    key: &Key<'_>,
    destination: &Masked<String>,
) -> sqlx::Result<Option<Challenge>> {
    sqlx::query_as(
        "SELECT c.id, c.realm, c.user_id, c.auth_session_id, c.purpose, c.channel, c.destination, c.hint,
                c.factor_id, c.pepper_version, c.state, c.tries, c.expires_at, true AS in_time,
                m.sent, m.last_sent_at, now() AS now
         FROM otp_challenges c
         CROSS JOIN LATERAL (SELECT count(*) AS sent, max(m.created_at) AS last_sent_at FROM otp_messages m
                             WHERE m.challenge_id = c.id AND m.channel = c.channel) m
         WHERE c.user_id = $1 AND c.realm = $2 AND c.auth_session_id = $3 AND c.purpose = $4
           AND c.channel = $5 AND c.destination = $6 AND c.state = 'pending' AND c.expires_at > now()",
    )
    .bind(key.user_id)
    .bind(key.realm)
    .bind(key.auth_session_id)
    .bind(key.purpose.name())
    .bind(key.channel.name())
    .bind(destination)
    .fetch_optional(connection)
    .await
}

/// Makes a challenge with its first message, in place of one that is over or goes elsewhere. Nothing
/// when a call beside this one made the same challenge first.
pub async fn insert(connection: &mut PgConnection, new: &NewChallenge<'_>) -> sqlx::Result<Option<Made>> {
    let phone = new.to.phone.as_ref();
    sqlx::query_as(
        "WITH retired AS (
             UPDATE otp_challenges
             SET state = CASE WHEN expires_at <= now() THEN $14 ELSE $15 END, decided_at = now()
             WHERE user_id = $3 AND realm = $4 AND auth_session_id = $5 AND purpose = $6 AND channel = $7
               AND state = 'pending' AND (expires_at <= now() OR destination <> $9)
             RETURNING id
         ), made AS (
             INSERT INTO otp_challenges (id, user_id, realm, auth_session_id, purpose, channel, client_id,
                 destination, hint, factor_id, locale, pepper_version, expires_at)
             SELECT $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, now() + make_interval(secs => $16)
             -- Read, so that the old one has left the index before the new one enters it.
             FROM (SELECT count(*) FROM retired) AS first
             ON CONFLICT (user_id, realm, auth_session_id, purpose, channel) WHERE state = 'pending' DO NOTHING
             RETURNING id, channel, created_at, expires_at
         ), queued AS (
             INSERT INTO otp_messages (id, challenge_id, channel, prefix, country, number)
             SELECT $2, id, channel, $17, $18, 1 FROM made
         )
         SELECT created_at, expires_at FROM made",
    )
    .bind(new.id)
    .bind(new.message)
    .bind(new.key.user_id)
    .bind(new.key.realm)
    .bind(new.key.auth_session_id)
    .bind(new.key.purpose.name())
    .bind(new.key.channel.name())
    .bind(new.client_id)
    .bind(&new.to.address)
    .bind(&new.to.hint)
    .bind(new.factor)
    .bind(new.locale)
    .bind(new.pepper_version)
    .bind(after(Happening::TimeUp))
    .bind(after(Happening::GivenUp))
    .bind(f64::from(new.life_seconds))
    .bind(phone.map(|phone| phone.prefix.expose()))
    .bind(phone.map(|phone| phone.country.as_str()))
    .fetch_optional(connection)
    .await
}

/// The challenge of that id and session, unlocked.
pub async fn read(
    connection: &mut PgConnection,
    id: ChallengeId,
    auth_session_id: &str,
) -> sqlx::Result<Option<Challenge>> {
    sqlx::query_as(
        "SELECT c.id, c.realm, c.user_id, c.auth_session_id, c.purpose, c.channel, c.destination, c.hint,
                c.factor_id, c.pepper_version, c.state, c.tries, c.expires_at,
                c.expires_at > now() AS in_time, 0::bigint AS sent, NULL::timestamptz AS last_sent_at,
                now() AS now
         FROM otp_challenges c WHERE c.id = $1 AND c.auth_session_id = $2",
    )
    .bind(id)
    .bind(auth_session_id)
    .fetch_optional(connection)
    .await
}

/// The challenge of that id and session, locked, with what was sent on `channel` or else on its own.
pub async fn lock(
    connection: &mut PgConnection,
    id: ChallengeId,
    auth_session_id: &str,
    channel: Option<Channel>,
) -> sqlx::Result<Option<Challenge>> {
    // Two statements: the second sees the messages of whoever held the lock before.
    sqlx::query("SELECT FROM otp_challenges WHERE id = $1 AND auth_session_id = $2 FOR UPDATE")
        .bind(id)
        .bind(auth_session_id)
        .execute(&mut *connection)
        .await?;
    sqlx::query_as(
        "SELECT c.id, c.realm, c.user_id, c.auth_session_id, c.purpose, c.channel, c.destination, c.hint,
                c.factor_id, c.pepper_version, c.state, c.tries, c.expires_at,
                c.expires_at > now() AS in_time, m.sent, m.last_sent_at, now() AS now
         FROM otp_challenges c
         CROSS JOIN LATERAL (SELECT count(*) AS sent, max(m.created_at) AS last_sent_at FROM otp_messages m
                             WHERE m.challenge_id = c.id AND m.channel = coalesce($3, c.channel)) m
         WHERE c.id = $1 AND c.auth_session_id = $2",
    )
    .bind(id)
    .bind(auth_session_id)
    .bind(channel.map(Channel::name))
    .fetch_optional(connection)
    .await
}

/// Sends a locked challenge to another factor. Another live challenge of the same login on that
/// channel is given up: there is one.
pub async fn switch(
    connection: &mut PgConnection,
    id: ChallengeId,
    factor: FactorId,
    to: &Destination,
) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE otp_challenges o SET state = $3, decided_at = now()
         FROM otp_challenges c
         WHERE c.id = $1 AND o.id <> c.id AND o.user_id = c.user_id AND o.realm = c.realm
           AND o.auth_session_id = c.auth_session_id AND o.purpose = c.purpose AND o.channel = $2
           AND o.state = 'pending'",
    )
    .bind(id)
    .bind(to.channel.name())
    .bind(after(Happening::GivenUp))
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "UPDATE otp_challenges SET channel = $2, destination = $3, hint = $4, factor_id = $5 WHERE id = $1",
    )
    .bind(id)
    .bind(to.channel.name())
    .bind(&to.address)
    .bind(&to.hint)
    .bind(factor)
    .execute(connection)
    .await
    .map(drop)
}

/// Gives a challenge up whose messages all failed for certain, so that the next call makes a new one
/// instead of showing a page that waits for nothing.
pub async fn give_up_undelivered(pool: &PgPool, id: ChallengeId) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE otp_challenges SET state = $2, decided_at = now()
         WHERE id = $1 AND state = 'pending'
           AND NOT EXISTS (SELECT FROM otp_messages m WHERE m.challenge_id = $1 AND m.state <> 'failed')",
    )
    .bind(id)
    .bind(after(Happening::GivenUp))
    .execute(pool)
    .await
    .map(drop)
}

/// Where a challenge stands and what became of its newest message.
pub async fn status(pool: &PgPool, id: ChallengeId) -> sqlx::Result<Option<(State, MessageState)>> {
    #[derive(FromRow)]
    struct Status {
        #[sqlx(try_from = "String")]
        state: State,
        in_time: bool,
        #[sqlx(try_from = "String")]
        delivery: MessageState,
    }
    let status: Option<Status> = sqlx::query_as(
        "SELECT c.state, c.expires_at > now() AS in_time, m.state AS delivery
         FROM otp_challenges c JOIN otp_messages m ON m.challenge_id = c.id
         WHERE c.id = $1 ORDER BY m.number DESC LIMIT 1",
    )
    .bind(id)
    .fetch_optional(pool)
    .await?;
    Ok(status.map(|status| {
        let time_up = if status.in_time { None } else { status.state.after(Happening::TimeUp) };
        (time_up.unwrap_or(status.state), status.delivery.reported())
    }))
}

/// The name of the state that `happening` leads a live challenge to, by the table of moves.
pub(super) fn after(happening: Happening) -> &'static str {
    State::Pending.after(happening).map_or("pending", State::name)
}
