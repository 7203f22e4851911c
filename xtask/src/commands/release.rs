//! `cargo xtask release`: what is handed out, and whether it can be built again.

use std::process::ExitCode;

use anyhow::Result;

use crate::cli::Release;
use crate::layout::target;
use crate::release;

/// Builds, checks if asked to, and says what came of it.
pub async fn run(asked: &Release) -> Result<ExitCode> {
    let dist = target().join("dist");
    if asked.check {
        release::check(&asked.parts, &dist).await?;
        println!("Built twice, the same bytes:");
    } else {
        release::build(&asked.parts, &dist).await?;
    }
    print!("{}", std::fs::read_to_string(dist.join(release::SUMS))?);
    println!("in {}", dist.display());
    Ok(ExitCode::SUCCESS)
}
