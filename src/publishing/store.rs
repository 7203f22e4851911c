//! The statements of publishing.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};

use super::parity::{KeyRevision, RangeSum, range_of};
use crate::{
    companies::{self, COMPANIES_STREAM, CompanyId},
    directory::{self, PEOPLE_STREAM},
    platform::changed_keys,
};

/// What was published last under a key.
#[derive(Debug, Clone, FromRow)]
pub struct Published {
    pub key: String,
    pub content_hash: Option<Vec<u8>>,
}

/// What was acknowledged by Kafka.
#[derive(Debug, Clone)]
pub struct Acknowledged {
    pub stream: String,
    pub key: String,
    pub revision: i64,
    pub content_hash: Vec<u8>,
    pub is_tombstone: bool,
}

/// What was published last under these keys of a stream.
pub async fn published(
    conn: &mut PgConnection,
    stream: &str,
    keys: &[String],
) -> Result<HashMap<String, Published>, sqlx::Error> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Published> =
        sqlx::query_as("SELECT key, content_hash FROM published_records WHERE stream = $1 AND key = ANY($2)")
            .bind(stream)
            .bind(keys)
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|row| (row.key.clone(), row)).collect())
}

/// As many new revisions, growing, with the time of the database.
pub async fn revisions(
    conn: &mut PgConnection,
    count: usize,
) -> Result<(Vec<i64>, DateTime<Utc>), sqlx::Error> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let mut revisions: Vec<i64> =
        sqlx::query_scalar("SELECT nextval('record_revisions') FROM generate_series(1, $1)")
            .bind(count)
            .fetch_all(&mut *conn)
            .await?;
    revisions.sort_unstable();
    let now = sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(conn).await?;
    Ok((revisions, now))
}

/// Notes what was acknowledged.
pub async fn note_published(conn: &mut PgConnection, done: &[Acknowledged]) -> Result<(), sqlx::Error> {
    let streams: Vec<&str> = done.iter().map(|record| record.stream.as_str()).collect();
    let keys: Vec<&str> = done.iter().map(|record| record.key.as_str()).collect();
    let revisions: Vec<i64> = done.iter().map(|record| record.revision).collect();
    let hashes: Vec<&[u8]> = done.iter().map(|record| record.content_hash.as_slice()).collect();
    let tombstones: Vec<bool> = done.iter().map(|record| record.is_tombstone).collect();
    let ranges: Vec<i16> = done.iter().map(|record| i16::from(range_of(&record.key))).collect();
    sqlx::query(
        "INSERT INTO published_records (stream, key, revision, content_hash, is_tombstone, key_range)
         SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bytea[], $5::boolean[], $6::smallint[])
         ON CONFLICT ON CONSTRAINT published_records_pkey DO UPDATE SET
             revision = excluded.revision, content_hash = excluded.content_hash,
             is_tombstone = excluded.is_tombstone, published_at = now()",
    )
    .bind(streams)
    .bind(keys)
    .bind(revisions)
    .bind(hashes)
    .bind(tombstones)
    .bind(ranges)
    .execute(conn)
    .await
    .map(drop)
}

/// Asks for every record that was published within the last `seconds` to be sent again.
pub async fn doubt_recent_in_tx(conn: &mut PgConnection, seconds: f64) -> Result<usize, sqlx::Error> {
    let doubted: Vec<(String, String)> = sqlx::query_as(
        "UPDATE published_records SET content_hash = NULL
         WHERE published_at > now() - make_interval(secs => $1) RETURNING stream, key",
    )
    .bind(seconds)
    .fetch_all(&mut *conn)
    .await?;
    let known = [PEOPLE_STREAM, COMPANIES_STREAM];
    let marks = doubted
        .iter()
        .filter_map(|(stream, key)| known.iter().find(|known| *known == stream).map(|stream| (*stream, key)));
    changed_keys::mark(conn, marks).await?;
    Ok(doubted.len())
}

