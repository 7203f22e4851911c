//! The ways to others: each a trait, the real thing, and one in memory for tests.

pub mod keycloak;
pub mod keystone;
pub mod mail;
pub mod oidc;
pub mod sending;
pub mod sheets;
pub mod sms;
