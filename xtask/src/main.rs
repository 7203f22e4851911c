//! The developer's commands: see the library.

use std::process::ExitCode;

use clap::Parser as _;

/// One thread does: children are bound to the thread that starts them, and there is little to compute.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match xtask::cli::Cli::parse().run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