/// Takes over that readers have records with these revisions, where they are above what the store knows of. Those
/// records are to be sent again: as they are now, or as deletions. Returns how many they are.
pub(super) async fn adopt(
    conn: &mut PgConnection,
    stream: &'static str,
    keys: &[String],
    revisions: &[i64],
) -> Result<usize, sqlx::Error> {
    let ranges: Vec<i16> = keys.iter().map(|key| i16::from(range_of(key))).collect();
    let adopted: Vec<String> = sqlx::query_scalar(
        "INSERT INTO published_records (stream, key, revision, content_hash, is_tombstone, key_range)
         SELECT $1, key, revision, NULL, false, key_range
         FROM unnest($2::text[], $3::bigint[], $4::smallint[]) AS held (key, revision, key_range)
         ON CONFLICT ON CONSTRAINT published_records_pkey DO UPDATE SET
             revision = excluded.revision, content_hash = NULL
         WHERE published_records.revision < excluded.revision RETURNING key",
    )
    .bind(stream)
    .bind(keys)
    .bind(revisions)
    .bind(ranges)
    .fetch_all(&mut *conn)
    .await?;
    let count = adopted.len();
    changed_keys::mark(conn, adopted.into_iter().map(|key| (stream, key))).await?;
    Ok(count)
}

/// Lets the next revision be above this one by more than `skipped`. It stays so even if the transaction is rolled back.
pub(super) async fn continue_above(
    conn: &mut PgConnection,
    revision: i64,
    skipped: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT setval('record_revisions', greatest(last_value, $1) + $2) FROM record_revisions")
        .bind(revision)
        .bind(skipped)
        .execute(conn)
        .await
        .map(drop)
}

/// Asks for every record to be sent again, changed or not. Returns how many keys that are.
pub async fn mark_everything_in_tx(conn: &mut PgConnection) -> Result<usize, sqlx::Error> {
    sqlx::query("UPDATE published_records SET content_hash = NULL").execute(&mut *conn).await?;
    let people = directory::mark_all_people_in_tx(conn).await?;
    Ok(people + companies::mark_all_in_tx(conn).await?)
}

/// Asks for the records of these keys to be sent again, changed or not; deletions too. Returns how many there are.
pub async fn mark_keys_in_tx(conn: &mut PgConnection, keys: &[String]) -> Result<usize, sqlx::Error> {
    sqlx::query("UPDATE published_records SET content_hash = NULL WHERE key = ANY($1)")
        .bind(keys)
        .execute(&mut *conn)
        .await?;
    let people = directory::people_by_id(conn, keys).await?;
    let ids: Vec<CompanyId> = keys.iter().filter_map(|key| key.parse().ok()).collect();
    let companies = companies::companies_by_id(conn, &ids).await?;
    let people = people.into_iter().map(|person| (PEOPLE_STREAM, person.user_id));
    let companies = companies.into_iter().map(|company| (COMPANIES_STREAM, company.company_id.to_string()));
    let marks: Vec<_> = people.chain(companies).collect();
    let count = marks.len();
    changed_keys::mark(conn, marks).await?;
    Ok(count)
}

/// Count, latest revision and hash of the living records of a stream, by range.
pub(super) async fn range_sums(conn: &mut PgConnection, stream: &str) -> Result<Vec<RangeSum>, sqlx::Error> {
    sqlx::query_as(
        "SELECT key_range, count(*) AS count, max(revision) AS revision,
                encode(sha256(convert_to(
                    string_agg(key || ':' || revision || E'\\n', '' ORDER BY key COLLATE \"C\"), 'UTF8')), 'hex') AS hash
         FROM published_records WHERE stream = $1 AND NOT is_tombstone GROUP BY key_range ORDER BY key_range",
    )
    .bind(stream)
    .fetch_all(conn)
    .await
}

/// The living records of a range, in the order of their keys' bytes.
pub(super) async fn keys_of_range(
    conn: &mut PgConnection,
    stream: &str,
    range: u8,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<KeyRevision>, sqlx::Error> {
    sqlx::query_as(
        "SELECT key, revision FROM published_records
         WHERE stream = $1 AND key_range = $2 AND NOT is_tombstone AND key COLLATE \"C\" > coalesce($3, '')
         ORDER BY key COLLATE \"C\" LIMIT $4",
    )
    .bind(stream)
    .bind(i16::from(range))
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}
