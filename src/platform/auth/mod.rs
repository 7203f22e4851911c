//! Who calls: Keycloak's tokens checked, and sessions that are over refused.
//!
//! A human's token comes from a browser client and belongs to a session; a system's comes from client
//! credentials and belongs to none. The two are told apart by their shape, and neither can pass for
//! the other.

mod claims;
mod config;
mod keys;
pub mod sessions;
mod verifier;

pub use claims::{Bearer, Identity, LogoutToken, Session};
pub use config::AuthConfig;
pub use verifier::{Issuer, Refused, Verifier};
