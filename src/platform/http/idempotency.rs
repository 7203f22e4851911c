//! A request that is sent twice does its work once: the answer is kept by caller and `Idempotency-Key`
//! (draft-ietf-httpapi-idempotency-key-header).

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};
use sqlx::{FromRow, PgConnection, PgPool};

use super::MAX_BODY;
use crate::platform::{db, jobs::Forgetting, problem::Problem};

/// The header.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The longest key, in bytes.
const MAX_KEY: usize = 128;
/// The longest answer that is kept, in bytes.
const MAX_ANSWER: usize = 1024 * 1024;
/// How long an answer is given again.
const KEPT: TimeDelta = TimeDelta::hours(24);
/// After which time a request whose process died may be tried again.
const ABANDONED: TimeDelta = TimeDelta::seconds(30);

/// An answer that must not be kept, because it shows a secret once: sent again, the request is refused.
#[derive(Debug, Clone, Copy)]
pub struct ShownOnce;

#[derive(FromRow)]
struct Kept {
    fingerprint: Vec<u8>,
    status: Option<i32>,
    content_type: Option<String>,
    etag: Option<String>,
    location: Option<String>,
    body: Option<Vec<u8>>,
}

/// Carries the request out once for each key of the caller; a request without a key is carried out.
pub async fn once(pool: &PgPool, now: DateTime<Utc>, caller: &str, request: Request, next: Next) -> Response {
    match attempt(pool, now, caller, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn attempt(
    pool: &PgPool,
    now: DateTime<Utc>,
    caller: &str,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let Some(key) = key_of(&request)? else { return Ok(next.run(request).await) };
    let (parts, body) = request.into_parts();
    let body =
        to_bytes(body, MAX_BODY).await.map_err(|_| Problem::invalid_request("the body is too long"))?;
    let fingerprint = fingerprint(&parts.method, parts.uri.path(), &body);
    if !claim(pool, caller, &key, &fingerprint, now).await.map_err(failed)? {
        return answered(pool, caller, &key, &fingerprint).await;
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    keep(pool, caller, &key, response).await
}

/// Only requests that make something need a key: the others may be repeated by themselves.
fn key_of(request: &Request) -> Result<Option<String>, Problem> {
    let Some(key) = request.headers().get(IDEMPOTENCY_KEY).filter(|_| request.method() == Method::POST)
    else {
        return Ok(None);
    };
    match key.to_str() {
        Ok(key) if (1..=MAX_KEY).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(Problem::invalid_request(format!("Idempotency-Key: expected 1 to {MAX_KEY} characters"))),
    }
}

fn fingerprint(method: &Method, path: &str, body: &Bytes) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in [method.as_str().as_bytes(), path.as_bytes(), body] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

/// Takes the key; false when somebody has it. An old one, or one whose process died, is free again.
async fn claim(
    pool: &PgPool,
    caller: &str,
    key: &str,
    fingerprint: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let claimed = sqlx::query(
        "INSERT INTO idempotent_requests AS held (caller, key, fingerprint, claimed_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT ON CONSTRAINT idempotent_requests_pkey DO UPDATE SET
             fingerprint = excluded.fingerprint, claimed_at = excluded.claimed_at, status = NULL,
             content_type = NULL, etag = NULL, location = NULL, body = NULL
         WHERE held.claimed_at < $5 OR held.status IS NULL AND held.claimed_at < $6",
    )
    .bind(caller)
    .bind(key)
    .bind(fingerprint)
    .bind(now)
    .bind(now - KEPT)
    .bind(now - ABANDONED)
    .execute(pool)
    .await?;
    Ok(claimed.rows_affected() > 0)
}

async fn answered(pool: &PgPool, caller: &str, key: &str, fingerprint: &[u8]) -> Result<Response, Problem> {
    let kept: Option<Kept> = sqlx::query_as(
        "SELECT fingerprint, status, content_type, etag, location, body FROM idempotent_requests
         WHERE caller = $1 AND key = $2",
    )
    .bind(caller)
    .bind(key)
    .fetch_optional(pool)
    .await
    .map_err(failed)?;
    match kept {
        Some(kept) if kept.fingerprint != fingerprint => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "request/key-reused",
            "This Idempotency-Key belongs to another request",
        )),
        Some(Kept { status: Some(status), content_type, etag, location, body, .. }) => {
            let mut response = Response::new(Body::from(body.unwrap_or_default()));
            *response.status_mut() = u16::try_from(status)
                .ok()
                .and_then(|status| StatusCode::from_u16(status).ok())
                .unwrap_or_default();
            let headers =
                [(header::CONTENT_TYPE, content_type), (header::ETAG, etag), (header::LOCATION, location)];
            for (name, value) in headers {
                if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                    response.headers_mut().insert(name, value);
                }
            }
            Ok(response)
        }
        _ => Err(Problem::new(
            StatusCode::CONFLICT,
            "request/in-progress",
            "The first request of this Idempotency-Key has no answer yet",
        )),
    }
}

/// Keeps the answer, unless our fault may pass: then the request may be tried again.
async fn keep(pool: &PgPool, caller: &str, key: &str, response: Response) -> Result<Response, Problem> {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, MAX_ANSWER).await.map_err(|_| Problem::internal())?;
    let written = if parts.status.is_server_error() {
        release(pool, caller, key).await
    } else if parts.extensions.get::<ShownOnce>().is_some() {
        let shown = shown_before();
        write(pool, caller, key, shown.status(), &HeaderMap::new(), shown.body().as_bytes()).await
    } else {
        write(pool, caller, key, parts.status, &parts.headers, &body).await
    };
    if let Err(error) = written {
        tracing::warn!(error = %db::describe(&error), "an answer was given and not kept");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

async fn release(pool: &PgPool, caller: &str, key: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM idempotent_requests WHERE caller = $1 AND key = $2")
        .bind(caller)
        .bind(key)
        .execute(pool)
        .await
        .map(drop)
}

async fn write(
    pool: &PgPool,
    caller: &str,
    key: &str,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE idempotent_requests SET status = $3, content_type = $4, etag = $5, location = $6, body = $7
         WHERE caller = $1 AND key = $2",
    )
    .bind(caller)
    .bind(key)
    .bind(i32::from(status.as_u16()))
    .bind(text_of(headers, &header::CONTENT_TYPE))
    .bind(text_of(headers, &header::ETAG))
    .bind(text_of(headers, &header::LOCATION))
    .bind(body)
    .execute(pool)
    .await
    .map(drop)
}

fn shown_before() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "request/shown-once",
        "This was done, and its answer holds a secret that is shown only once",
    )
}

fn text_of(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err takes")]
fn failed(error: sqlx::Error) -> Problem {
    Problem::of_database(&error)
}

/// Forgets, once a day, answers that are no longer given again.
pub const FORGET_REQUESTS: Forgetting = Forgetting {
    kind: "http.forget_requests",
    every: TimeDelta::days(1),
    forget: |conn, now| Box::pin(forget(conn, now - KEPT)),
};

async fn forget(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM idempotent_requests WHERE claimed_at < $1")
        .bind(before)
        .execute(conn)
        .await
        .map(drop)
}
