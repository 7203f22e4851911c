//! Where a release is built: nothing of these paths may get into it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

use crate::layout::{Build, root, target};
use crate::parts::gatehouse;
use crate::progress::Step;
use crate::tools::maven;

/// A tree of sources, where Cargo writes what it builds from it, and where Cargo keeps the crates.
pub struct Place {
    root: PathBuf,
    target: PathBuf,
    crates: PathBuf,
}

impl Place {
    /// This tree.
    pub fn here() -> Result<Self> {
        let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo"));
        let crates = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(home);
        Ok(Self {
            root: root(),
            target: target(),
            crates: crates.context("neither CARGO_HOME nor HOME is set")?,
        })
    }

    /// A copy of this tree below `folder`, as Git has it with what was changed and added since. The crates are the same by
    /// another path.
    pub async fn copy(folder: &Path) -> Result<Self> {
        let place =
            Self { root: folder.join("copy"), target: folder.join("output"), crates: folder.join("crates") };
        let mut git = Command::new("git");
        git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root());
        let listed = git.output().await.context("cannot run git")?;
        ensure!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
        for name in String::from_utf8(listed.stdout)?.split_terminator('\0') {
            let (from, to) = (root().join(name), place.root.join(name));
            // Git still lists what was deleted and not committed.
            if from.is_file() {
                std::fs::create_dir_all(to.parent().unwrap_or(&to))?;
                std::fs::copy(&from, &to).with_context(|| format!("cannot copy {name}"))?;
            }
        }
        std::os::unix::fs::symlink(Self::here()?.crates, &place.crates).context("cannot link the crates")?;
        Ok(place)
    }

    /// The sources.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The theme needs no building.
    pub fn theme(&self) -> PathBuf {
        self.root.join("keycloak-theme/gatehouse")
    }

    /// Builds the service into `dist`.
    pub async fn service(&self, dist: &Path, step: &Step) -> Result<()> {
        let settings = [
            ("CARGO_HOME", self.crates.clone().into()),
            ("CARGO_TARGET_DIR", self.target.clone().into()),
            ("CARGO_ENCODED_RUSTFLAGS", self.flags()),
            // It would cut the code into other pieces.
            ("CARGO_INCREMENTAL", "0".into()),
        ];
        gatehouse::compile(Build::Release, &self.root, settings, step).await?;
        copy(&self.target.join(Build::Release.folder()).join("gatehouse"), dist)
    }

    /// What the compiler is told in place of our paths, by which a panic names its line. The last that fits counts. C
    /// code has none in it.
    fn flags(&self) -> OsString {
        let names = [(&self.root, "/gatehouse"), (&self.target, "/target"), (&self.crates, "/cargo")];
        let flags = names.map(|(path, name)| {
            let mut flag = OsString::from("--remap-path-prefix=");
            flag.extend([path.as_os_str(), OsStr::new("="), OsStr::new(name)]);
            flag
        });
        flags.join(OsStr::new("\u{1f}"))
    }

    /// Builds the extension into `dist`, with the library that it needs.
    pub async fn extension(&self, dist: &Path, step: &Step) -> Result<()> {
        step.stage("building the extension");
        let project = self.root.join("keycloak-extension");
        maven::package(&project, step).await?;
        for jar in std::fs::read_dir(project.join("target/providers"))? {
            copy(&jar?.path(), dist)?;
        }
        Ok(())
    }
}

fn copy(file: &Path, folder: &Path) -> Result<()> {
    let name = file.file_name().context("a file has a name")?;
    std::fs::copy(file, folder.join(name)).with_context(|| format!("cannot copy {}", file.display()))?;
    Ok(())
}
