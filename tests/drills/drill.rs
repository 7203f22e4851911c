//! Fault drills: a stack of its own under a seeded load, faults on purpose, and the history checker at the end. `cargo
//! xtask drill` builds and runs it.

mod catalogue;
mod clock;
mod database;
mod load;
mod report;
mod service;
mod stage;
mod topic;

#[expect(dead_code, reason = "the tests against the whole stack use the rest")]
#[path = "../keycloak/support/mod.rs"]
mod support;

use std::process::ExitCode;

use anyhow::{Result, ensure};
use catalogue::{DRILLS, Drill};
use clap::Parser;
use report::Row;
use stage::Stage;

/// Causes faults under load and checks that nothing is lost or invented.
#[derive(Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that can be typed")]
#[command(name = "cargo xtask drill", bin_name = "cargo xtask drill")]
struct Arguments {
    /// Which drills; all but the soak and the upgrade when none is named.
    names: Vec<String>,
    /// Say which drills there are, and run none.
    #[arg(long)]
    list: bool,
    /// Repeat the choices of an earlier run.
    #[arg(long)]
    seed: Option<u64>,
    /// Only a short selection.
    #[arg(long, conflicts_with = "names")]
    short: bool,
    /// Cause faults at random for so many minutes.
    #[arg(long, value_name = "MINUTES")]
    soak: Option<u64>,
    /// Replace the service of this commit by that of this tree: the drill `upgrade`.
    #[arg(long, value_name = "COMMIT", conflicts_with = "names")]
    from: Option<String>,
    /// Print one JSON document instead of a table.
    #[arg(long)]
    json: bool,
    /// Write the table to docs/drills.md.
    #[arg(long)]
    write_docs: bool,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    xtask::testing::program(run(Arguments::parse())).await
}

async fn run(arguments: Arguments) -> Result<ExitCode> {
    if arguments.list {
        for drill in DRILLS {
            println!("{:<20} {:<10} {}", drill.name, drill.number, drill.what);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let chosen = choose(&arguments)?;
    let seed = arguments.seed.unwrap_or_else(|| rand::random::<u32>().into());
    let earlier = match &arguments.from {
        Some(commit) => Some(xtask::testing::service_program_of(commit).await?),
        None => None,
    };
    let stage = Stage::set(arguments.soak, earlier.as_deref()).await?;
    let mut rows: Vec<Row> = Vec::new();
    for drill in chosen {
        eprintln!("── {} (seed {seed}): {}", drill.name, drill.what);
        let row = stage.perform(drill, seed).await;
        eprintln!("{}", report::line(&row));
        rows.push(row);
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        print!("\n{}", report::table(&rows));
    }
    if arguments.write_docs {
        report::write_document(&rows)?;
    }
    let broken = rows.iter().any(|row| !row.passed());
    Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn choose(arguments: &Arguments) -> Result<Vec<&'static Drill>> {
    for name in &arguments.names {
        ensure!(DRILLS.iter().any(|drill| drill.name == name), "there is no drill called {name}: see --list");
    }
    let chosen = |drill: &&Drill| {
        if arguments.short {
            return drill.short;
        }
        if arguments.from.is_some() || drill.name == catalogue::UPGRADE {
            return arguments.from.is_some() && drill.name == catalogue::UPGRADE;
        }
        let soak = drill.name == catalogue::SOAK;
        let only_soak = arguments.soak.is_some() && arguments.names.is_empty();
        arguments.names.iter().any(|name| name == drill.name)
            || soak && arguments.soak.is_some()
            || arguments.names.is_empty() && !soak && !only_soak
    };
    Ok(DRILLS.iter().filter(chosen).collect())
}
