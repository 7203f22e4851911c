//! Faults of the databases.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};
use sqlx::{Connection as _, PgConnection};
use xtask::drill::history::Outcome;

use crate::{
    load,
    stage::Stage,
    support::{form::Person, unique},
};

/// Room for the data and little more, in MiB.
const ROOM: u64 = 48;

/// Longer than the relay holds what it has taken, which it sends although the row is gone: `delivery.timeout.ms` is 8 s.
const PAST_DELIVERY: u64 = 10;

/// What waits in Keycloak's outbox is thrown away while the broker is gone: a sender that keeps events in memory loses
/// them so when it is killed. Among them is somebody whom the load never touches: whoever is changed once more arrives
/// with that change, and nothing was lost.
pub async fn forget_outbox(stage: &Stage) -> Result<()> {
    stage.note("no broker; what waits is forgotten");
    stage.own.stop("kafka").await?;
    stage.calm().await?;
    let email = format!("forgotten-{}@{}", unique(), stage.history.domain);
    let outcome = load::sign_up(stage, &mut Person::new()?, &email).await;
    ensure!(outcome == Outcome::Ok, "who was to be forgotten could not sign up");
    let mut keycloak = PgConnection::connect(&stage.own.keycloak_database).await?;
    let forgotten = sqlx::query("DELETE FROM gatehouse_outbox").execute(&mut keycloak).await?.rows_affected();
    ensure!(forgotten > 0, "nothing waited");
    stage.note(format_args!("{forgotten} rows forgotten"));
    stage.last(PAST_DELIVERY).await;
    stage.start("kafka", &[]).await
}

/// A small file system of its own for the data of PostgreSQL.
struct Small {
    place: PathBuf,
}

impl Small {
    fn mount(place: PathBuf, mib: u64) -> Result<Self> {
        std::fs::create_dir_all(&place)?;
        let size = format!("size={mib}m");
        run(Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&place))?;
        Ok(Self { place })
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.place).status();
    }
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(status.success(), "{command:?}: {status}");
    Ok(())
}

/// The data moves to a file system that is filled up and emptied again, and moves back. Needs root, for the mount.
pub async fn disk_full(stage: &Stage) -> Result<()> {
    stage.note("PostgreSQL's data moves to a small disk");
    stage.own.stop("postgres").await?;
    let data = stage.own.data("postgres").join("data");
    let aside = data.with_extension("aside");
    let used = size_mib(&data)?;
    let small = Small::mount(data.with_extension("small"), used + ROOM)?;
    run(Command::new("cp").arg("-a").arg(data.join(".")).arg(&small.place))?;
    run(Command::new("chmod").arg("700").arg(&small.place))?;
    run(Command::new("chown").arg(format!("--reference={}", data.display())).arg(&small.place))?;
    std::fs::rename(&data, &aside)?;
    std::os::unix::fs::symlink(&small.place, &data)?;
    stage.start("postgres", &[]).await?;
    let full = fill(stage, &small.place).await;

    stage.own.stop("postgres").await?;
    std::fs::remove_file(&data)?;
    std::fs::create_dir(&data)?;
    run(Command::new("cp").arg("-a").arg(small.place.join(".")).arg(&data))?;
    std::fs::remove_dir_all(&aside)?;
    stage.note("PostgreSQL's data moves back");
    stage.start("postgres", &[]).await?;
    full
}

async fn fill(stage: &Stage, place: &Path) -> Result<()> {
    stage.calm().await?;
    let ballast = place.join("ballast");
    stage.note("the disk is full for 20 s");
    // It ends with an error, when nothing is left.
    let _ = Command::new("dd")
        .args(["if=/dev/zero", "bs=64k", "status=none"])
        .arg(format!("of={}", ballast.display()))
        .status()?;
    stage.last(20).await;
    std::fs::remove_file(&ballast)?;
    stage.note("there is space again");
    // A server that gave up must be started, and one that did not is left alone.
    stage.own.kill("postgres").await?;
    stage.start("postgres", &[]).await?;
    stage.calm().await
}

fn size_mib(path: &Path) -> Result<u64> {
    let output = Command::new("du").args(["-sm"]).arg(path).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.split_whitespace().next().and_then(|size| size.parse().ok()).context("du does not tell a size")
}
