//! Parts of a request, whose refusals are problems like any other.

use axum::{
    Json,
    extract::{
        FromRequest, FromRequestParts, Path, Query,
        rejection::{JsonRejection, PathRejection, QueryRejection},
    },
};

use crate::platform::problem::Problem;

/// A body of JSON.
#[derive(Debug, Clone, FromRequest)]
#[from_request(via(Json), rejection(Problem))]
pub struct JsonBody<T>(pub T);

/// Ids in the path; what is no id names nothing.
#[derive(Debug, Clone, FromRequestParts)]
#[from_request(via(Path), rejection(Problem))]
pub struct PathIds<T>(pub T);

/// Fields of the query.
#[derive(Debug, Clone, FromRequestParts)]
#[from_request(via(Query), rejection(Problem))]
pub struct QueryFields<T>(pub T);

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        match rejection {
            JsonRejection::MissingJsonContentType(_) => {
                Self::invalid_request("the body: expected Content-Type application/json")
            }
            JsonRejection::BytesRejection(_) => Self::invalid_request("the body: expected a shorter one"),
            // It says which field, and what is expected there.
            other => Self::invalid_request(other.body_text()),
        }
    }
}

impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Self {
        Self::not_found()
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::invalid_request(rejection.body_text())
    }
}
