//! Plumbing.

mod auth;
mod backlog;
mod changed_keys;
mod inbox;
mod jobs;
mod traces;
