//! The composition root: it sees every feature, and nothing sees it.

mod config;
mod ingest;
mod lifecycle;
mod operations;
mod pipeline;

pub use config::Config;
pub use lifecycle::serve;
pub use pipeline::Pipeline;
