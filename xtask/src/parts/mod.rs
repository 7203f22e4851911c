//! The parts of a stack. Each knows how to get ready what it needs (fetch, build, lay out its data) and how it is run.

pub mod gatehouse;
pub mod greenmail;
pub mod kafka;
pub mod keycloak;
pub mod keystone;
pub mod postgres;
pub mod quota_services;

use std::path::PathBuf;

use anyhow::Result;

use crate::layout;
use crate::progress::Step;

/// Flags for a small Java process that should start quickly rather than reach the highest speed.
pub(crate) const QUICK_JAVA: [&str; 2] = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

/// A fetched artifact's directory in the cache.
pub(crate) async fn fetched(name: &str, artifact: &str, step: &Step) -> Result<PathBuf> {
    let dir = layout::cache().join(name);
    crate::tools::maven::copy(artifact, &dir, step).await?;
    Ok(dir)
}
