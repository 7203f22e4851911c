//! Keycloak's files: fetched once, built once for each version of the extension, linked into each stack.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tokio::process::Command;

use super::realm_file;
use crate::layout::{cache, partial, root};
use crate::parts::fetched;
use crate::progress::Step;
use crate::tools::{archive, command, digest, java, maven, peers};

const VERSION: &str = "26.7.4";
/// What is fixed when Keycloak builds itself; the rest is set at start.
const BUILD_OPTIONS: [&str; 4] =
    ["build", "--db=postgres", "--health-enabled=true", "--metrics-enabled=true"];

/// A Keycloak built with the extension as it is now, for benchmarks with Phase Two's beside it where that runs.
pub async fn built(for_bench: bool, step: &Step) -> Result<PathBuf> {
    let distribution = distribution(step).await?;
    let extension = extension(step).await?;
    let peer = if for_bench && peers::has_phase_two()? { Some(peers::phase_two(step).await?) } else { None };
    let parts: Vec<PathBuf> = std::iter::once(&extension).chain(&peer).cloned().collect();
    let version = digest::digest(&format!("{VERSION} {BUILD_OPTIONS:?}"), &parts)?;
    let home = cache().join(format!("keycloak-built-{version}"));
    if home.is_dir() {
        return Ok(home);
    }
    step.stage("building Keycloak with the extension");
    let part = partial(&home);
    let _ = std::fs::remove_dir_all(&part);
    link_tree(&distribution, &part).await?;
    // The build writes below lib/quarkus, so these files must not be shared with the distribution.
    replace_with_copy(&distribution.join("lib/quarkus"), &part.join("lib/quarkus")).await?;
    replace_with_copy(&extension, &part.join("providers")).await?;
    if let Some(peer) = &peer {
        copy(&["-P"], &archive::only_file(peer, "jar")?, &part.join("providers")).await?;
    }
    let mut kc = Command::new(part.join("bin/kc.sh"));
    kc.args(BUILD_OPTIONS).env("JAVA", java::java()?).env("JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1");
    command::run(&mut kc, "kc.sh build", step, |_| None).await?;
    std::fs::rename(&part, &home).with_context(|| format!("cannot make {}", home.display()))?;
    Ok(home)
}

async fn distribution(step: &Step) -> Result<PathBuf> {
    let home = cache().join(format!("keycloak-{VERSION}"));
    if home.is_dir() {
        return Ok(home);
    }
    let artifact = format!("org.keycloak:keycloak-quarkus-dist:{VERSION}:zip");
    let zip_dir = fetched(&format!("keycloak-{VERSION}-zip"), &artifact, step).await?;
    step.stage("unpacking Keycloak");
    let part = partial(&home);
    let _ = std::fs::remove_dir_all(&part);
    archive::unzip(archive::only_file(&zip_dir, "zip")?, part.clone()).await?;
    std::fs::rename(part.join(format!("keycloak-{VERSION}")), &home)
        .context("the zip holds another version")?;
    std::fs::remove_dir_all(&part)?;
    std::fs::remove_dir_all(&zip_dir)?;
    Ok(home)
}

/// The extension's jar and what it needs, built when a source has changed.
async fn extension(step: &Step) -> Result<PathBuf> {
    let project = root().join("keycloak-extension");
    let version = digest::digest("extension", &[project.join("pom.xml"), project.join("src/main")])?;
    let providers = cache().join(format!("extension-{version}"));
    if !providers.is_dir() {
        step.stage("building the extension");
        maven::package(&project, step).await?;
        let part = partial(&providers);
        replace_with_copy(&project.join("target/providers"), &part).await?;
        std::fs::rename(&part, &providers)?;
    }
    Ok(providers)
}

/// Makes `home` a Keycloak of its own: the files are shared, the data, theme and realm are this stack's.
pub async fn link_home(built: &Path, home: &Path, data: &Path) -> Result<()> {
    use std::os::unix::fs::symlink;

    let _ = std::fs::remove_dir_all(home);
    std::fs::create_dir_all(data.join("import"))?;
    link_tree(built, home).await?;
    let _ = std::fs::remove_dir_all(home.join("data"));
    symlink(data, home.join("data"))?;
    symlink(root().join("keycloak-theme/gatehouse"), home.join("themes/gatehouse"))?;
    let realm = realm_file();
    std::fs::copy(&realm, data.join("import/gatehouse-realm.json"))
        .with_context(|| format!("cannot copy {}", realm.display()))?;
    Ok(())
}

/// Copies a tree as hard links: a moment's work, and no space.
async fn link_tree(from: &Path, to: &Path) -> Result<()> {
    copy(&["-R", "-P", "-l"], from, to).await
}

async fn replace_with_copy(from: &Path, to: &Path) -> Result<()> {
    let _ = std::fs::remove_dir_all(to);
    copy(&["-R", "-P"], from, to).await
}

async fn copy(options: &[&str], from: &Path, to: &Path) -> Result<()> {
    let status =
        Command::new("cp").args(options).arg(from).arg(to).status().await.context("cannot run cp")?;
    anyhow::ensure!(status.success(), "cannot copy {} to {}", from.display(), to.display());
    Ok(())
}
