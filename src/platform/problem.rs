//! Errors as the outside sees them: RFC 9457 problem details with a stable code.

pub use axum::http::StatusCode;
use axum::{
    Json,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::db;

/// The prefix of every problem type; what follows it is the stable code.
pub const TYPE_PREFIX: &str = "https://gatehouse.io/problems/";

/// A problem detail (RFC 9457). `code` never changes once released; `detail` is safe to show.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: Option<String>,
    retry_after_seconds: Option<u64>,
    extra: Map<String, Value>,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(flatten)]
    extra: &'a Map<String, Value>,
}

impl Problem {
    /// A problem of the given status and code, for example `otp/code-wrong`.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self { status, code, title, detail: None, retry_after_seconds: None, extra: Map::new() }
    }

    /// `request/invalid` (400): the request is not what the interface describes.
    #[must_use]
    pub fn invalid_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "request/invalid", "The request is not valid").with_detail(detail)
    }

    /// `request/invalid` (400) with an entry in `errors` for each field: its name and what is expected of it.
    #[must_use]
    pub fn invalid_fields(fields: impl IntoIterator<Item = (impl Serialize, &'static str)>) -> Self {
        let errors: Vec<_> = fields
            .into_iter()
            .map(|(field, expected)| json!({"field": field, "expected": expected}))
            .collect();
        Self::invalid_request("fields are not as they must be: see errors").with("errors", errors)
    }

    /// `internal` (500): our fault; the cause is in the log, never in the answer.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side")
    }

    /// `unavailable` (503): a part this answer needs is away; trying again later may help.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The service cannot answer just now")
    }

    /// Logs what the database said, without values, and answers without a word of it.
    #[must_use]
    pub fn of_database(error: &sqlx::Error) -> Self {
        if db::is_transient(error) {
            tracing::warn!(error = %db::describe(error), "the database did not answer a request");
            return Self::unavailable();
        }
        tracing::error!(error = %db::describe(error), "the database refused a request");
        Self::internal()
    }

    /// `access/unauthorized` (401): there is no token, or it does not count; the answer does not say why.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "access/unauthorized", "A valid access token is needed")
    }

    /// `access/forbidden` (403): the caller may not do this.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "access/forbidden", "You may not do this")
    }

    /// `request/not-found` (404): there is no such thing, or the caller may not know of it.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "request/not-found", "There is nothing at this address")
    }

    /// `request/method-not-allowed` (405): the address takes another method.
    #[must_use]
    pub fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "request/method-not-allowed",
            "This address takes another method",
        )
    }

    /// Adds a sentence about this occurrence. It must hold no personal data and no secret.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds a member of its own to the body, for example `attempts_left`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }

    /// Sets `Retry-After` in seconds (RFC 9110, 10.2.3).
    #[must_use]
    pub fn with_retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Seconds for `Retry-After`, when there are any.
    #[must_use]
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after_seconds
    }

    /// The body as JSON text.
    #[must_use]
    pub fn body(&self) -> String {
        serde_json::to_string(&self.as_body()).unwrap_or_default()
    }

    fn as_body(&self) -> Body<'_> {
        Body {
            kind: format!("{TYPE_PREFIX}{}", self.code),
            title: self.title,
            status: self.status.as_u16(),
            detail: self.detail.as_deref(),
            extra: &self.extra,
        }
    }
}

/// The media type of a problem.
pub const CONTENT_TYPE: &str = "application/problem+json";

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.as_body())).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
        if self.code == "access/unauthorized" {
            // RFC 9110, 15.5.2 asks for a challenge.
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_carries_its_code_and_its_own_members() {
        let problem =
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "otp/code-wrong", "The code is not right")
                .with("attempts_left", 4);
        insta::assert_snapshot!(problem.body(), @r#"{"type":"https://gatehouse.io/problems/otp/code-wrong","title":"The code is not right","status":422,"attempts_left":4}"#);
    }

    #[test]
    fn a_problem_says_when_to_come_back() {
        let response = Problem::unavailable().with_retry_after(30).into_response();
        assert_eq!(response.headers()[header::RETRY_AFTER], "30");
        assert_eq!(response.headers()[header::CONTENT_TYPE], CONTENT_TYPE);
    }
}
