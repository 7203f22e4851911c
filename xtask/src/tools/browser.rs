//! Node and Chromium, for the browser tests.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use tokio::process::Command;

/// The oldest Node that the browser tests run on.
const OLDEST_NODE: u32 = 20;
const CHROMIUM_NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const CHROMIUM_ON_MAC: [&str; 2] = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// `npm`, of a Node that is new enough.
pub fn npm() -> Result<Command> {
    let fix = format!(
        "install Node ≥ {OLDEST_NODE} (Debian: apt-get install nodejs npm; macOS: brew install node)"
    );
    let node = super::find("node").with_context(|| format!("Node is missing: {fix}"))?;
    let output = std::process::Command::new(node).arg("--version").output()?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let major = version.trim_start_matches('v').split('.').next().and_then(|word| word.parse::<u32>().ok());
    ensure!(major.is_some_and(|major| major >= OLDEST_NODE), "Node {version} is too old: {fix}");
    Ok(Command::new(super::find("npm").with_context(|| format!("npm is missing: {fix}"))?))
}

/// A Chromium of this machine; as root on Debian one is installed if there is none.
pub async fn chromium() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("GATEHOUSE_TEST_CHROMIUM") {
        return Ok(path.into());
    }
    if let Some(path) = installed() {
        return Ok(path);
    }
    let fix = "install Chromium (Debian: apt-get install chromium; macOS: brew install chromium) or name one in \
               GATEHOUSE_TEST_CHROMIUM";
    if !nix::unistd::geteuid().is_root() || super::find("apt-get").is_none() {
        bail!("there is no Chromium here: {fix}");
    }
    println!("$ apt-get install chromium");
    for words in [&["update"][..], &["install", "--yes", "--no-install-recommends", "chromium"]] {
        let mut apt = Command::new("apt-get");
        let status = apt.args(["-qq"]).args(words).env("DEBIAN_FRONTEND", "noninteractive").status().await?;
        ensure!(status.success(), "Chromium cannot be installed: {fix}");
    }
    installed().with_context(|| format!("there still is no Chromium here: {fix}"))
}

fn installed() -> Option<PathBuf> {
    let on_mac = || CHROMIUM_ON_MAC.into_iter().map(PathBuf::from).find(|path| path.is_file());
    CHROMIUM_NAMES.into_iter().find_map(super::find).or_else(on_mac)
}
