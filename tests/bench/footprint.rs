//! How fast the service starts, and how much memory it needs at rest.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::Result;

use crate::{
    kratos::Kratos,
    machine,
    process::Program,
    report::{Goal, Outcome, Sample},
    stage::Stage,
};

/// Until what is allocated at start has settled.
const REST: Duration = Duration::from_secs(10);

/// Measures the service and Kratos.
pub async fn run(stage: &Stage) -> Result<Outcome> {
    let program = Program::of(stage).await?;
    // One of it at a time: two would share the work.
    stage.own.stop("gatehouse").await?;
    let (mut samples, mut notes) = (Vec::new(), Vec::new());
    let mut memory: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for _ in 0..stage.size.rounds {
        let began = Instant::now();
        let mut instance = program.serve("api,worker,consumer", &[])?;
        instance.wait().await?;
        samples.push(started("gatehouse", began.elapsed()));
        tokio::time::sleep(REST).await;
        memory.entry("gatehouse").or_default().push(machine::memory_mib(instance.pid()?)?);
        instance.kill().await?;
        let kratos = Kratos::start(stage, 0).await?;
        samples.push(started("kratos", kratos.started_in));
        tokio::time::sleep(REST).await;
        memory.entry("kratos").or_default().push(machine::memory_mib(kratos.pid()?)?);
    }
    stage.own.start_again("gatehouse").await?;
    for (side, values) in &memory {
        let shown: Vec<String> = values.iter().map(|value| format!("{value:.0}")).collect();
        notes.push(format!("{side}: {} MiB resident after {REST:?} at rest.", shown.join(", ")));
    }
    notes.push("From starting the process until it says that it is ready, on a migrated database; with all roles, a consumer that has joined its group among them. A start is one operation.".to_owned());
    let most = memory.get("gatehouse").into_iter().flatten().copied().fold(0.0, f64::max);
    let mut outcome = Outcome {
        name: "footprint",
        title: "starting, and being at rest",
        unit: "starts",
        samples,
        goals: Vec::new(),
        notes,
    };
    outcome.goals = vec![
        Goal::at_most("seconds until ready", 1.0, outcome.median("gatehouse", |sample| sample.seconds)),
        Goal::at_most("MiB at rest", 64.0, most),
    ];
    Ok(outcome)
}

fn started(side: &str, took: Duration) -> Sample {
    Sample {
        side: side.to_owned(),
        operations: 1,
        seconds: took.as_secs_f64(),
        cpu: BTreeMap::new(),
        wal_bytes: 0.0,
        commits: 0.0,
        latency: BTreeMap::new(),
        statements: Vec::new(),
    }
}
