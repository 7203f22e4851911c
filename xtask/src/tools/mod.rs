//! Programs of the machine that the commands use: what is missing is said in one line with the fix.

pub mod archive;
pub mod browser;
pub mod command;
pub mod digest;
pub mod go;
pub mod helm;
pub mod java;
pub mod maven;
pub mod peers;
pub mod python;

use std::path::PathBuf;

/// The first executable called `name` on the search path.
#[must_use]
pub fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file())
}

/// One name of the platform, as package names spell it.
pub struct Platform {
    /// `linux` or `darwin`.
    pub os: &'static str,
    /// `amd64` or `arm64v8`.
    pub arch: &'static str,
}

/// The platform this program runs on, if the stack can run there.
pub fn platform() -> anyhow::Result<Platform> {
    let os = match std::env::consts::OS {
        "linux" => "linux",
        "macos" => "darwin",
        other => anyhow::bail!("the stack runs on Linux and macOS, not on {other}"),
    };
    let arch = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64v8",
        other => anyhow::bail!("there are no PostgreSQL binaries for the {other} processor"),
    };
    Ok(Platform { os, arch })
}
