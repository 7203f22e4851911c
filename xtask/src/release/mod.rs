//! What is released, built so that the same sources and compilers give the same bytes wherever they lie.

mod compare;
mod pack;
mod place;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use clap::ValueEnum;
use sha2::{Digest as _, Sha256};

use crate::progress::Progress;
use crate::tools::digest;
use place::Place;

/// The sums of all other files, as `sha256sum --check` reads them.
pub const SUMS: &str = "SHA256SUMS";

/// A part of the product that is built and handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The program `gatehouse`.
    Service,
    /// What goes into Keycloak's folder `providers`.
    Extension,
    /// What is unpacked in Keycloak's folder `themes`.
    Theme,
}

/// Builds these parts into the folder `dist`, with the sums beside them.
pub async fn build(parts: &[Part], dist: &Path) -> Result<()> {
    build_at(&Place::here()?, parts, dist).await?;
    write_sums(dist)
}

/// The same; but before there are sums it builds once more, from a copy of the tree at another path with other folders for
/// what Cargo builds and keeps, and fails with what differs.
pub async fn check(parts: &[Part], dist: &Path) -> Result<()> {
    build_at(&Place::here()?, parts, dist).await?;
    let elsewhere = Elsewhere::new(dist)?;
    let again = elsewhere.0.join("dist");
    build_at(&Place::copy(&elsewhere.0).await?, parts, &again).await?;
    let differences = compare::folders(dist, &again)?;
    ensure!(differences.is_empty(), "built again elsewhere, it is not the same:\n{}", differences.join("\n"));
    write_sums(dist)
}

async fn build_at(place: &Place, parts: &[Part], dist: &Path) -> Result<()> {
    let progress = Progress::new();
    let _ = std::fs::remove_dir_all(dist);
    std::fs::create_dir_all(dist).with_context(|| format!("cannot make {}", dist.display()))?;
    for part in parts {
        let name = part.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
        let step = progress.step(name);
        match part {
            Part::Service => place.service(dist, &step).await?,
            Part::Extension => place.extension(dist, &step).await?,
            Part::Theme => pack::theme(&place.theme(), dist)?,
        }
        step.done(&format!("from {}", place.root().display()));
    }
    Ok(())
}

fn write_sums(dist: &Path) -> Result<()> {
    std::fs::write(dist.join(SUMS), sums(dist)?).with_context(|| format!("cannot write {SUMS}"))
}

/// One line for each file, by name.
fn sums(dist: &Path) -> Result<String> {
    let mut lines = String::new();
    for name in compare::names(dist)? {
        let sum = digest::hex(&Sha256::digest(std::fs::read(dist.join(&name))?));
        writeln!(lines, "{sum}  {name}")?;
    }
    Ok(lines)
}

/// Where the second build lies, for as long as it is needed.
struct Elsewhere(PathBuf);

impl Elsewhere {
    /// Beside the first.
    fn new(dist: &Path) -> Result<Self> {
        let folder = dist.with_extension("again");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::sums;

    #[test]
    fn sums_are_what_sha256sum_prints() {
        let dist = std::env::temp_dir().join(format!("gatehouse-sums-{}", std::process::id()));
        std::fs::create_dir_all(&dist).unwrap();
        std::fs::write(dist.join("b"), "").unwrap();
        std::fs::write(dist.join("a"), "abc").unwrap();
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a\n\
                        e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b\n";
        assert_eq!(sums(&dist).unwrap(), expected);
        std::fs::remove_dir_all(&dist).unwrap();
    }
}
