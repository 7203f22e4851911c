//! Two editors never overwrite each other: what is read carries an `ETag`, and what is written says which
//! one it began from (RFC 9110, 13.1.1).

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};

use crate::platform::problem::Problem;

/// An answer with the `ETag` of its version.
#[derive(Debug, Clone)]
pub struct Versioned<T> {
    /// The version, a number that grows.
    pub version: i64,
    /// The answer.
    pub answer: T,
}

impl<T: IntoResponse> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let mut response = self.answer.into_response();
        if let Ok(tag) = HeaderValue::try_from(format!("\"{}\"", self.version)) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// The version that an editor began from; a request without one is refused with 428.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl IfMatch {
    /// Goes on only if the version is still `current`.
    ///
    /// # Errors
    /// 412 `request/changed` with the present version.
    pub fn require(self, current: i64) -> Result<(), Problem> {
        if self.0 == current { Ok(()) } else { Err(changed(current)) }
    }
}

/// 412 `request/changed`: somebody else has saved meanwhile.
#[must_use]
pub fn changed(current: i64) -> Problem {
    Problem::new(StatusCode::PRECONDITION_FAILED, "request/changed", "Somebody else has saved meanwhile")
        .with("current_version", current)
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(tag) = parts.headers.get(header::IF_MATCH) else {
            return Err(Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "request/if-match-required",
                "Say which version you have changed: If-Match with the ETag of the last answer",
            ));
        };
        let version = tag.to_str().ok().and_then(|tag| tag.trim().trim_matches('"').parse().ok());
        version.map(Self).ok_or_else(|| Problem::invalid_request("If-Match: expected the ETag of an answer"))
    }
}
