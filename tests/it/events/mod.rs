//! Keycloak's stream.
