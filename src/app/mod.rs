//! The composition root: it sees every feature, and nothing sees it.

mod config;
mod lifecycle;
mod operations;

pub use config::Config;
pub use lifecycle::serve;
