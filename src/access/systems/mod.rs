//! Systems of a company, or of the cloud's operator: clients that sign in by their own credentials, with
//! as many tokens as they like, look at what they were given, and change nothing.
//!
//! A system is made here and brought to Keycloak by a job. Its secret is Keycloak's: whoever manages the
//! system has it made anew, sees it once, and it is kept nowhere here. A system that is revoked is refused
//! here at once, also with a token that still lives.

pub mod http;
mod jobs;
mod model;
mod service;
mod store;

pub use jobs::SystemJob;
pub use model::{NewSystem, System, SystemsError};
pub use service::Systems;
