//! Plumbing that knows no word of the business. It imports nothing above itself.

pub mod auth;
pub mod changed_keys;
pub mod clock;
pub mod config;
pub mod db;
pub mod entropy;
pub mod health;
pub mod http;
pub mod ids;
pub mod inbox;
pub mod jobs;
pub mod kafka;
pub mod language;
pub mod leader;
pub mod masked;
pub mod problem;
pub mod telemetry;
pub mod trace;
pub mod webhook;
