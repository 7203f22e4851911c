//! Messages on their way.

use sqlx::{FromRow, PgConnection, PgPool};

use crate::{
    otp::{
        code::Bound,
        destination::Destination,
        model::{ChallengeId, Channel, Fate, MessageId, MessageState, Purpose},
    },
    platform::masked::Masked,
};

/// A message in the hands of a worker, with what its text is made of.
#[derive(Debug, FromRow)]
pub struct Leased {
    /// Its id.
    pub id: MessageId,
    /// 1 for the first of its challenge.
    pub number: i32,
    /// Its challenge.
    pub challenge_id: ChallengeId,
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
    /// The person's language.
    pub locale: String,
    /// Which pepper makes the code.
    pub pepper_version: i16,
    /// Seconds until the code is useless.
    pub seconds_left: f64,
}

impl Leased {
    /// Everything the code belongs to.
    #[must_use]
    pub fn bound(&self) -> Bound<'_> {
        Bound {
            challenge: self.challenge_id,
            realm: &self.realm,
            user_id: &self.user_id,
            auth_session_id: &self.auth_session_id,
            purpose: self.purpose,
            channel: self.channel,
            destination: &self.destination,
        }
    }
}

/// Queues one more message of a locked challenge; gives its number.
pub async fn queue(
    connection: &mut PgConnection,
    id: MessageId,
    challenge: ChallengeId,
    to: &Destination,
) -> sqlx::Result<i32> {
    let phone = to.phone.as_ref();
    sqlx::query_scalar(
        "INSERT INTO otp_messages (id, challenge_id, channel, prefix, country, number)
         SELECT $1, $2, $3, $4, $5, coalesce(max(number), 0) + 1 FROM otp_messages WHERE challenge_id = $2
         RETURNING number",
    )
    .bind(id)
    .bind(challenge)
    .bind(to.channel.name())
    .bind(phone.map(|phone| phone.prefix.expose()))
    .bind(phone.map(|phone| phone.country.as_str()))
    .fetch_one(connection)
    .await
}

/// Takes a queued message, when its code is still of use. The commit is waited for on the disk: a database that crashed
/// and forgot it would have the message queued again, and its code sent twice.
///
/// `IS NOT DISTINCT FROM` is `=` here, but no reason for the planner to read the partial indexes of all that is
/// unfinished and live, which are small when it plans and not when many log in.
pub async fn lease(pool: &PgPool, id: MessageId) -> sqlx::Result<Option<Leased>> {
    sqlx::query_as(
        "UPDATE otp_messages m
         SET state = 'sending', lease_until = now() + interval '30 seconds', changed_at = now()
         FROM otp_challenges c
         WHERE m.id = $1 AND m.state IS NOT DISTINCT FROM 'queued' AND c.id = m.challenge_id
           AND c.channel = m.channel AND c.state IS NOT DISTINCT FROM 'pending' AND c.expires_at > now()
         RETURNING m.id, m.number, m.challenge_id, c.realm, c.user_id, c.auth_session_id, c.purpose,
                   c.channel, c.destination, c.locale, c.pepper_version,
                   extract(epoch FROM c.expires_at - now())::float8 AS seconds_left",
    )
    .bind(id)
    .fetch_optional(pool)
    .await
}

/// What became of a message.
#[derive(Debug, Clone, Copy)]
pub struct Outcome<'a> {
    /// What happened to it in our hands.
    pub fate: Fate,
    /// Who took it, or was asked last.
    pub provider: Option<&'a str>,
    /// The provider's id of it.
    pub provider_message_id: Option<&'a str>,
    /// A stable word when it was not taken.
    pub reason: Option<&'a str>,
}

/// Writes what became of a message that is in our hands. When the provider's report was quicker, only
/// the provider is added. The commit is not waited for on the disk: if it is forgotten, the lease runs out, and nothing
/// is sent again.
pub async fn finish(pool: &PgPool, id: MessageId, outcome: &Outcome<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE otp_messages
         SET state = CASE WHEN state = ANY ($6) THEN $2 ELSE state END,
             reason = CASE WHEN state = ANY ($6) THEN $5 ELSE reason END,
             lease_until = NULL, provider = $3, provider_message_id = $4, changed_at = now()
         FROM (SELECT set_config('synchronous_commit', 'off', true)) AS quick
         WHERE id = $1",
    )
    .bind(id)
    .bind(after(outcome.fate))
    .bind(outcome.provider)
    .bind(outcome.provider_message_id)
    .bind(outcome.reason)
    .bind(MessageState::before(outcome.fate))
    .execute(pool)
    .await
    .map(drop)
}

/// Messages whose worker died while handing them over: a provider may have them, so they are never
/// sent again by themselves. Says how many there were.
pub async fn give_up_leases(pool: &PgPool) -> sqlx::Result<u64> {
    sqlx::query(
        "UPDATE otp_messages SET state = 'unknown', lease_until = NULL, reason = 'worker_died',
                changed_at = now()
         WHERE state = 'sending' AND lease_until < now()",
    )
    .execute(pool)
    .await
    .map(|done| done.rows_affected())
}

/// Messages that nobody took in the first seconds, oldest first: their process died after the commit.
pub async fn forgotten(pool: &PgPool, at_most: i64) -> sqlx::Result<Vec<MessageId>> {
    sqlx::query_scalar(
        "SELECT id FROM otp_messages WHERE state = 'queued' AND created_at < now() - interval '3 seconds'
         ORDER BY created_at LIMIT $1",
    )
    .bind(at_most)
    .fetch_all(pool)
    .await
}

/// Closes a queued message whose code is of no use any more.
pub async fn close_if_useless(pool: &PgPool, id: MessageId, outcome: &Outcome<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE otp_messages m SET state = $2, reason = $3, changed_at = now()
         FROM otp_challenges c
         WHERE m.id = $1 AND m.state = 'queued' AND c.id = m.challenge_id
           AND (c.state <> 'pending' OR c.expires_at <= now() OR c.channel <> m.channel)",
    )
    .bind(id)
    .bind(after(outcome.fate))
    .bind(outcome.reason)
    .execute(pool)
    .await
    .map(drop)
}

/// Writes what the provider reports of a message, by the provider's id of it or ours. Says whether there
/// is such a message; a report that comes too late to change anything is known all the same.
pub async fn report(pool: &PgPool, provider: &str, id: &str, fate: Fate) -> sqlx::Result<bool> {
    let ours: Option<MessageId> = id.parse().ok();
    let known: i64 = sqlx::query_scalar(
        "WITH known AS (
             SELECT id FROM otp_messages
             WHERE (provider_message_id = $1 AND provider = $2) OR (id = $3 AND channel = 'sms')
         ), moved AS (
             UPDATE otp_messages SET state = $4, lease_until = NULL, changed_at = now(),
                    reason = CASE WHEN $4 = 'failed' THEN 'reported' END
             WHERE id IN (SELECT id FROM known) AND state = ANY ($5)
         )
         SELECT count(*) FROM known",
    )
    .bind(id)
    .bind(provider)
    .bind(ours)
    .bind(after(fate))
    .bind(MessageState::before(fate))
    .fetch_one(pool)
    .await?;
    Ok(known > 0)
}

/// The name of the state that `fate` leads to, the same from wherever it can happen.
fn after(fate: Fate) -> &'static str {
    let after = MessageState::ALL.iter().find_map(|state| state.after(fate));
    after.unwrap_or(MessageState::Unknown).name()
}
