//! `/parity`: what a reader of the topics compares itself with.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::parity::{KeyRevision, Kind, Parity, ParityError};
use crate::{
    access::{
        Caller, Permission,
        http::{Gatekeeper, Guard, Routes},
    },
    platform::{
        http::{
            extract::{PathIds, QueryFields},
            paging::{Page, PageQuery},
        },
        problem::Problem,
    },
};

/// `/parity/{topic}` and `/parity/{topic}/{range}`.
#[must_use]
pub fn router(keeper: Gatekeeper, parity: Parity) -> Routes {
    let guard = Guard::System(Permission::RecordsView);
    Routes::new(keeper).at(guard, routes!(sums), parity.clone()).at(guard, routes!(keys), parity)
}

impl From<ParityError> for Problem {
    fn from(error: ParityError) -> Self {
        match error {
            ParityError::Denied(denied) => denied.into(),
            ParityError::Database(error) => Self::of_database(&error),
        }
    }
}

/// The sums of a topic.
#[derive(Debug, Serialize, ToSchema)]
struct SumsShown {
    /// Keys of both topics that changed and are not published yet.
    waiting: i64,
    /// The ranges that have records.
    ranges: Vec<RangeShown>,
}

/// The sum of one range.
#[derive(Debug, Serialize, ToSchema)]
struct RangeShown {
    /// `00` to `ff`: the first byte of the SHA-256 of each of its keys.
    range: String,
    /// How many living records.
    count: i64,
    /// The greatest of their revisions.
    revision: i64,
    /// The SHA-256 of the lines `key:revision\\n`, in the order of the keys' bytes.
    hash: String,
}

fn kind(topic: &str) -> Result<Kind, Problem> {
    Kind::named(topic).ok_or_else(|| Problem::invalid_request("topic: expected users or companies"))
}

/// Count and hash of every range of a topic's keys: whoever computes the same has everything.
#[utoipa::path(
    get, path = "/parity/{topic}", operation_id = "getParity", tag = "parity",
    params(("topic" = String, Path, description = "`users` or `companies`")),
    responses((status = 200, body = SumsShown), (status = 400), (status = 401), (status = 403)),
)]
async fn sums(
    State(parity): State<Parity>,
    caller: Caller,
    PathIds(topic): PathIds<String>,
) -> Result<Json<SumsShown>, Problem> {
    let sums = parity.sums(&caller, kind(&topic)?).await?;
    let ranges = sums.ranges.into_iter().map(|sum| RangeShown {
        range: format!("{:02x}", sum.key_range),
        count: sum.count,
        revision: sum.revision,
        hash: sum.hash,
    });
    Ok(Json(SumsShown { waiting: sums.waiting, ranges: ranges.collect() }))
}

/// The keys of a range with their revisions, to find the one that differs.
#[utoipa::path(
    get, path = "/parity/{topic}/{range}", operation_id = "listParityKeys", tag = "parity",
    params(
        ("topic" = String, Path, description = "`users` or `companies`"),
        ("range" = String, Path, description = "`00` to `ff`"),
        PageQuery
    ),
    responses((status = 200, body = Page<KeyRevision>), (status = 400), (status = 401), (status = 403)),
)]
async fn keys(
    State(parity): State<Parity>,
    caller: Caller,
    PathIds((topic, range)): PathIds<(String, String)>,
    QueryFields(query): QueryFields<PageQuery>,
) -> Result<Json<Page<KeyRevision>>, Problem> {
    let bits = u8::from_str_radix(&range, 16).ok().filter(|bits| format!("{bits:02x}") == range);
    let bits = bits.ok_or_else(|| Problem::invalid_request("range: expected 00 to ff"))?;
    let (limit, after) = (query.limit()?, query.after::<String>()?);
    let rows = parity.keys(&caller, kind(&topic)?, bits, after.as_deref(), limit).await?;
    Ok(Json(Page::of(rows, limit, |row| row.key.clone(), |row| row)))
}
