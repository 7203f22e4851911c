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
#[path = "../it/operations/prometheus.rs"]
mod prometheus;
mod sessions;
mod staff;
mod support;
mod systems;
mod traces;
