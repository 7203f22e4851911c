//! What can be typed after `cargo xtask`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand, ValueEnum as _};

use crate::commands::{down, program, release, test, up};
use crate::layout::Build;
use crate::release::Part;
use crate::stack::Scope;

/// The developer's commands of Gatehouse.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Builds and starts the whole system on this machine, and prints where to click.
    Up(Up),
    /// Stops a system that was started with `up --detach`, and test services that were kept.
    Down,
    /// Runs every test against real parts; may run beside `up`.
    Test(Test),
    /// Causes faults under load and checks that nothing is lost or invented: see `drill --help`.
    #[command(disable_help_flag = true)]
    Drill(Words),
    /// Measures the product beside its peers and the limits of this machine: see `bench --help`.
    #[command(disable_help_flag = true)]
    Bench(Words),
    /// Builds what is released into `target/dist`: the same sources give the same bytes wherever they lie.
    Release(Release),
}

/// Words for a program that reads them itself.
#[derive(Debug, Clone, Args)]
pub struct Words {
    /// As they were typed.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub words: Vec<String>,
}

/// How to start the system.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that can be typed")]
pub struct Up {
    /// Return when it is ready; `down` stops it.
    #[arg(long)]
    pub detach: bool,
    /// Start from empty: forget all data and secrets.
    #[arg(long)]
    pub fresh: bool,
    /// Add two companies with people in them, to look around.
    #[arg(long)]
    pub demo: bool,
    /// Add an OpenStack identity service (Keystone, from PyPI).
    #[arg(long)]
    pub openstack: bool,
    /// Keep the state in another directory.
    #[arg(long, hide = true)]
    pub state: Option<PathBuf>,
    /// Listen on free ports instead of the well-known ones, and do not wait for the disk: for tests.
    #[arg(long, hide = true)]
    pub for_tests: bool,
    /// Lead the links between parts through proxies, and prepare further instances of the service: for drills.
    #[arg(long, hide = true)]
    pub for_drill: bool,
    /// Run this program as the service instead of the one of this tree: for drills.
    #[arg(long, hide = true, value_name = "PROGRAM")]
    pub service: Option<PathBuf>,
    /// Run the service as it is released, and wait for the disk although it is a test: for benchmarks.
    #[arg(long, hide = true)]
    pub for_bench: bool,
    /// Start only some parts.
    #[arg(long, hide = true, value_enum, default_value = "whole")]
    pub scope: Scope,
}

/// Which tests to run.
#[derive(Debug, Clone, Args)]
pub struct Test {
    /// One step (format, clippy, java, chart, rust, browser, drill), or the Rust tests whose name contains this.
    pub filter: Option<String>,
}

/// What to build for a release.
#[derive(Debug, Clone, Args)]
pub struct Release {
    /// The parts; all of them unless some are named.
    #[arg(value_enum, default_values_t = Part::value_variants().to_vec())]
    pub parts: Vec<Part>,
    /// Build everything a second time, from a copy at another path, and say what is not the same.
    #[arg(long)]
    pub check: bool,
}

impl Cli {
    /// Does what was asked.
    pub async fn run(self) -> Result<ExitCode> {
        match self.command {
            Command::Up(up) => Box::pin(up::run(&up)).await,
            Command::Down => down::run().await,
            Command::Test(test) => Box::pin(test::run(&test)).await,
            Command::Drill(words) => program::run("drill", Build::Debug, &words.words).await,
            Command::Release(release) => release::run(&release).await,
            Command::Bench(words) => program::run("bench", Build::Release, &words.words).await,
        }
    }
}
