//! What the tests share.

mod database;
mod kafka;
pub mod keycloak_events;
mod service;

pub use database::TestDatabase;
pub use kafka::{PATIENCE, Seen, TestKafka, eventually};
pub use service::Service;
