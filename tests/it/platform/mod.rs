//! Plumbing.

mod auth;
mod changed_keys;
mod inbox;
mod jobs;
