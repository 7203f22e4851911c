//! The answers to signed calls, kept so that a repeated call is answered alike and has one effect.
//!
//! Insert first: [`claim`] writes the id of the call at the start of the transaction of its effect
//! and [`keep`] adds the answer at its end. A repetition that arrives meanwhile waits at the primary
//! key until the first has committed, and then reads its answer; when the first rolled back, the
//! repetition becomes the first. Nothing is kept of a call that failed for a reason of ours.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use sqlx::{PgConnection, PgPool};

use super::SignedRequest;
use crate::platform::problem::{self, Problem};

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

/// What [`claim`] found.
#[derive(Debug)]
pub enum Claim {
    /// This call is new, and ours to carry out.
    New,
    /// It was carried out before; this was the answer.
    Answered(Answer),
    /// Its id belongs to another call.
    Reused,
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

/// Writes the id of a call, or says what became of the call that wrote it before.
pub async fn claim(connection: &mut PgConnection, request: &SignedRequest) -> sqlx::Result<Claim> {
    let claimed = sqlx::query(
        "INSERT INTO webhook_requests (webhook_id, fingerprint) VALUES ($1, $2)
         ON CONFLICT ON CONSTRAINT webhook_requests_pkey DO NOTHING",
    )
    .bind(&request.id)
    .bind(request.fingerprint.as_slice())
    .execute(&mut *connection)
    .await?;
    if claimed.rows_affected() == 1 {
        return Ok(Claim::New);
    }
    let kept: Option<(Vec<u8>, i16, String, Option<i64>)> = sqlx::query_as(
        "SELECT fingerprint, status, body, retry_after_seconds FROM webhook_requests
         WHERE webhook_id = $1 AND status IS NOT NULL",
    )
    .bind(&request.id)
    .fetch_optional(connection)
    .await?;
    let Some((fingerprint, status, body, retry_after)) = kept else {
        // Cleaned away between the two statements: the id is far older than any honest repetition.
        return Ok(Claim::Reused);
    };
    if fingerprint != request.fingerprint {
        return Ok(Claim::Reused);
    }
    Ok(Claim::Answered(Answer {
        status: u16::try_from(status)
            .ok()
            .and_then(|status| StatusCode::from_u16(status).ok())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        body,
        retry_after_seconds: retry_after.and_then(|seconds| seconds.try_into().ok()),
    }))
}

/// Keeps the answer of a claimed call, in the transaction of its effect.
pub async fn keep(connection: &mut PgConnection, id: &str, answer: &Answer) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE webhook_requests SET status = $2, body = $3, retry_after_seconds = $4
         WHERE webhook_id = $1",
    )
    .bind(id)
    .bind(i16::try_from(answer.status.as_u16()).unwrap_or(i16::MAX))
    .bind(&answer.body)
    .bind(answer.retry_after_seconds.and_then(|seconds| i64::try_from(seconds).ok()))
    .execute(connection)
    .await
    .map(drop)
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
