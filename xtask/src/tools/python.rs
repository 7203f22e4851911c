//! Python with packages of its own, fetched by pip, so that mirrors and proxies of the machine apply.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

use super::command as run_command;
use crate::layout::{partial, root};
use crate::progress::Step;

const FIX: &str =
    "install Python ≥ 3.10 with venv and a C compiler (Debian: apt-get install python3-venv python3-dev gcc)";

/// Says if Python is missing.
pub fn check() -> Result<PathBuf> {
    super::find("python3").with_context(|| format!("Python is missing: {FIX}"))
}

/// A virtual environment at `dir` with these packages and what they need, in pinned releases, unless a run before made it. The mark of completeness is a
/// file inside, because the paths of an environment are written into its scripts: it cannot be moved into place.
pub async fn environment(dir: &Path, packages: &[&str], step: &Step) -> Result<()> {
    let made = dir.join("made");
    if made.exists() {
        return Ok(());
    }
    // Test programs may ask at the same time.
    let turn = std::fs::File::create(partial(dir)).context("cannot take turns")?;
    let _turn = tokio::task::spawn_blocking(move || turn.lock().map(|()| turn)).await??;
    if made.exists() {
        return Ok(());
    }
    step.stage(format!("fetching {}", packages.join(", ")));
    let python = check()?;
    let _ = tokio::fs::remove_dir_all(dir).await;
    let mut venv = Command::new(&python);
    venv.args(["-m", "venv"]).arg(dir);
    run_command::run(&mut venv, "python3 -m venv", step, |_| None).await.context(FIX)?;
    let mut pip = Command::new(dir.join("bin/pip"));
    pip.args(["install", "--no-input", "--disable-pip-version-check", "--progress-bar=off", "--constraint"]);
    pip.arg(root().join("xtask/python-constraints.txt")).args(packages);
    run_command::run(&mut pip, "pip install", step, installing).await.context(FIX)?;
    ensure!(dir.join("bin/python").exists(), "{} has no Python", dir.display());
    std::fs::write(&made, packages.join("\n")).context("cannot note that the packages are there")
}

/// What pip is at: `Collecting keystone`, `Building wheel for uwsgi`.
fn installing(line: &str) -> Option<String> {
    let line = line.trim();
    ["Collecting ", "Downloading ", "Building wheel", "Installing "]
        .iter()
        .any(|start| line.starts_with(start))
        .then(|| line.split(" (").next().unwrap_or(line).to_owned())
}

#[cfg(test)]
mod tests {
    use super::installing;

    #[test]
    fn the_progress_of_pip_is_passed_on() {
        let line = "Collecting keystone==30.0.0 (from -r x)";
        assert_eq!(installing(line).as_deref(), Some("Collecting keystone==30.0.0"));
        assert_eq!(installing("ERROR: no matching distribution"), None);
    }
}
