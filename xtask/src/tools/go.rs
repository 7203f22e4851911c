//! Programs of the Go registry, built once and kept.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use tokio::process::Command;

use crate::layout::{cache, partial};

/// A program in a module.
pub struct Program {
    /// What it is called.
    pub name: &'static str,
    /// Its module.
    pub module: &'static str,
    /// The module's version.
    pub version: &'static str,
    /// Its folder in the module.
    pub package: &'static str,
    /// Tags to build it with.
    pub tags: &'static str,
}

/// Prometheus' tool that tests alerts.
pub async fn promtool() -> Result<PathBuf> {
    let promtool = Program {
        name: "promtool",
        module: "github.com/prometheus/prometheus",
        version: "v0.311.0",
        package: "./cmd/promtool",
        // Nothing that finds targets in clouds: most of the program is that, and a test of alerts has none.
        tags: "remove_all_sd",
    };
    promtool.build().await
}

/// Where Go keeps a module that it has fetched.
#[derive(Deserialize)]
struct Module {
    #[serde(rename = "Dir")]
    dir: PathBuf,
}

impl Program {
    /// The program. `go install` refuses modules that replace others, so a copy of the sources is built; the first time
    /// takes some minutes.
    pub async fn build(&self) -> Result<PathBuf> {
        let home = cache().join(format!("{}-{}", self.name, self.version));
        let binary = home.join(self.name);
        if binary.is_file() {
            return Ok(binary);
        }
        let go = super::find("go").context(
            "Go is missing: install Go ≥ 1.25 (Debian: apt-get install golang; macOS: brew install go)",
        )?;
        println!("building {} {} from the Go registry …", self.name, self.version);
        let mut download = Command::new(&go);
        download.args(["mod", "download", "-json", &format!("{}@{}", self.module, self.version)]);
        let output = download.stderr(Stdio::inherit()).output().await?;
        ensure!(output.status.success(), "go mod download: {}", output.status);
        let module: Module = serde_json::from_slice(&output.stdout).context("what go mod download said")?;
        let part = partial(&home);
        let _ = std::fs::remove_dir_all(&part);
        let sources = part.join("sources");
        copy_writable(&module.dir, &sources)?;
        let mut build = Command::new(go);
        build.args(["build", "-tags", self.tags, "-o"]).arg(part.join(self.name)).arg(self.package);
        // A workspace of its authors names folders that a module leaves out.
        build.env("GOWORK", "off");
        let status = build.current_dir(&sources).status().await?;
        ensure!(status.success(), "go build in {}: {status}", sources.display());
        std::fs::remove_dir_all(&sources)?;
        std::fs::rename(&part, &home)?;
        Ok(binary)
    }
}

/// Go's own copy cannot be written to, and a build writes beside the sources.
fn copy_writable(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_writable(&entry.path(), &target)?;
        } else {
            // Not `copy`, which brings the permissions along.
            std::fs::write(&target, std::fs::read(entry.path())?)?;
        }
    }
    Ok(())
}
