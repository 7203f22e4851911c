//! Lists in pages: a page says where the next one begins, in words that only we read.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};

use crate::platform::problem::Problem;

/// Items of a page when nobody says how many.
const USUAL: u32 = 50;
/// The most items of a page.
const MOST: u32 = 200;

/// Which page is asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// How many items at most, 1 to 200; 50 when absent.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// Some items of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// What to ask for as `after` to get the next page; null at the end.
    pub next: Option<String>,
}

impl PageQuery {
    /// How many items.
    pub fn limit(&self) -> Result<i64, Problem> {
        match self.limit.unwrap_or(USUAL) {
            limit @ 1..=MOST => Ok(i64::from(limit)),
            _ => Err(Problem::invalid_request(format!("limit: expected 1 to {MOST}"))),
        }
    }

    /// The place after which the page begins.
    pub fn after<Place: DeserializeOwned>(&self) -> Result<Option<Place>, Problem> {
        let Some(text) = &self.after else { return Ok(None) };
        let place = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
        let place = place.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        place.map(Some).ok_or_else(|| Problem::invalid_request("after: expected `next` of an earlier page"))
    }
}

impl<T> Page<T> {
    /// The page of these items, of which at most `limit` were asked for; `place` is where an item stands.
    pub fn of<Row, Place: Serialize>(
        rows: Vec<Row>,
        limit: i64,
        place: impl Fn(&Row) -> Place,
        show: impl Fn(Row) -> T,
    ) -> Self {
        let is_full = i64::try_from(rows.len()).is_ok_and(|count| count >= limit);
        let next = rows
            .last()
            .filter(|_| is_full)
            .map(|row| BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&place(row)).unwrap_or_default()));
        Self { items: rows.into_iter().map(show).collect(), next }
    }
}
