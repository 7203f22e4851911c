//! Tests against the whole stack: real Keycloak with our realm and extension, Kafka, PostgreSQL and
//! the service. They share one running stack and leave it working.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it must be")]

mod crash;
mod doors;
mod outbox;
mod support;
