//! The one binary; see [`gatehouse::cli`] for its subcommands.

use std::process::ExitCode;

fn main() -> ExitCode {
    gatehouse::cli::run()
}
