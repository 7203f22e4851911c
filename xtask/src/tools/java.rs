//! The Java Development Kit on this machine.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// The oldest release that Kafka and Keycloak run on.
const OLDEST: u32 = 17;

/// The `java` of a JDK that is new enough: that of `JAVA_HOME`, else the first on the search path.
pub fn java() -> Result<PathBuf> {
    Ok(found()?.0)
}

/// Its major version.
pub fn version() -> Result<u32> {
    Ok(found()?.1)
}

fn found() -> Result<(PathBuf, u32)> {
    let fix = format!(
        "install a JDK ≥ {OLDEST} (Debian: apt-get install openjdk-17-jdk-headless; macOS: brew install openjdk) \
         or point JAVA_HOME at one"
    );
    let home = std::env::var_os("JAVA_HOME").map(|home| PathBuf::from(home).join("bin/java"));
    let Some(java) = home.filter(|java| java.is_file()).or_else(|| super::find("java")) else {
        bail!("there is no Java here: {fix}");
    };
    let javac = java.canonicalize().unwrap_or_else(|_| java.clone()).with_file_name("javac");
    if !javac.is_file() && super::find("javac").is_none() {
        bail!("{} is a runtime without a compiler: {fix}", java.display());
    }
    let output = Command::new(&java)
        .args(["--version"])
        .output()
        .with_context(|| format!("{} does not run: {fix}", java.display()))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    match major(&text) {
        Some(version) if version >= OLDEST => Ok((java, version)),
        Some(version) => bail!("Java {version} is too old: {fix}"),
        None => bail!("{} does not say its version: {fix}", java.display()),
    }
}

/// The major version in the first line of `java --version`, such as `openjdk 17.0.15 2025-04-15`.
fn major(text: &str) -> Option<u32> {
    let version = text.lines().next()?.split_whitespace().nth(1)?;
    version.split(['.', '-', '+']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_is_read_from_the_first_line() {
        assert_eq!(major("openjdk 17.0.15 2025-04-15\nOpenJDK Runtime"), Some(17));
        assert_eq!(major("java 25-ea 2025-09-16"), Some(25));
        assert_eq!(major("openjdk 21 2023-09-19"), Some(21));
        assert_eq!(major("Unrecognized option: --version"), None);
    }
}
