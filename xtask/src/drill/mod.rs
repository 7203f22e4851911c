//! The history checker: what was acknowledged, compared with what Keycloak, the store and the topics hold.
//!
//! Nothing here speaks with a part: the load writes a [`history::History`], the observer fills in an
//! [`observed::Observed`], and [`invariants::check`] compares the two. [`controls`] damages both on purpose and shows
//! that the checker sees it.

pub mod controls;
pub mod history;
pub mod invariants;
pub mod observed;
#[cfg(test)]
mod world;
