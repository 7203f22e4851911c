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

/// `/health` for people; `/health/live`, `/health/ready` and `/metrics` for machines.
pub fn router(health: Health, metrics: PrometheusHandle) -> Router {
    Router::new()
        .route("/health", get(in_words))
        .route("/health/live", get(|| async { Json(json!({"status": "live"})) }))
        .route("/health/ready", get(ready))
        .route("/metrics", get(|State(state): State<Operations>| async move { state.metrics.render() }))
        .with_state(Operations { health, metrics })
}

async fn ready(State(state): State<Operations>) -> (StatusCode, Json<Value>) {
    let ready = state.health.is_ready();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = if ready { "ready" } else { "not ready" };
    let findings = state.health.findings();
    (status, Json(json!({"status": word, "parts": state.health.parts(), "findings": findings})))
}

/// The same in sentences: what works, what does not and what that means.
async fn in_words(State(state): State<Operations>) -> (StatusCode, String) {
    let status = if state.health.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, words(&state.health))
}

fn words(health: &Health) -> String {
    let findings = health.findings();
    let mut lines: Vec<String> =
        health.parts().into_iter().map(|(part, ready)| sentence(part, ready)).collect();
    if findings.is_empty() {
        lines.push("Nothing waits that should not.".to_owned());
    }
    lines.extend(findings.into_iter().map(|finding| format!("Look: {finding}.")));
    lines.join("\n") + "\n"
}

fn sentence(part: &str, ready: bool) -> String {
    match (part, ready) {
        ("database", true) => "The database answers.".to_owned(),
        ("database", false) => {
            "The database does not answer: codes cannot be sent or checked, so only people \
                                with another second factor get in."
                .to_owned()
        }
        ("events", true) => "Keycloak's events are read.".to_owned(),
        ("events", false) => {
            "Keycloak's events are not read: the database is away, or every record of late was \
                              unreadable. People sign in as always; what changes arrives later."
                .to_owned()
        }
        ("publishing", true) => "Records are published.".to_owned(),
        ("publishing", false) => {
            "Records are not published: Kafka or the database is away. They wait, nothing is lost.".to_owned()
        }
        (other, true) => format!("{other}: works."),
        (other, false) => format!("{other}: does not work."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_health_page_says_in_words_what_is_wrong() {
        let health = Health::default();
        let (database, events) = (health.part("database"), health.part("events"));
        database.report(true);
        events.report(true);
        let well = "The database answers.\nKeycloak's events are read.\nNothing waits that should not.\n";
        assert_eq!(words(&health), well);
        events.report(false);
        health.find(vec!["2 jobs of kind notices.send are parked: somebody has to look".to_owned()]);
        let ill = words(&health);
        assert!(ill.contains("events are not read"), "{ill}");
        assert!(
            ill.ends_with("Look: 2 jobs of kind notices.send are parked: somebody has to look.\n"),
            "{ill}"
        );
    }
}
