//! Fault drills: a stack of its own under a seeded load, faults on purpose, and the history checker at the end. `cargo
//! xtask drill` builds and runs it.

mod catalogue;
mod clock;
mod database;
mod load;
mod refusal;
mod report;
mod service;
mod stage;
mod topic;

#[expect(dead_code, reason = "the tests against the whole stack use the rest")]
#[path = "../keycloak/support/mod.rs"]
mod support;

use std::{process::ExitCode, sync::Arc, time::Duration};

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
    /// Which drills; all when none is named, which takes most of an hour.
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
    /// For how long the drill `soak` causes faults at random.
    #[arg(long, value_name = "MINUTES", default_value_t = 10)]
    soak: u64,
    /// Whose service the drill `upgrade` begins with; unless given, that of the last commit with an earlier schema.
    #[arg(long, value_name = "COMMIT")]
    from: Option<String>,
    /// Print one JSON document instead of a table.
    #[arg(long)]
    json: bool,
    /// Write the table to docs/drills.md: that of all drills.
    #[arg(long, conflicts_with_all = ["names", "short"])]
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
    let rows = perform(&arguments).await?;
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

/// Runs them one after another, whatever becomes of each.
async fn perform(arguments: &Arguments) -> Result<Vec<Row>> {
    let chosen = choose(arguments)?;
    let seed = arguments.seed.unwrap_or_else(|| rand::random::<u32>().into());
    let mut rows: Vec<Row> = Vec::new();
    let mut stage: Option<Arc<Stage>> = None;
    for (place, drill) in chosen.iter().enumerate() {
        eprintln!("── {} of {}: {} (seed {seed}): {}", place + 1, chosen.len(), drill.name, drill.what);
        let row = match set(&mut stage, drill, arguments).await {
            Ok(stage) => stage.perform(drill, seed).await,
            Err(error) => Row::not_begun(drill, seed, &error),
        };
        eprintln!("{}", report::line(&row));
        rows.push(row);
    }
    Ok(rows)
}

/// The stage of a drill: they share one, but for the upgrade, which begins with an earlier service.
async fn set<'a>(
    stage: &'a mut Option<Arc<Stage>>,
    drill: &Drill,
    arguments: &Arguments,
) -> Result<&'a Arc<Stage>> {
    let soak = Duration::from_mins(arguments.soak);
    if drill.name == catalogue::UPGRADE {
        // Two stacks at a time would be too much for a small machine.
        drop(stage.take());
        return Ok(stage.insert(Stage::before_upgrade(soak, arguments.from.as_deref()).await?));
    }
    Ok(match stage {
        Some(stage) => stage,
        none => none.insert(Stage::set(soak).await?),
    })
}

/// In the order of the catalogue, whose last one is the upgrade.
fn choose(arguments: &Arguments) -> Result<Vec<&'static Drill>> {
    for name in &arguments.names {
        ensure!(DRILLS.iter().any(|drill| drill.name == name), "there is no drill called {name}: see --list");
    }
    let chosen = |drill: &&Drill| {
        if arguments.short {
            return drill.short;
        }
        arguments.names.is_empty() || arguments.names.iter().any(|name| name == drill.name)
    };
    Ok(DRILLS.iter().filter(chosen).collect())
}
