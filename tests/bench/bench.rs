//! Benchmarks beside the peers and the limits of the machine. `cargo xtask bench` builds and runs it.

mod codes;
mod connect;
mod events;
mod footprint;
mod ingest;
mod kratos;
mod logins;
mod machine;
mod pages;
mod pgbench;
mod phase_two;
mod process;
mod reader;
mod rebuild;
mod records;
mod report;
mod seed;
mod sink;
mod stage;
mod statements;

#[expect(dead_code, reason = "the tests against the whole stack use the rest")]
#[path = "../keycloak/support/mod.rs"]
mod support;

use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use report::Outcome;
use stage::{Size, Stage};

/// Every benchmark, in the order of a full run: the later ones leave more behind in the store.
const NAMES: [&str; 7] = ["footprint", "records", "logins", "codes", "ingest", "pages", "rebuild"];

/// Measures the product beside its peers and the limits of this machine.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Arguments {
    /// Which ones (footprint, records, logins, codes, ingest, pages, rebuild); all when none is named.
    names: Vec<String>,
    /// How often each side is measured.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=20))]
    rounds: u8,
    /// Do little, to see whether everything works; the numbers mean nothing.
    #[arg(long, conflicts_with = "write_docs")]
    quick: bool,
    /// Write the tables to docs/benchmarks.md.
    #[arg(long)]
    write_docs: bool,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    xtask::testing::program(run(Arguments::parse())).await
}

async fn run(arguments: Arguments) -> Result<ExitCode> {
    for name in &arguments.names {
        ensure!(NAMES.contains(&name.as_str()), "there is no benchmark called {name}: {}", NAMES.join(", "));
    }
    let wanted = |name: &&&str| arguments.names.is_empty() || arguments.names.iter().any(|it| it == **name);
    let size = Size {
        rounds: if arguments.quick { 1 } else { usize::from(arguments.rounds) },
        quick: arguments.quick,
    };
    let stage = Stage::set(size).await?;
    let mut outcomes: Vec<Outcome> = Vec::new();
    let mut failed = Vec::new();
    for name in NAMES.iter().filter(wanted) {
        eprintln!("── {name}");
        let measured = match *name {
            "codes" => codes::run(&stage).await,
            "ingest" => ingest::run(&stage).await,
            "records" => Box::pin(records::run(&stage)).await,
            "logins" => logins::run(&stage).await,
            "rebuild" => rebuild::run(&stage).await,
            "pages" => pages::run(&stage).await,
            _ => footprint::run(&stage).await,
        };
        match measured.with_context(|| format!("{name} is void")) {
            Ok(outcome) => {
                report::keep(&outcome)?;
                println!("\n## {}: {}\n\n{}", outcome.name, outcome.title, outcome.table());
                outcomes.push(outcome);
            }
            Err(error) => {
                eprintln!("   {error:#}");
                failed.push(*name);
            }
        }
    }
    if arguments.write_docs {
        report::write_document(&outcomes)?;
    }
    ensure!(failed.is_empty(), "void: {}", failed.join(", "));
    // A missed goal is a result, not a failure.
    Ok(ExitCode::SUCCESS)
}
