//! Records that cannot be used are kept with their bytes, and sent on to a topic of their own.
//!
//! They are written down in the same transaction that counts them as seen, so each is kept once,
//! whatever happens before its offset moves. From there they are sent by one process at a time and
//! struck off when acknowledged; the headers `topic`, `partition` and `offset` name each for good.

use std::time::Duration;

use sqlx::{FromRow, PgConnection, PgPool};
use tokio_util::sync::CancellationToken;

use super::{Outgoing, Producer, Record};
use crate::platform::{
    changed_keys::Bell,
    db,
    leader::{Leadership, Right},
};

/// Most records sent at once: at a mebibyte each this bounds the memory.
const BATCH: i64 = 16;
/// How often parked records are looked for when nobody rings.
const LOOK: Duration = Duration::from_secs(1);

#[derive(FromRow)]
struct Parked {
    id: i64,
    topic: String,
    partition: i32,
    offset: i64,
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
    header_names: Vec<String>,
    header_values: Vec<Option<Vec<u8>>>,
    reason: String,
}

/// Keeps a record that cannot be used. `reason` is for people and holds nothing of the record.
pub async fn park_in_tx(conn: &mut PgConnection, record: &Record, reason: &str) -> Result<(), sqlx::Error> {
    let (names, values): (Vec<String>, Vec<Option<Vec<u8>>>) = record.headers.iter().cloned().unzip();
    sqlx::query(
        "INSERT INTO parked_records
             (topic, partition, \"offset\", key, value, header_names, header_values, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT ON CONSTRAINT parked_records_place_key DO NOTHING",
    )
    .bind(&record.topic)
    .bind(record.partition)
    .bind(record.offset)
    .bind(&record.key)
    .bind(&record.value)
    .bind(names)
    .bind(values)
    .bind(reason)
    .execute(conn)
    .await
    .map(drop)
}

/// How many parked records still wait to be sent on.
pub async fn waiting(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT count(*) FROM parked_records").fetch_one(conn).await
}

/// Sends parked records on to their topic.
pub struct ParkingRelay {
    /// Where they are kept.
    pub pool: PgPool,
    /// What sends them.
    pub producer: Producer,
    /// The topic for them.
    pub topic: String,
    /// Rung after records were parked.
    pub bell: Bell,
    /// Ends the relay.
    pub stop: CancellationToken,
}

impl ParkingRelay {
    /// Runs until told to stop. What could not be sent is tried again, for ever.
    pub async fn run(self) {
        while !self.stop.is_cancelled() {
            match Leadership::take(&self.pool, Right::Park).await {
                Ok(Some(mut leadership)) => {
                    if let Err(error) = self.lead(&mut leadership).await {
                        tracing::warn!(error = %db::describe(&error), "parked records wait for the database");
                    }
                    leadership.release().await;
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::debug!(error = %db::describe(&error), "nobody to ask for the right to park");
                }
            }
            // Without listening to the bell: who has no right would ask for it at every record.
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    async fn lead(&self, leadership: &mut Leadership) -> Result<(), sqlx::Error> {
        let mut after = 0;
        while !self.stop.is_cancelled() {
            let parked = next(leadership.connection(), after).await?;
            let Some(last) = parked.last() else {
                // Those that could not be sent are tried again from the first.
                after = 0;
                self.pause().await;
                continue;
            };
            after = last.id;
            let sent = self.send(parked).await;
            strike_off(leadership.connection(), &sent).await?;
        }
        Ok(())
    }

    /// Sends records and returns those that arrived.
    async fn send(&self, parked: Vec<Parked>) -> Vec<i64> {
        let ids: Vec<i64> = parked.iter().map(|record| record.id).collect();
        let outgoing: Vec<Outgoing> = parked.into_iter().map(|record| record.outgoing(&self.topic)).collect();
        let answers = self.producer.send_all(&outgoing).await;
        let mut sent = Vec::with_capacity(ids.len());
        for (id, answer) in ids.into_iter().zip(answers) {
            match answer {
                Ok(()) => sent.push(id),
                Err(error) if error.is_too_large() => tracing::error!(
                    parked = id,
                    topic = self.topic,
                    "a parked record is larger than its topic takes: raise max.message.bytes of the topic"
                ),
                Err(error) => tracing::warn!(%error, parked = id, "a parked record waits"),
            }
        }
        sent
    }

    async fn pause(&self) {
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = self.bell.rung() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

impl Parked {
    fn outgoing(self, topic: &str) -> Outgoing {
        let mut headers: Vec<(String, Option<Vec<u8>>)> =
            self.header_names.into_iter().zip(self.header_values).collect();
        for (name, value) in [
            ("reason", self.reason),
            ("topic", self.topic),
            ("partition", self.partition.to_string()),
            ("offset", self.offset.to_string()),
        ] {
            headers.push((name.to_owned(), Some(value.into_bytes())));
        }
        Outgoing { topic: topic.to_owned(), key: self.key, value: self.value, headers }
    }
}

async fn next(conn: &mut PgConnection, after: i64) -> Result<Vec<Parked>, sqlx::Error> {
    sqlx::query_as(
        "SELECT parked_id AS id, topic, partition, \"offset\", key, value, header_names, header_values, reason
         FROM parked_records WHERE parked_id > $1 ORDER BY parked_id LIMIT $2",
    )
    .bind(after)
    .bind(BATCH)
    .fetch_all(conn)
    .await
}

async fn strike_off(conn: &mut PgConnection, sent: &[i64]) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM parked_records WHERE parked_id = ANY($1)")
        .bind(sent)
        .execute(conn)
        .await
        .map(drop)
}
