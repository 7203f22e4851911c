//! Tests against the whole stack: real Keycloak with our realm and extension, Kafka, PostgreSQL and
//! the service. They share one running stack and leave it working.

mod crash;
mod doors;
mod outbox;
mod support;
