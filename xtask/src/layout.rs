//! Where things lie: the sources, the cache of what was fetched and built, and the state of one stack.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// Cargo's output directory, which also holds everything that these commands make.
#[must_use]
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// What was fetched and built once and is shared by every stack: safe to delete, made again when missing.
#[must_use]
pub fn cache() -> PathBuf {
    target().join("stack-cache")
}

/// How the service and the programs beside it are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// As the tests are, so that they share the work.
    Debug,
    /// As it is released.
    Release,
}

impl Build {
    /// What Cargo is told.
    #[must_use]
    pub fn flag(self) -> &'static str {
        match self {
            Self::Debug => "--profile=dev",
            Self::Release => "--release",
        }
    }

    /// Where Cargo puts what it built, under [`target`].
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

/// The state of one stack: data, secrets, logs and `stack.json`.
#[derive(Debug, Clone)]
pub struct Layout {
    state: PathBuf,
}

impl Layout {
    /// A stack whose state is kept in `state`.
    #[must_use]
    pub fn new(state: PathBuf) -> Self {
        Self { state }
    }

    /// The stack of `cargo xtask up`.
    #[must_use]
    pub fn of_up() -> Self {
        Self::new(target().join("stack"))
    }

    /// The directory that holds all of it.
    #[must_use]
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// The data directory of one part.
    #[must_use]
    pub fn data(&self, part: &str) -> PathBuf {
        self.state.join(part)
    }

    /// The log file of one part.
    #[must_use]
    pub fn log(&self, part: &str) -> PathBuf {
        self.logs().join(format!("{part}.log"))
    }

    fn logs(&self) -> PathBuf {
        self.state.join("logs")
    }

    /// Secrets of this stack, made at its first start.
    #[must_use]
    pub fn secrets(&self) -> PathBuf {
        self.state.join("secrets.json")
    }

    /// The description that other programs read.
    #[must_use]
    pub fn description(&self) -> PathBuf {
        self.state.join("stack.json")
    }

    /// What only tests need to know beside `stack.json`.
    #[must_use]
    pub fn endpoints(&self) -> PathBuf {
        self.state.join("endpoints.json")
    }

    /// Locked by the process that runs the stack, for as long as it lives.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.state.join("up.lock")
    }

    /// Present when every part has become ready.
    #[must_use]
    pub fn ready(&self) -> PathBuf {
        self.state.join("ready")
    }

    /// Makes the directories.
    pub fn create(&self) -> Result<()> {
        let logs = self.logs();
        std::fs::create_dir_all(&logs).with_context(|| format!("cannot make {}", logs.display()))
    }

    /// Deletes data and secrets, so that the next start begins from empty. The lock stays, for it is held, and the logs.
    pub fn clear(&self) -> Result<()> {
        let Ok(entries) = std::fs::read_dir(&self.state) else {
            return Ok(());
        };
        for entry in entries {
            let path = entry?.path();
            if path == self.lock() || path == self.logs() {
                continue;
            }
            // `metadata` would follow the link that PostgreSQL's data may be (see `parts::postgres`).
            let is_dir = path.symlink_metadata()?.is_dir();
            let gone = if is_dir { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
            gone.with_context(|| format!("cannot delete {}", path.display()))?;
        }
        Ok(())
    }
}

/// Where something is made before it takes its name, so that what bears the name is complete.
#[must_use]
pub fn partial(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// Writes a file that only its owner may read, whole or not at all.
pub fn write_private(path: &Path, text: &str) -> Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;

    let part = partial(path);
    let _ = std::fs::remove_file(&part);
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
        file.write_all(text.as_bytes())?;
        std::fs::rename(&part, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
