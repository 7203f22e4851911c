//! The ways to others.

mod keycloak;
mod keystone;
mod quota_sets;
mod sheets;
