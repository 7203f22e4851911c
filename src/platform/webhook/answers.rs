//! The answers to signed calls, kept so that a repeated call is answered alike and has one effect.
//!
//! Keep last: [`keep`] writes the id of a call and its answer in the transaction of its effect, after the effect. So
//! a call costs one row that is written once. A repetition does the same again, comes to the id at the end, where it
//! waits until the first has committed, undoes what it did and gives what was [`given`]; when the first rolled back,
//! the repetition becomes the first. A statement with an effect may keep the answer itself, by [`Keeping`]. Nothing
//! is kept of a call that failed for a reason of ours.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use sqlx::{PgConnection, PgPool};

use super::SignedRequest;
use crate::platform::{
    db,
    problem::{self, Problem},
};

/// The constraint that an answer runs into whose call was answered before.
const ONCE: &str = "webhook_requests_pkey";

/// An answer as it is sent, kept and sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// JSON text.
    pub body: String,
    /// Seconds for `Retry-After`.
    pub retry_after_seconds: Option<u64>,
}

/// A call with the answer that is to be kept of it.
#[derive(Debug, Clone, Copy)]
pub struct Keeping<'a> {
    /// The call.
    pub request: &'a SignedRequest,
    /// Its answer.
    pub answer: &'a Answer,
}

impl Keeping<'_> {
    /// The status as its column holds it.
    #[must_use]
    pub fn status(&self) -> i16 {
        i16::try_from(self.answer.status.as_u16()).unwrap_or(i16::MAX)
    }
}

impl Answer {
    /// A JSON answer.
    #[must_use]
    pub fn json(status: StatusCode, body: &impl Serialize) -> Self {
        match serde_json::to_string(body) {
            Ok(body) => Self { status, body, retry_after_seconds: None },
            Err(_) => Problem::internal().into(),
        }
    }

    /// The answer to a call whose id belongs to another one.
    #[must_use]
    pub fn id_reused() -> Self {
        Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "webhook/id-reused",
            "This webhook-id was used for another call",
        )
        .into()
    }
}

impl From<Problem> for Answer {
    fn from(problem: Problem) -> Self {
        Self {
            status: problem.status(),
            body: problem.body(),
            retry_after_seconds: problem.retry_after_seconds(),
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let failed = self.status.is_client_error() || self.status.is_server_error();
        let kind = if failed { problem::CONTENT_TYPE } else { "application/json" };
        let mut response = (self.status, [(header::CONTENT_TYPE, HeaderValue::from_static(kind))], self.body)
            .into_response();
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Keeps the answer of a call, last in the transaction of its effect. Says whether the call is new; when it is not,
/// the caller undoes the transaction and gives what was [`given`].
pub async fn keep(connection: &mut PgConnection, keeping: &Keeping<'_>) -> sqlx::Result<bool> {
    sqlx::query(
        "INSERT INTO webhook_requests (webhook_id, fingerprint, status, body, retry_after_seconds)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT ON CONSTRAINT webhook_requests_pkey DO NOTHING",
    )
    .bind(&keeping.request.id)
    .bind(keeping.request.fingerprint.as_slice())
    .bind(keeping.status())
    .bind(&keeping.answer.body)
    .bind(retry_after(keeping.answer))
    .execute(connection)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Whether a statement that keeps an answer did nothing, because its call was answered before.
#[must_use]
pub fn is_known(error: &sqlx::Error) -> bool {
    db::violated_constraint(error) == Some(ONCE)
}

/// What is answered to a call whose id was kept before: the same as then, or that the id belongs to another call.
pub async fn given(connection: &mut PgConnection, request: &SignedRequest) -> sqlx::Result<Answer> {
    let kept: Option<(Vec<u8>, i16, String, Option<i64>)> = sqlx::query_as(
        "SELECT fingerprint, status, body, retry_after_seconds FROM webhook_requests
         WHERE webhook_id = $1 AND status IS NOT NULL",
    )
    .bind(&request.id)
    .fetch_optional(connection)
    .await?;
    let Some((fingerprint, status, body, retry_after)) = kept else {
        // Cleaned away between the two statements: the id is far older than any honest repetition.
        return Ok(Answer::id_reused());
    };
    if fingerprint != request.fingerprint {
        return Ok(Answer::id_reused());
    }
    Ok(Answer {
        status: u16::try_from(status)
            .ok()
            .and_then(|status| StatusCode::from_u16(status).ok())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        body,
        retry_after_seconds: retry_after.and_then(|seconds| seconds.try_into().ok()),
    })
}

/// Puts another answer in the place of the one that was kept.
pub async fn correct(connection: &mut PgConnection, keeping: &Keeping<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE webhook_requests SET status = $2, body = $3, retry_after_seconds = $4
         WHERE webhook_id = $1",
    )
    .bind(&keeping.request.id)
    .bind(keeping.status())
    .bind(&keeping.answer.body)
    .bind(retry_after(keeping.answer))
    .execute(connection)
    .await
    .map(drop)
}

fn retry_after(answer: &Answer) -> Option<i64> {
    answer.retry_after_seconds.and_then(|seconds| i64::try_from(seconds).ok())
}

/// Deletes up to `at_most` answers that are older than any honest repetition (ten minutes; a caller
/// gives up after seconds) and says how many went.
pub async fn forget_old(pool: &PgPool, at_most: i64) -> sqlx::Result<u64> {
    sqlx::query(
        "DELETE FROM webhook_requests WHERE webhook_id IN (
             SELECT webhook_id FROM webhook_requests
             WHERE received_at < now() - interval '10 minutes'
             ORDER BY received_at LIMIT $1 FOR UPDATE SKIP LOCKED)",
    )
    .bind(at_most)
    .execute(pool)
    .await
    .map(|done| done.rows_affected())
}
