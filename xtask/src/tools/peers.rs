//! What the benchmarks measure beside the product: fetched and built once, then kept.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::{digest, go, java, maven};
use crate::layout::{cache, root};
use crate::parts::fetched;
use crate::progress::{Progress, Step};

/// Kafka Connect with Debezium's JDBC sink and its source for PostgreSQL, as one directory of jars.
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

/// Phase Two's extension for Keycloak, which sends events by HTTP.
const PHASE_TWO: &str = "0.59";
/// What Phase Two's extension needs; Keycloak and ours are content with less.
const PHASE_TWO_JAVA: u32 = 21;

/// Whether Keycloak can run Phase Two's extension on the Java of this machine.
pub fn has_phase_two() -> Result<bool> {
    Ok(java::version()? >= PHASE_TWO_JAVA)
}

/// Phase Two's extension as a directory with its jar.
pub async fn phase_two(step: &Step) -> Result<PathBuf> {
    let artifact = format!("io.phasetwo.keycloak:keycloak-events:{PHASE_TWO}:jar");
    fetched(&format!("phase-two-{PHASE_TWO}"), &artifact, step).await
}

/// Ory Kratos, built at the first call; that takes some minutes.
pub async fn kratos() -> Result<PathBuf> {
    let kratos = go::Program {
        name: "kratos",
        module: "github.com/ory/kratos",
        version: "v1.3.1",
        package: ".",
        tags: "sqlite",
    };
    kratos.build().await
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
