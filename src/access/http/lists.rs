//! Sees that a system has got a list, whatever route it came from: none can be forgotten.

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use serde::{Deserialize, de::IgnoredAny};
use uuid::Uuid;

use crate::{
    access::{Access, Caller, reads::ListRead},
    platform::problem::Problem,
};

/// The longest answer that is counted, in bytes: far more than a page of 200 entries.
const LONGEST: usize = 8 * 1024 * 1024;

/// An answer that is a list: a page of one, or all of it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Listed {
    Page { items: Vec<IgnoredAny> },
    Whole(Vec<IgnoredAny>),
}

/// Where the list is, for who reads the trail.
pub(super) struct Place {
    pub list: String,
    pub company_id: Option<Uuid>,
}

/// The answer, once it is noted that this system gets it. What cannot be noted is not sent.
pub(super) async fn noted(
    access: &Access,
    caller: &Caller,
    place: &Place,
    response: Response,
) -> Result<Response, Problem> {
    if response.status() != StatusCode::OK {
        return Ok(response);
    }
    let (response, entries) = match media_type(response.headers()) {
        Some("application/jsonl") => (response, Some(None)),
        Some("application/json") => {
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, LONGEST).await.map_err(|_| Problem::internal())?;
            let entries = count(&body).map(Some);
            (Response::from_parts(parts, Body::from(body)), entries)
        }
        _ => return Ok(response),
    };
    if let Some(entries) = entries {
        let read = ListRead { list: &place.list, company_id: place.company_id, entries };
        access.note_list(caller, read).await.map_err(|error| Problem::of_database(&error))?;
    }
    Ok(response)
}

fn media_type(headers: &HeaderMap) -> Option<&str> {
    let written = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    written.split(';').next().map(str::trim)
}

fn count(body: &Bytes) -> Option<i64> {
    let items = match serde_json::from_slice(body).ok()? {
        Listed::Page { items } | Listed::Whole(items) => items,
    };
    i64::try_from(items.len()).ok()
}
