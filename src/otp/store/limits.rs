//! The limits, reserved before anything is sent.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool, types::Json};

use crate::{
    otp::limits::{Ask, Limit, Scope, Window, key},
    platform::webhook::Keeping,
};

type Taken = Json<Vec<(i64, i64)>>;
/// Scope, what was taken, the time of the look, and until when the prefix is blocked.
type Row = (String, Taken, DateTime<Utc>, Option<DateTime<Utc>>);

/// A limit that is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsedUp {
    /// Which one.
    pub scope: Scope,
    /// When there is room again.
    pub wait: Duration,
}

/// What became of a booking. But for the first, the caller undoes the transaction, and nothing is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Booked {
    /// It is taken, and the answer is kept.
    Now,
    /// A limit holds too much now.
    Over(UsedUp),
    /// The call was answered before.
    AnsweredBefore,
}

/// Keeps the answer of a call, takes from every limit, and says which one holds too much now.
///
/// One statement locks the rows in one order, lets go what is out of the window and adds what is asked. The
/// locks hold until the transaction ends, so a taking is never seen half and never lost; whoever calls this
/// last before the commit keeps others waiting for the least.
pub async fn book(
    connection: &mut PgConnection,
    asks: &[Ask],
    keeping: Option<Keeping<'_>>,
) -> sqlx::Result<Booked> {
    let scopes: Vec<&str> = asks.iter().map(|ask| ask.scope.name()).collect();
    let keys: Vec<&[u8]> = asks.iter().map(|ask| ask.key.as_slice()).collect();
    let amounts: Vec<i64> = asks.iter().map(|ask| ask.amount).collect();
    let parts: Vec<i64> = asks.iter().map(|ask| ask.limit.part().num_milliseconds()).collect();
    let lasting: Vec<i64> = asks.iter().map(|ask| ask.limit.counts_for().num_milliseconds()).collect();
    let rows: Vec<Row> = sqlx::query_as(
        // A row that changes often must not enter the index of changed_at each time: minutes are enough there.
        // The clock is read under the lock of the row.
        "WITH asked AS MATERIALIZED (
             SELECT scope, key, amount, part, lasting
             FROM unnest($1::text[], $2::bytea[], $3::bigint[], $4::bigint[], $5::bigint[])
                 AS asked (scope, key, amount, part, lasting)
         ), kept AS (
             INSERT INTO webhook_requests (webhook_id, fingerprint, status, body)
             SELECT $6::text, $7::bytea, $8::smallint, $9::text WHERE $6::text IS NOT NULL
             ON CONFLICT ON CONSTRAINT webhook_requests_pkey DO NOTHING
             RETURNING webhook_id
         )
         INSERT INTO otp_limits AS l (scope, key, taken, changed_at)
         SELECT scope, key, jsonb_build_array(jsonb_build_array(now - now % part, amount)),
                date_trunc('minute', now())
         FROM asked, (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now) AS clock
         WHERE $6::text IS NULL OR EXISTS (SELECT FROM kept)
         ORDER BY scope, key
         ON CONFLICT ON CONSTRAINT otp_limits_pkey DO UPDATE SET changed_at = excluded.changed_at, taken = (
             SELECT jsonb_agg(jsonb_build_array(since, amount) ORDER BY since)
             FROM (
                 SELECT since, sum(counted.amount) AS amount
                 FROM asked,
                     LATERAL (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now) AS clock,
                     LATERAL (
                         SELECT now - now % part, asked.amount
                         UNION ALL
                         SELECT (entry ->> 0)::bigint, (entry ->> 1)::bigint
                         FROM jsonb_array_elements(l.taken) AS entry
                         WHERE (entry ->> 0)::bigint + lasting > now
                     ) AS counted (since, amount)
                 WHERE asked.scope = l.scope
                 GROUP BY since
             ) AS parts
         )
         RETURNING l.scope, l.taken, clock_timestamp(),
                   (SELECT blocked_until FROM otp_blocked_prefixes b
                    WHERE l.scope = 'prefix' AND b.key = l.key AND b.lifted_at IS NULL)",
    )
    .bind(&scopes)
    .bind(&keys)
    .bind(amounts)
    .bind(parts)
    .bind(lasting)
    .bind(keeping.map(|keeping| &keeping.request.id))
    .bind(keeping.map(|keeping| keeping.request.fingerprint.as_slice()))
    .bind(keeping.map(|keeping| keeping.status()))
    .bind(keeping.map(|keeping| &keeping.answer.body))
    .fetch_all(connection)
    .await?;
    if rows.is_empty() && keeping.is_some() {
        return Ok(Booked::AnsweredBefore);
    }
    Ok(judge(asks, &rows).map_or_else(Booked::Over, |()| Booked::Now))
}

/// The first limit, narrow ones first, that holds more than it may.
fn judge(asks: &[Ask], rows: &[Row]) -> Result<(), UsedUp> {
    let now = rows.iter().map(|(_, _, at, _)| *at).max().unwrap_or_default();
    if let Some(until) = rows.iter().find_map(|(.., until)| *until).filter(|until| *until > now) {
        let wait = (until - now).to_std().unwrap_or_default();
        return Err(UsedUp { scope: Scope::BlockedPrefix, wait });
    }
    let over = |ask: &Ask| {
        let (_, taken, at, _) = rows.iter().find(|(scope, ..)| scope == ask.scope.name())?;
        window(taken).over(ask.limit, *at)
    };
    match asks.iter().find_map(|ask| Some((ask.scope, over(ask)?))) {
        Some((scope, wait)) => Err(UsedUp { scope, wait: wait.to_std().unwrap_or_default() }),
        None => Ok(()),
    }
}

/// How much of a limit without an owner is taken now.
pub async fn taken(pool: &PgPool, scope: Scope, limit: Limit) -> sqlx::Result<i64> {
    let row: Option<(Taken, DateTime<Utc>)> =
        sqlx::query_as("SELECT taken, now() FROM otp_limits WHERE scope = $1 AND key = $2")
            .bind(scope.name())
            .bind(key(scope, &[]))
            .fetch_optional(pool)
            .await?;
    Ok(row.map_or(0, |(taken, now)| window(&taken).taken(limit, now)))
}

fn window(taken: &Taken) -> Window {
    let entry = |(millis, amount): &(i64, i64)| Some((DateTime::from_timestamp_millis(*millis)?, *amount));
    Window(taken.iter().filter_map(entry).collect())
}
