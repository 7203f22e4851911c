//! A service whose clock is off.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::process::Command;

use crate::{service::MAIN, stage::Stage};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/drills/shifted_clock.c");
/// An hour ahead and an hour behind, in seconds.
const SHIFTS: [i64; 2] = [3_600, -3_600];
/// How long the clock is off, in seconds.
const OFF_FOR: u64 = 15;
/// How far from what it should be a clock may seem on a busy machine.
const NEAR: TimeDelta = TimeDelta::minutes(1);

/// Only the service's own clock is off: codes go by the database's. A signed call from an hour away is stale, so the load
/// gets no codes through meanwhile, and nobody gets in.
pub async fn off(stage: &Stage) -> Result<()> {
    let library = library().await?;
    let library = library.to_str().context("the path of the build is not UTF-8")?;
    for seconds in SHIFTS {
        stage.note(format_args!("the service's clock {seconds:+} s for {OFF_FOR} s"));
        shift(stage, library, seconds).await?;
        stage.last(OFF_FOR).await;
        shift(stage, "", 0).await?;
        stage.calm().await?;
    }
    Ok(())
}

async fn shift(stage: &Stage, library: &str, seconds: i64) -> Result<()> {
    stage.own.stop(MAIN).await?;
    let env = [("LD_PRELOAD", library), ("CLOCK_SHIFT_SECONDS", &seconds.to_string())];
    stage.start(MAIN, &env).await?;
    let off = told(&stage.stack.info.gatehouse_url).await? - Utc::now();
    ensure!(
        (off - TimeDelta::seconds(seconds)).abs() < NEAR,
        "the service's clock should be off by {seconds} s, and is by {} s",
        off.num_seconds()
    );
    Ok(())
}

/// The time by the service's clock, as its answers tell it.
async fn told(url: &str) -> Result<DateTime<Utc>> {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build()?;
    let answer = client.get(url).send().await?;
    let date = answer.headers().get("date").context("the service does not say what time it is")?;
    Ok(DateTime::parse_from_rfc2822(date.to_str()?)?.to_utc())
}

/// The library that shifts the clock of whoever is started with it. Whoever has built the service has a C compiler.
async fn library() -> Result<PathBuf> {
    ensure!(cfg!(target_os = "linux"), "this drill needs Linux");
    let library = xtask::testing::service_program().with_file_name("libshifted_clock.so");
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let mut compile = Command::new(compiler);
    compile.args(["-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o"]);
    let output = compile.arg(&library).arg(Path::new(SOURCE)).output().await.context("cannot run cc")?;
    ensure!(output.status.success(), "{SOURCE}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(library)
}
