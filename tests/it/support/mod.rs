//! What the tests share.

mod database;
mod kafka;
pub mod keycloak_events;
mod proxy;
pub mod schemas;
mod service;

pub use database::TestDatabase;
pub use kafka::{Seen, TestKafka, eventually, latest};
pub use proxy::Proxy;
pub use service::Service;
