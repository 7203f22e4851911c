//! Helm and the schemas of Kubernetes, for the test of the chart: built and installed once, then kept.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

use super::python;
use crate::layout::cache;
use crate::progress::Progress;

const HELM: &str = "v3.22.0";
const KUBERNETES_VALIDATE: &str = "1.37.0";
/// The Kubernetes that the chart is rendered for and compared with.
pub const KUBERNETES: &str = "1.34.0";

/// Helm, built from the Go registry at the first call; that takes some minutes.
pub async fn helm() -> Result<PathBuf> {
    let bin = cache().join(format!("helm-{HELM}"));
    let helm = bin.join("helm");
    if helm.is_file() {
        return Ok(helm);
    }
    let go = super::find("go").context(
        "Go is missing: install Go ≥ 1.25 (Debian: apt-get install golang; macOS: brew install go)",
    )?;
    let module = format!("helm.sh/helm/v3/cmd/helm@{HELM}");
    let mut install = Command::new(go);
    install.args(["install", &module]).env("GOBIN", &bin).env("GOFLAGS", "-mod=mod");
    run(&mut install, "go install helm").await?;
    Ok(helm)
}

/// The program that compares manifests with the schemas of Kubernetes, in a Python environment of its own.
pub async fn kubernetes_validate() -> Result<PathBuf> {
    let home = cache().join(format!("kubernetes-validate-{KUBERNETES_VALIDATE}"));
    let package = format!("kubernetes-validate=={KUBERNETES_VALIDATE}");
    let step = Progress::new().step("kubernetes-validate");
    python::environment(&home, &[&package], &step).await?;
    Ok(home.join("bin/kubernetes-validate"))
}

/// Renders a chart with a values file into `to`.
pub async fn render(helm: &Path, chart: &Path, values: &Path, to: &Path) -> Result<()> {
    let mut template = Command::new(helm);
    template.args(["template", "gatehouse"]).arg(chart).arg("--values").arg(values);
    let output = template.args(["--namespace", "identity", "--kube-version", KUBERNETES]).output().await?;
    let problem = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "helm template with {}: {problem}", values.display());
    tokio::fs::write(to, output.stdout).await.with_context(|| format!("cannot write {}", to.display()))
}

async fn run(command: &mut Command, what: &str) -> Result<()> {
    println!("$ {what}");
    let status = command.status().await.with_context(|| format!("cannot run {what}"))?;
    ensure!(status.success(), "{what}: {status}");
    Ok(())
}
