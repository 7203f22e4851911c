//! Keycloak's administration, as far as this service needs it.

mod config;

pub use config::KeycloakConfig;
