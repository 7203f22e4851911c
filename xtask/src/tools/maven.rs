//! Fetches from the Maven registry with Maven itself, so that mirrors, proxies and credentials of the machine apply.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use tokio::process::Command;
use tokio::sync::Mutex;

use super::command as run_command;
use crate::layout::partial;
use crate::progress::Step;

const DEPENDENCY_PLUGIN: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";

/// Two Mavens that write to one local repository at the same time can break it.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// Puts the file of `artifact` (`group:name:version[:packaging]`) into `dir`, unless a run before did.
pub async fn copy(artifact: &str, dir: &Path, step: &Step) -> Result<()> {
    fetch(dir, artifact, step, |to| {
        vec![
            format!("{DEPENDENCY_PLUGIN}:copy"),
            format!("-Dartifact={artifact}"),
            format!("-DoutputDirectory={}", to.display()),
        ]
    })
    .await
}

/// Puts the run-time dependencies that `pom` lists into `dir`, unless a run before did.
pub async fn copy_dependencies(pom: &Path, dir: &Path, what: &str, step: &Step) -> Result<()> {
    fetch(dir, what, step, |to| {
        vec![
            format!("--file={}", pom.display()),
            format!("{DEPENDENCY_PLUGIN}:copy-dependencies"),
            "-DincludeScope=runtime".to_owned(),
            format!("-DoutputDirectory={}", to.display()),
        ]
    })
    .await
}

/// Packages a Maven project, whose tests are a step of `cargo xtask test`, and shows what it is at.
pub async fn package(project: &Path, step: &Step) -> Result<()> {
    let mut maven = command()?;
    maven.args(["--batch-mode", "--no-transfer-progress", "package", "-Dmaven.test.skip=true"]);
    maven.current_dir(project);
    let _turn = ONE_AT_A_TIME.lock().await;
    // Maven does not take out what a source that is gone was compiled to.
    let _ = std::fs::remove_dir_all(project.join("target/classes"));
    let what = format!("mvn package in {}", project.display());
    run_command::run(&mut maven, &what, step, |line| line.strip_prefix("[INFO] --- ").map(str::to_owned))
        .await
}

/// `dir` appears only when it is complete, so an interrupted download is simply done again.
async fn fetch(dir: &Path, what: &str, step: &Step, args: impl FnOnce(&Path) -> Vec<String>) -> Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    step.stage(format!("fetching {what}"));
    let part = partial(dir);
    let _ = tokio::fs::remove_dir_all(&part).await;
    tokio::fs::create_dir_all(&part).await.with_context(|| format!("cannot make {}", part.display()))?;

    // Not in batch mode: Maven then reports each download as it goes.
    let mut maven = command()?;
    maven.arg("--color=never").args(args(&part)).current_dir(&part);
    let _turn = ONE_AT_A_TIME.lock().await;
    run_command::run(&mut maven, &format!("fetching {what} with Maven"), step, transfer).await?;
    tokio::fs::rename(&part, dir).await.with_context(|| format!("cannot make {}", dir.display()))
}

/// Maven's own transfer lines: `Progress (1): 84/176 MB`.
fn transfer(line: &str) -> Option<String> {
    line.trim_start().strip_prefix("Progress (").and_then(|rest| Some(rest.split_once("): ")?.1.to_owned()))
}

/// Says if Maven is missing.
pub fn check() -> Result<PathBuf> {
    super::find("mvn")
        .context("Maven is missing: install it (Debian: apt-get install maven; macOS: brew install maven)")
}

/// Maven, run by the JDK that was checked.
pub fn command() -> Result<Command> {
    let program = check()?;
    let mut command = Command::new(program);
    if let Some(home) = super::java::java()?.parent().and_then(Path::parent)
        && std::env::var_os("JAVA_HOME").is_some()
    {
        command.env("JAVA_HOME", home);
    }
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::transfer;

    #[test]
    fn a_transfer_line_tells_how_far_the_download_is() {
        assert_eq!(transfer("Progress (1): 84/176 MB").as_deref(), Some("84/176 MB"));
        assert_eq!(transfer("[INFO] BUILD SUCCESS"), None);
    }
}
