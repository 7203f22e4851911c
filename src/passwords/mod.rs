//! First passwords: a link by mail and a PIN that the person chose, together, set a password once.
//!
//! ```text
//! account with a random password nobody knows → link (token) by mail → token + PIN → new password at its keeper
//! ```
//!
//! The keeper of a password is Keystone, where the service signs in with the random password and changes it, or
//! Keycloak for people of the realm. Neither token nor PIN nor random password can be read from the database.

mod config;
mod error;
pub mod http;
mod keys;
mod letters;
mod model;
mod prepare_job;
mod service;
mod staff;
mod store;
mod words;

pub use config::PasswordsConfig;
pub use error::Refusal;
pub use keys::{Hashed, Keys, Sealed, random_password};
pub use letters::PasswordLetters;
pub use model::{Begin, Given, Occasion, Pin, Recipient};
pub use prepare_job::PrepareJob;
pub use service::{Form, Passwords, PasswordsPorts, Reset};
pub use staff::{NotStarted, Starter};

/// The work of giving an account its random password and sending the link; its key is the user id.
pub const PREPARE: &str = "passwords.prepare";
