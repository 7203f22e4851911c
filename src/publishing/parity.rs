//! What was published, summed up so that a reader can prove that it holds the same.
//!
//! Keys fall into 256 ranges by the first byte of the SHA-256 of their UTF-8, whatever they look like. The hash of a range
//! is the SHA-256 of its living records as lines `key:revision\\n` in the order of the keys' bytes. Both are a few lines
//! in any language; `docs/examples/billing_consumer.py` has them in Python.

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use sqlx::{FromRow, PgPool};
use utoipa::ToSchema;

use super::store;
use crate::{
    access::{Caller, Denied, Permission, Target},
    companies::COMPANIES_STREAM,
    directory::PEOPLE_STREAM,
    platform::changed_keys,
};

/// The topic that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `gatehouse.users.v1`.
    Users,
    /// `gatehouse.companies.v1`.
    Companies,
}

impl Kind {
    /// `users` or `companies`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "users" => Some(Self::Users),
            "companies" => Some(Self::Companies),
            _ => None,
        }
    }

    fn stream(self) -> &'static str {
        match self {
            Self::Users => PEOPLE_STREAM,
            Self::Companies => COMPANIES_STREAM,
        }
    }
}

/// The sum of one range.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RangeSum {
    /// 0 to 255.
    pub key_range: i16,
    /// How many living records.
    pub count: i64,
    /// The greatest of their revisions.
    pub revision: i64,
    /// Hexadecimal.
    pub hash: String,
}

/// A key with the revision that was published last.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, ToSchema)]
pub struct KeyRevision {
    /// The record's key.
    pub key: String,
    /// Its revision.
    pub revision: i64,
}

/// All that was published to a topic, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums {
    /// Keys of both topics that changed and are not published yet: a reader that is whole may lack as many.
    pub waiting: i64,
    /// The ranges that have records.
    pub ranges: Vec<RangeSum>,
}

/// The range of a key.
#[must_use]
pub fn range_of(key: &str) -> u8 {
    Sha256::digest(key)[0]
}

/// Answers what was published.
#[derive(Clone)]
pub struct Parity {
    /// Where it is noted.
    pub pool: PgPool,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ParityError {
    /// Only who may read all records may compare them.
    #[error("denied")]
    Denied(#[from] Denied),
    /// The database is away.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl Parity {
    /// The sums of a topic.
    pub async fn sums(&self, caller: &Caller, kind: Kind) -> Result<Sums, ParityError> {
        caller.require(Permission::RecordsView, Target::System)?;
        let mut tx = self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let (waiting, _) = changed_keys::waiting(&mut tx).await?;
        let ranges = store::range_sums(&mut tx, kind.stream()).await?;
        tx.commit().await?;
        Ok(Sums { waiting, ranges })
    }

    /// The keys of a range, at most `limit` after `after`: where two differ.
    pub async fn keys(
        &self,
        caller: &Caller,
        kind: Kind,
        range: u8,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<KeyRevision>, ParityError> {
        caller.require(Permission::RecordsView, Target::System)?;
        let mut conn = self.pool.acquire().await?;
        Ok(store::keys_of_range(&mut conn, kind.stream(), range, after, limit).await?)
    }
}
