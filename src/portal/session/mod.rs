//! Sessions of the pages: a secret in a cookie, the rest in the database.
//!
//! A session ends with the session in Keycloak that it came from, when it was not used for a while,
//! and after some hours in any case.

mod cleaning;
mod secret;
mod service;
pub mod store;

pub use cleaning::{FORGET_PORTAL_SESSIONS, ForgetPortalSessions};
pub use secret::Secret;
pub use service::{Sessions, Visit};
