//! Pages for people. They work without JavaScript, by keyboard and on a phone, in four languages.
//!
//! So far: the landing page, from which people reach their account at Keycloak.

mod assets;
mod http;
mod words;

pub use http::router;
