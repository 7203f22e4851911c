//! The statements that find by name: every word that is asked for begins a word of the name.
//!
//! The index reads, for the beginning of a word, every name that has such a word: for `Siti` an eighth of a million. So
//! a word that many bear is not looked up where a rarer one leads there: what the rare ones lead to is compared with it.
//! Where all are common, the next page is not far: names are read in the order of the list until it is full. Which
//! words are common is what PostgreSQL's own statistics of the index know; while it has none, all are looked up.
//! `docs/decisions/0033-searching-by-name.md` says what that costs.

use std::collections::BTreeSet;

use sqlx::{FromRow, PgConnection, postgres::PgRow};

use crate::platform::masked::Masked;

/// Up to this share of all names, a word is rare: looking it up reads a thousand of a million.
const RARE: f64 = 0.001;
/// The beginning of a rare word has at least so many bytes: what is shorter begins many words, however rare each is.
const RARE_BYTES: usize = 3;
/// So many names are read in order for each that a page has room for, before the index is asked after all.
const PATIENCE: i32 = 200;

/// Where names are found.
pub(super) struct Named {
    index: &'static str,
    /// What matches ($1) among the next names ($4) after a place ($2), so many at most ($3).
    in_order: &'static str,
    /// What matches ($1) among those that the index leads to ($4), after a place ($2), so many at most ($3).
    looked_up: &'static str,
}

macro_rules! named {
    ($table:literal, $index:literal, $name:literal, $id:literal, $after:literal, $columns:literal) => {
        Named {
            index: $index,
            in_order: concat!(
                "SELECT ",
                $columns,
                " FROM (
                     SELECT * FROM ",
                $table,
                " WHERE ",
                $id,
                " > ",
                $after,
                " ORDER BY ",
                $id,
                " LIMIT $4) AS next
                 WHERE deleted_at IS NULL AND to_tsvector('simple', ",
                $name,
                ") @@ to_tsquery('simple', $1)
                 ORDER BY ",
                $id,
                " LIMIT $3"
            ),
            // Materialised, or the index would be asked for $1 too.
            looked_up: concat!(
                "WITH found AS MATERIALIZED (
                     SELECT * FROM ",
                $table,
                "
                     WHERE to_tsvector('simple', ",
                $name,
                ") @@ to_tsquery('simple', $4) AND ",
                $id,
                " > ",
                $after,
                ")
                 SELECT ",
                $columns,
                " FROM found
                 WHERE deleted_at IS NULL AND to_tsvector('simple', ",
                $name,
                ") @@ to_tsquery('simple', $1)
                 ORDER BY ",
                $id,
                " LIMIT $3"
            ),
        }
    };
}

pub(super) const PEOPLE: Named = named!(
    "people",
    "people_name_idx",
    "coalesce(first_name, '') || ' ' || coalesce(last_name, '')",
    "user_id",
    "$2",
    "user_id, first_name, last_name, email, enabled"
);

pub(super) const COMPANIES: Named = named!(
    "companies",
    "companies_name_idx",
    "name",
    "company_id",
    "$2::uuid",
    "company_id, name, CASE WHEN suspended_at IS NULL THEN status ELSE 'suspended' END AS status"
);

/// Those whose names have a word that begins so for each of the words, by id, after an id.
pub(super) async fn find<Row>(
    conn: &mut PgConnection,
    named: &Named,
    words: &Masked<Vec<String>>,
    after: &str,
    limit: i64,
) -> Result<Vec<Row>, sqlx::Error>
where
    Row: for<'row> FromRow<'row, PgRow> + Send + Unpin,
{
    let words = words.expose();
    let all = begins(words);
    let shares = shares(conn, named, words).await?;
    let is_rare = |(word, share): &(&String, &f64)| **share <= RARE && word.len() >= RARE_BYTES;
    let rare = begins(words.iter().zip(&shares).filter(is_rare).map(|(word, _)| word));
    if rare.is_empty() && shares.iter().product::<f64>() * f64::from(PATIENCE) >= 2.0 {
        let within = limit * i64::from(PATIENCE);
        let query = sqlx::query_as(named.in_order).bind(&all).bind(after).bind(limit).bind(within);
        let page: Vec<Row> = query.fetch_all(&mut *conn).await?;
        if i64::try_from(page.len()).is_ok_and(|found| found >= limit) {
            return Ok(page);
        }
    }
    let looked_up = if rare.is_empty() { &all } else { &rare };
    let query = sqlx::query_as(named.looked_up).bind(&all).bind(after).bind(limit).bind(looked_up);
    // Planned for these words: a plan for any words starts workers in parallel, which takes longer than the search.
    query.persistent(false).fetch_all(conn).await
}

/// What the text search reads as: a word that begins so, for each.
fn begins<'words>(words: impl IntoIterator<Item = &'words String>) -> String {
    words.into_iter().map(|word| begin(word)).collect::<Vec<_>>().join(" & ")
}

/// A word as it may be written: where the database's character classes are those of `C`, the text search knows the
/// capitals of ASCII alone.
fn begin(word: &str) -> String {
    if word.is_ascii() {
        return format!("{word}:*");
    }
    let lower = word.to_lowercase();
    let mut rest = lower.chars();
    let title = rest.next().into_iter().flat_map(char::to_uppercase).chain(rest).collect();
    let ways = BTreeSet::from([word.to_uppercase(), title, lower]);
    let ways: Vec<String> = ways.into_iter().map(|way| format!("{way}:*")).collect();
    format!("({})", ways.join(" | "))
}

/// In which share of all names each of these begins a word that is common.
async fn shares(conn: &mut PgConnection, named: &Named, words: &[String]) -> Result<Vec<f64>, sqlx::Error> {
    let common: Option<(Vec<String>, Vec<f32>)> = sqlx::query_as(
        "SELECT lower(most_common_elems::text)::text[], most_common_elem_freqs FROM pg_stats
         WHERE schemaname = current_schema() AND tablename = $1 AND most_common_elems IS NOT NULL",
    )
    .bind(named.index)
    .fetch_optional(conn)
    .await?;
    let (common, shares) = common.unwrap_or_default();
    let share = |word: &String| {
        let word = word.to_lowercase();
        let begun = common.iter().zip(&shares).filter(|(common, _)| common.starts_with(&word));
        begun.map(|(_, share)| f64::from(*share)).sum()
    };
    Ok(words.iter().map(share).collect())
}
