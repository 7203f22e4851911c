//! `cargo xtask drill` and `cargo xtask bench`: programs that need the libraries of the tests. They are built with those, so that this one stays
//! light.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

use crate::layout::{Build, root};

/// Builds the program and runs it with these words.
pub async fn run(name: &str, build: Build, words: &[String]) -> Result<ExitCode> {
    // Ctrl-C reaches the program too, which stops what it has started; we wait for it.
    let _interrupt = signal(SignalKind::interrupt())?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["run", "--quiet", "--locked", "--package=gatehouse", build.flag(), "--example", name, "--"]);
    cargo.args(words);
    let status = cargo.current_dir(root()).status().await.context("cannot run cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
