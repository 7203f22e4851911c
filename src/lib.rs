//! Gatehouse: the companion that makes Keycloak the front door of a multi-tenant OpenStack cloud.
//!
//! Keycloak owns identity and login. Gatehouse owns what is around it: contacts, one-time codes,
//! companies, and the stream of complete customer records. Data moves one way:
//!
//! ```text
//! Keycloak commits → event → Kafka → one transaction here → changed key → publisher → topic
//! ```
//!
//! A module imports only from lower floors; `tests/it/architecture.rs` holds the table.

pub mod access;
pub mod account;
pub mod adapters;
pub mod admission;
pub mod app;
pub mod audit;
pub mod backoffice;
pub mod billing;
pub mod cli;
pub mod companies;
pub mod contacts;
pub mod directory;
pub mod events;
pub mod intake;
pub mod notices;
pub mod openstack;
pub mod otp;
pub mod passwords;
pub mod platform;
pub mod portal;
pub mod publishing;
