//! What the benchmarks measure beside the product: fetched and built once, then kept.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use tokio::process::Command;

use super::{digest, maven};
use crate::layout::{cache, partial, root};
use crate::progress::Progress;

const KRATOS: &str = "v1.3.1";

/// Kafka Connect with Debezium's JDBC sink, as one directory of jars.
pub async fn kafka_connect() -> Result<PathBuf> {
    let pom = root().join("xtask/kafka-connect/pom.xml");
    let version = digest::digest("kafka-connect", std::slice::from_ref(&pom))?;
    let jars = cache().join(format!("kafka-connect-{version}"));
    std::fs::create_dir_all(cache())?;
    let step = Progress::new().step("kafka-connect");
    maven::copy_dependencies(&pom, &jars, "Kafka Connect and Debezium", &step).await?;
    step.done("fetched");
    Ok(jars)
}

/// Where Go keeps a module that it has fetched.
#[derive(Deserialize)]
struct Module {
    #[serde(rename = "Dir")]
    dir: PathBuf,
}

/// Ory Kratos, from its module: `go install` refuses modules that replace others, so a copy of the sources is built.
/// The first time takes some minutes.
pub async fn kratos() -> Result<PathBuf> {
    let home = cache().join(format!("kratos-{KRATOS}"));
    let binary = home.join("kratos");
    if binary.is_file() {
        return Ok(binary);
    }
    let go = super::find("go").context(
        "Go is missing: install Go ≥ 1.25 (Debian: apt-get install golang; macOS: brew install go)",
    )?;
    println!("building Ory Kratos {KRATOS} from the Go registry …");
    let mut download = Command::new(&go);
    download.args(["mod", "download", "-json", &format!("github.com/ory/kratos@{KRATOS}")]);
    let output = download.stderr(Stdio::inherit()).output().await?;
    ensure!(output.status.success(), "go mod download: {}", output.status);
    let module: Module = serde_json::from_slice(&output.stdout).context("what go mod download said")?;
    let part = partial(&home);
    let _ = std::fs::remove_dir_all(&part);
    std::fs::create_dir_all(&part)?;
    let sources = part.join("sources");
    copy_writable(&module.dir, &sources)?;
    let mut build = Command::new(go);
    build.args(["build", "-tags", "sqlite", "-o"]).arg(part.join("kratos")).arg(".").current_dir(&sources);
    let status = build.status().await?;
    ensure!(status.success(), "go build in {}: {status}", sources.display());
    std::fs::remove_dir_all(&sources)?;
    std::fs::rename(&part, &home)?;
    Ok(binary)
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

/// `pgbench`, from the search path or from where Debian keeps it.
pub fn pgbench() -> Result<PathBuf> {
    if let Some(found) = super::find("pgbench") {
        return Ok(found);
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        versions.map(|version| version.path().join("bin/pgbench")).filter(|path| path.is_file()).collect();
    found.sort();
    found
        .pop()
        .context("pgbench is missing (Debian: apt-get install postgresql-contrib; macOS: brew install libpq)")
}
