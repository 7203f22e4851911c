//! Tests against the whole stack: real Keycloak with our realm and extension, Kafka, PostgreSQL and
//! the service. They share one running stack and leave it working.

mod assurance;
mod broker;
mod brute_force;
mod crash;
mod doors;
mod imports;
mod obligation;
mod outbox;
#[expect(dead_code, reason = "the service's own alerts use the rest")]
#[expect(clippy::unwrap_used, reason = "as in the tests that it is shared with")]
#[path = "../it/operations/prometheus.rs"]
mod prometheus;
mod sessions;
mod staff;
mod support;
mod systems;
mod traces;
