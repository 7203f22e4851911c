//! The operations port: liveness, readiness and metrics, for the platform only.

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::{Value, json};

use crate::platform::health::Health;

#[derive(Clone)]
struct Operations {
    health: Health,
    metrics: PrometheusHandle,
}

/// `/health/live`, `/health/ready` and `/metrics`.
pub fn router(health: Health, metrics: PrometheusHandle) -> Router {
    Router::new()
        .route("/health/live", get(|| async { Json(json!({"status": "live"})) }))
        .route("/health/ready", get(ready))
        .route("/metrics", get(|State(state): State<Operations>| async move { state.metrics.render() }))
        .with_state(Operations { health, metrics })
}

async fn ready(State(state): State<Operations>) -> (StatusCode, Json<Value>) {
    let ready = state.health.is_ready();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = if ready { "ready" } else { "not ready" };
    (status, Json(json!({"status": word, "parts": state.health.parts()})))
}
