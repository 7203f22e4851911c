//! The layer in front of signed routes.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequestParts, Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};

use super::{
    WebhookConfig,
    signature::{self, InvalidSecret, Secrets, Stamp},
};
use crate::platform::{clock::SharedClock, problem::Problem};

/// The largest body of a signed call, in bytes.
pub const MAX_BODY: usize = 8 * 1024;
/// What is read before the caller is known. A signed call that is over [`MAX_BODY`] but within this
/// gets a signed answer, so that the caller can believe it.
const MAX_READ: usize = 64 * 1024;
/// The largest answer, in bytes; ours are far smaller.
const MAX_ANSWER: usize = 1024 * 1024;

/// What the layer needs: the keys, the clock and the tolerance. Cheap to clone.
#[derive(Clone)]
pub struct Gate {
    secrets: Arc<Secrets>,
    tolerance: TimeDelta,
    clock: SharedClock,
}

/// A call that was properly signed. Handlers behind the gate take it as an argument; a route that
/// was mounted without the gate refuses every call.
#[derive(Debug, Clone)]
pub struct SignedRequest {
    /// The id of the call, the same when it is repeated.
    pub id: String,
    /// SHA-256 over method, path and body: two calls with one id must be the same call.
    pub fingerprint: [u8; 32],
}

impl Gate {
    /// A gate for the secrets of `config`, on the time of `clock`.
    pub fn new(config: &WebhookConfig, clock: SharedClock) -> Result<Self, InvalidSecret> {
        let secrets = Arc::new(Secrets::parse(&config.secrets)?);
        Ok(Self { secrets, tolerance: TimeDelta::seconds(config.tolerance_seconds.into()), clock })
    }

    async fn sign(&self, stamp: &Stamp, answer: Response) -> Response {
        let (mut parts, body) = answer.into_parts();
        let Ok(body) = to_bytes(body, MAX_ANSWER).await else {
            return Problem::internal().into_response();
        };
        let signature = self.secrets.sign_answer(stamp, parts.status.as_u16(), &body);
        let timestamp = stamp.timestamp.to_string();
        for (name, value) in [
            (signature::ID, stamp.id.as_str()),
            (signature::TIMESTAMP, &timestamp),
            (signature::SIGNATURE, &signature),
        ] {
            if let Ok(value) = HeaderValue::from_str(value) {
                parts.headers.insert(name, value);
            }
        }
        parts.headers.remove(header::CONTENT_LENGTH);
        Response::from_parts(parts, Body::from(body))
    }
}

/// Lets only properly signed calls through and signs what comes back, problems included. A refused
/// call reaches nothing behind this layer; the log says why without a word of the call itself.
pub async fn signed_only(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_READ).await else {
        return refused("too large", too_large());
    };
    let verified = gate.secrets.verify(&parts.headers, &body, gate.clock.now(), gate.tolerance);
    let stamp = match verified {
        Ok(stamp) => stamp,
        Err(refusal) => return refused(refusal.name(), unauthorized()),
    };
    if body.len() > MAX_BODY {
        return gate.sign(&stamp, refused("too large", too_large())).await;
    }
    metrics::counter!("gatehouse_webhook_requests_total", "outcome" => "accepted").increment(1);
    let answer = next.run(accepted(parts, body, &stamp)).await;
    gate.sign(&stamp, answer).await
}

fn accepted(mut parts: Parts, body: Bytes, stamp: &Stamp) -> Request {
    let mut hash = Sha256::new();
    for field in [parts.method.as_str().as_bytes(), parts.uri.path().as_bytes(), &body] {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field);
    }
    let signed = SignedRequest { id: stamp.id.clone(), fingerprint: hash.finalize().into() };
    parts.extensions.insert(signed);
    Request::from_parts(parts, Body::from(body))
}

fn refused(reason: &'static str, problem: Problem) -> Response {
    metrics::counter!("gatehouse_webhook_requests_total", "outcome" => reason).increment(1);
    tracing::warn!(reason, "a signed call was refused");
    problem.into_response()
}

fn unauthorized() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "webhook/unauthorized", "The call is not properly signed")
        .with_detail(
            "webhook-id, webhook-timestamp and webhook-signature must fit the body and a shared secret",
        )
}

fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "request/too-large", "The body is too large")
        .with_detail(format!("the body may have {MAX_BODY} bytes"))
}

impl<S: Sync> FromRequestParts<S> for SignedRequest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(unauthorized)
    }
}
