//! After the database was restored from a backup, the topics know more than the store: records with higher revisions,
//! and keys that the store has never heard of. Readers ignore a revision that is not above the one they have, so the
//! store has to go on above them, and has to take back what it can't stand for.

use std::{collections::HashMap, str};

use sqlx::{Connection as _, PgPool};

use super::{PublishingConfig, store};
use crate::{
    companies::COMPANIES_STREAM,
    directory::PEOPLE_STREAM,
    platform::{
        kafka::{self, KafkaConfig, ReadError, Record},
        leader::{Leadership, Right},
    },
};

/// Revisions that are left out. A deletion whose tombstone compaction has removed had a revision, too, which nobody can
/// look up; there are nowhere near so many between a backup and its restore.
const SKIPPED: i64 = 1_000_000_000;
/// Keys of one statement.
const BATCH: usize = 10_000;

/// What brings the store above the topics.
#[derive(Debug)]
pub struct AfterRestore<'a> {
    /// The restored store.
    pub pool: PgPool,
    /// Where the topics are.
    pub kafka: &'a KafkaConfig,
    /// Which they are.
    pub publishing: &'a PublishingConfig,
}

/// What was found in the topics.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Adopted {
    /// Records that were read.
    pub read: usize,
    /// The highest revision among them.
    pub highest: i64,
    /// Keys whose record is newer than the store. They are marked: the running service publishes them as they are
    /// now, those that the store does not have as deletions.
    pub newer: usize,
}

/// Why nothing was taken over.
#[derive(Debug, thiserror::Error)]
pub enum AfterRestoreError {
    /// A worker publishes meanwhile.
    #[error("a worker is publishing: stop all workers first, and start them afterwards")]
    Publishing,
    /// The topics could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The store could not be read or written.
    #[error("the database does not answer: {0}")]
    Database(#[from] sqlx::Error),
}

impl AfterRestore<'_> {
    /// Reads both topics to their ends and takes over what is newer there. Repeatable: what was taken over once is
    /// not newer any more. It holds a key and a number for each record in memory, some 100 bytes.
    ///
    /// # Errors
    /// While somebody publishes, and when Kafka or the database can't be reached; then nothing has changed.
    pub async fn adopt(&self) -> Result<Adopted, AfterRestoreError> {
        let right = Leadership::take(&self.pool, Right::Publish).await?;
        let mut right = right.ok_or(AfterRestoreError::Publishing)?;
        let mut adopted = Adopted::default();
        let mut held = Vec::new();
        for (stream, topic) in [
            (PEOPLE_STREAM, &self.publishing.users_topic),
            (COMPANIES_STREAM, &self.publishing.companies_topic),
        ] {
            let mut of_stream = HashMap::new();
            kafka::read_whole(self.kafka, topic, |record| {
                adopted.read += 1;
                if let Some((key, revision)) = key_and_revision(&record) {
                    adopted.highest = adopted.highest.max(revision);
                    let held: &mut i64 = of_stream.entry(key).or_default();
                    *held = revision.max(*held);
                }
            })
            .await?;
            held.push((stream, of_stream));
        }
        let mut tx = right.connection().begin().await?;
        for (stream, of_stream) in held {
            let (keys, revisions): (Vec<String>, Vec<i64>) = of_stream.into_iter().unzip();
            for (keys, revisions) in keys.chunks(BATCH).zip(revisions.chunks(BATCH)) {
                adopted.newer += store::adopt(&mut tx, stream, keys, revisions).await?;
            }
        }
        store::continue_above(&mut tx, adopted.highest, SKIPPED).await?;
        tx.commit().await?;
        right.release().await;
        Ok(adopted)
    }
}

/// None for what is not of ours: it has no number, and no reader takes it.
fn key_and_revision(record: &Record) -> Option<(String, i64)> {
    let key = str::from_utf8(record.key.as_deref()?).ok()?;
    Some((key.to_owned(), record.header("ce_sequence")?.parse().ok()?))
}
