//! What the outside has not heard of yet: keys, not messages.
//!
//! A change marks the key in its own transaction. Whoever publishes builds the record from the
//! state of that moment, so a thousand changes of one key cost one record, the order of changes
//! does not matter, and "publish everything again" is marking every key.

use std::{collections::HashSet, sync::Arc};

use sqlx::{FromRow, PgConnection};
use tokio::sync::Notify;

use super::trace::TraceParent;

/// A marked key. The generation tells a mark from a later one of the same key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, FromRow)]
pub struct ChangedKey {
    /// The stream of records, a name of ours, not a Kafka topic.
    pub stream: String,
    /// The key in the stream.
    pub key: String,
    /// Grows with every mark.
    pub generation: i64,
    /// What caused the last change, for the record.
    pub trace_parent: Option<String>,
}

/// Marks keys of streams in the caller's transaction: pairs of stream and key, in any order. What is at hand caused it.
pub async fn mark<K: AsRef<str>>(
    conn: &mut PgConnection,
    marks: impl IntoIterator<Item = (&'static str, K)>,
) -> Result<(), sqlx::Error> {
    let mut all = Marks::default();
    let cause = TraceParent::current();
    for (stream, key) in marks {
        all.add(stream, key.as_ref(), cause.as_ref());
    }
    all.write(conn).await
}

/// Keys to be marked, each with what caused it.
#[derive(Debug, Default)]
pub struct Marks {
    streams: Vec<&'static str>,
    keys: Vec<String>,
    causes: Vec<Option<String>>,
}

impl Marks {
    /// Adds a key, in any order; one may be added twice.
    pub fn add(&mut self, stream: &'static str, key: &str, cause: Option<&TraceParent>) {
        self.streams.push(stream);
        self.keys.push(key.to_owned());
        self.causes.push(cause.map(|cause| cause.as_str().to_owned()));
    }

    /// Marks them in the caller's transaction.
    pub async fn write(self, conn: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.keys.is_empty() {
            return Ok(());
        }
        // In one order for everybody, so that no two transactions wait for each other in a circle.
        sqlx::query(
            "INSERT INTO changed_keys (stream, key, trace_parent)
             SELECT DISTINCT ON (stream, key) stream, key, trace_parent
             FROM unnest($1::text[], $2::text[], $3::text[]) AS marked (stream, key, trace_parent)
             ORDER BY stream, key, trace_parent
             ON CONFLICT ON CONSTRAINT changed_keys_pkey
             DO UPDATE SET generation = nextval('changed_key_generations'), marked_at = now(),
                 trace_parent = excluded.trace_parent",
        )
        .bind(self.streams)
        .bind(self.keys)
        .bind(self.causes)
        .execute(conn)
        .await
        .map(drop)
    }
}

/// The keys that were marked first, at most `limit`, except some.
pub async fn oldest(
    conn: &mut PgConnection,
    limit: usize,
    except: &[ChangedKey],
) -> Result<Vec<ChangedKey>, sqlx::Error> {
    let looked_at = i64::try_from(limit + except.len()).unwrap_or(i64::MAX);
    let mut oldest: Vec<ChangedKey> = sqlx::query_as(
        "SELECT stream, key, generation, trace_parent FROM changed_keys ORDER BY generation LIMIT $1",
    )
    .bind(looked_at)
    .fetch_all(conn)
    .await?;
    let except: HashSet<(&str, &str)> =
        except.iter().map(|key| (key.stream.as_str(), key.key.as_str())).collect();
    oldest.retain(|key| !except.contains(&(key.stream.as_str(), key.key.as_str())));
    oldest.truncate(limit);
    Ok(oldest)
}

/// Takes the marks away, except of keys that were marked again meanwhile: these have another generation.
///
/// By the generation alone, which no two marks share. The table is empty most of the time, and of one that was empty
/// when it was last looked at the planner expects a row: it would compare every mark with all that are done.
pub async fn unmark(conn: &mut PgConnection, done: &[ChangedKey]) -> Result<(), sqlx::Error> {
    let generations: Vec<i64> = done.iter().map(|key| key.generation).collect();
    sqlx::query("DELETE FROM changed_keys WHERE generation = ANY($1)")
        .bind(generations)
        .execute(conn)
        .await
        .map(drop)
}

/// How many keys wait, and for how many seconds the one that has waited longest.
pub async fn waiting(conn: &mut PgConnection) -> Result<(i64, f64), sqlx::Error> {
    sqlx::query_as(
        "SELECT count(*), coalesce(extract(epoch FROM now() - min(marked_at)), 0)::float8 FROM changed_keys",
    )
    .fetch_one(conn)
    .await
}

/// Tells the publisher of this process that keys were marked. Call it after the commit; a mark that
/// nobody tells of is found by looking now and then.
#[derive(Debug, Clone, Default)]
pub struct Bell(Arc<Notify>);

impl Bell {
    /// Rings; one ring is kept when nobody listens just now.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits for a ring.
    pub async fn rung(&self) {
        self.0.notified().await;
    }
}
