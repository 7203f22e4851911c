//! The limits, reserved before anything is sent.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool, types::Json};

use crate::otp::limits::{Ask, Limit, Scope, Window, key};

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

/// Takes from every limit, or from none and says which one is used up.
///
/// The rows are locked in one order, decided on together and written back; the locks hold until the
/// transaction ends, so a taking is never seen half and never lost.
pub async fn reserve(connection: &mut PgConnection, asks: &[Ask]) -> sqlx::Result<Result<(), UsedUp>> {
    let scopes: Vec<&str> = asks.iter().map(|ask| ask.scope.name()).collect();
    let keys: Vec<&[u8]> = asks.iter().map(|ask| ask.key.as_slice()).collect();
    let rows: Vec<Row> = sqlx::query_as(
        "INSERT INTO otp_limits AS l (scope, key)
         SELECT scope, key FROM unnest($1::text[], $2::bytea[]) AS asked (scope, key) ORDER BY scope, key
         ON CONFLICT ON CONSTRAINT otp_limits_pkey DO UPDATE SET changed_at = now()
         RETURNING l.scope, l.taken, clock_timestamp(),
                   (SELECT blocked_until FROM otp_blocked_prefixes b
                    WHERE l.scope = 'prefix' AND b.key = l.key AND b.lifted_at IS NULL)",
    )
    .bind(&scopes)
    .bind(&keys)
    .fetch_all(&mut *connection)
    .await?;
    // Every row is locked by now: the latest of their times is the time of the decision.
    let now = rows.iter().map(|(_, _, at, _)| *at).max().unwrap_or_default();
    if let Some(until) = rows.iter().find_map(|(.., until)| *until).filter(|until| *until > now) {
        let wait = (until - now).to_std().unwrap_or_default();
        return Ok(Err(UsedUp { scope: Scope::BlockedPrefix, wait }));
    }
    let mut windows: HashMap<String, Window> =
        rows.into_iter().map(|(scope, taken, ..)| (scope, window(&taken))).collect();
    for ask in asks {
        let window = windows.entry(ask.scope.name().to_owned()).or_default();
        if let Err(wait) = window.take(ask.limit, ask.amount, now) {
            return Ok(Err(UsedUp { scope: ask.scope, wait: wait.to_std().unwrap_or_default() }));
        }
    }
    let taken: Vec<Taken> =
        scopes.iter().map(|scope| entries(windows.get(*scope).unwrap_or(&Window::default()))).collect();
    sqlx::query(
        "UPDATE otp_limits l SET taken = new.taken
         FROM unnest($1::text[], $2::bytea[], $3::jsonb[]) AS new (scope, key, taken)
         WHERE l.scope = new.scope AND l.key = new.key",
    )
    .bind(&scopes)
    .bind(&keys)
    .bind(taken)
    .execute(connection)
    .await?;
    Ok(Ok(()))
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

fn entries(window: &Window) -> Taken {
    Json(window.0.iter().map(|(at, amount)| (at.timestamp_millis(), *amount)).collect())
}
