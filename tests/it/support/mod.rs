//! What the tests share.

pub mod api;
mod database;
mod kafka;
pub mod keycloak_events;
mod proxy;
pub mod schemas;
mod service;
pub mod tokens;

pub use database::TestDatabase;
pub use kafka::{Seen, TestKafka, eventually, latest};
pub use proxy::Proxy;
pub use service::Service;
