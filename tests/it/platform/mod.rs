//! Plumbing.

mod changed_keys;
mod inbox;
mod jobs;
