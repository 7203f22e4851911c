//! The ways to others.

mod keycloak;
