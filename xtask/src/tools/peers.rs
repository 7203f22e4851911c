//! What the benchmarks measure beside the product: fetched and built once, then kept.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::{digest, go, maven};
use crate::layout::{cache, root};
use crate::progress::Progress;

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
