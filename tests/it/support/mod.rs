//! What the tests share.

pub mod api;
pub mod client;
mod cloud;
mod commands;
mod database;
mod interrupted;
mod kafka;
pub mod keycloak_events;
pub mod keystone;
mod program;
mod proofs;
mod proxy;
pub mod schemas;
mod service;
pub mod tokens;

pub use cloud::CloudHouse;
pub use commands::Commands;
pub use database::TestDatabase;
pub use interrupted::{Cut, Interrupted};
pub use kafka::{Seen, TestKafka, eventually, latest};
pub use keystone::TestKeystone;
pub use program::Program;
pub use proofs::missing_proofs;
pub use proxy::Proxy;
pub use service::Service;
