//! `cargo xtask down`: stops what runs in the background.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use nix::sys::signal::Signal;

use crate::layout::Layout;
use crate::stack::lock;
use crate::testing;

/// A stack takes no longer to stop.
const PATIENCE: Duration = Duration::from_mins(2);

/// Stops the detached stack and the test services that were kept.
pub async fn run() -> Result<ExitCode> {
    let mut any = stop(&Layout::of_up(), "the stack").await?;
    for kept in testing::kept() {
        any |= stop(&kept, "the kept test services").await?;
    }
    if !any {
        println!("Nothing is running.");
    }
    Ok(ExitCode::SUCCESS)
}

async fn stop(layout: &Layout, what: &str) -> Result<bool> {
    if !lock::signal(layout, Signal::SIGTERM)? {
        return Ok(false);
    }
    println!("Stopping {what} in {} …", layout.state().display());
    let began = Instant::now();
    while lock::is_held(layout)? {
        if began.elapsed() > PATIENCE {
            bail!("{what} did not stop within {} s: see {}", PATIENCE.as_secs(), layout.log("up").display());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    println!("Stopped.");
    Ok(true)
}
