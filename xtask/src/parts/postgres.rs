//! PostgreSQL from prebuilt binaries, with one database for Keycloak and one for the service.

use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use nix::sys::signal::Signal;

use super::fetched;
use crate::layout::{Layout, cache, partial, write_private};
use crate::probe::Probe;
use crate::process::{RunAs, Spec};
use crate::progress::Step;
use crate::stack::secrets::Secrets;
use crate::tools::{archive, digest, platform};

const NAME: &str = "postgres";
const VERSION: &str = "17.9.0";
/// A file beside the data directory: its databases are complete.
const MADE: &str = "made";
/// PostgreSQL refuses to run as root; this is the user `nobody` on Debian and elsewhere.
const NOBODY: RunAs = RunAs { id: 65534 };

/// What a durable write is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Survives a power cut: for data that people keep.
    Kept,
    /// Survives a crash of PostgreSQL only: for tests.
    Thrown,
}

/// The unpacked binaries.
#[derive(Debug, Clone)]
pub struct Postgres {
    home: PathBuf,
}

impl Postgres {
    /// Fetches and unpacks the binaries.
    pub async fn prepare(step: &Step) -> Result<Self> {
        let home = cache().join(format!("postgres-{VERSION}"));
        if home.exists() {
            return Self::at(&home);
        }
        let platform = platform()?;
        let packed = format!("embedded-postgres-binaries-{}-{}", platform.os, platform.arch);
        let artifact = format!("io.zonky.test.postgres:{packed}:{VERSION}");
        let jar_dir = fetched(&format!("postgres-{VERSION}-jar"), &artifact, step).await?;
        step.stage("unpacking PostgreSQL");
        let part = partial(&home);
        let _ = std::fs::remove_dir_all(&part);
        archive::unpack_txz_in_jar(archive::only_file(&jar_dir, "jar")?, part.clone()).await?;
        let place = reachable(&home)?;
        if place == home {
            std::fs::rename(&part, &home)?;
        } else {
            copy_tree(&part, &place)?;
            std::fs::remove_dir_all(&part)?;
        }
        Self::at(&home)
    }

    /// The user PostgreSQL runs as may be able to go the real way only, not the way by a link.
    fn at(home: &Path) -> Result<Self> {
        Ok(Self { home: home.canonicalize().context("PostgreSQL was not unpacked")? })
    }

    /// Makes the data directory with its databases at the first start, and tells how to run it.
    pub async fn lay_out(
        &self,
        layout: &Layout,
        secrets: &Secrets,
        port: u16,
        durability: Durability,
        step: &Step,
    ) -> Result<Spec> {
        let place = layout.data(NAME);
        if !place.join(MADE).exists() {
            step.stage("making the databases");
            let (this, secrets, place) = (self.clone(), secrets.clone(), place.clone());
            archive::blocking(move || this.make_cluster(&place, &secrets)).await?;
        }
        let data = place.join("data").canonicalize().context("the databases were not made")?;
        Ok(self.spec(layout, &data, port, durability))
    }

    fn make_cluster(&self, place: &Path, secrets: &Secrets) -> Result<()> {
        let place = reachable(place)?;
        std::fs::create_dir_all(&place)?;
        let (data, password) = (place.join("data"), place.join("password"));
        // Without the mark the making was interrupted.
        let _ = std::fs::remove_dir_all(&data);
        write_private(&password, &secrets.postgres_admin)?;
        if is_root() {
            chown(&place, Some(NOBODY.id), Some(NOBODY.id))?;
            chown(&password, Some(NOBODY.id), Some(NOBODY.id))?;
        }
        let mut initdb = self.command("initdb");
        initdb
            .arg("--pgdata")
            .arg(&data)
            .args(["--username=postgres", "--auth-host=scram-sha-256", "--auth-local=reject", "--no-sync"])
            .args(["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"])
            .arg(format!("--pwfile={}", password.display()));
        finish(initdb, "", "initdb")?;
        std::fs::remove_file(&password)?;
        let mut single = self.command("postgres");
        single.args(["--single", "-D"]).arg(&data).arg("postgres");
        finish(single, &first_statements(secrets), "making the databases")?;
        std::fs::write(place.join(MADE), "").context("cannot note that the databases are made")
    }

    fn command(&self, program: &str) -> Command {
        use std::os::unix::process::CommandExt as _;

        let mut command = Command::new(self.home.join("bin").join(program));
        command.env("LC_ALL", "C").current_dir("/");
        if is_root() {
            command.uid(NOBODY.id).gid(NOBODY.id);
        }
        command
    }

    fn spec(&self, layout: &Layout, data: &Path, port: u16, durability: Durability) -> Spec {
        let mut args: Vec<std::ffi::OsString> = vec!["-D".into(), data.into()];
        let (fsync, libraries) = match durability {
            Durability::Kept => ("on", "pg_stat_statements"),
            Durability::Thrown => ("off", ""),
        };
        for setting in [
            format!("port={port}"),
            "listen_addresses=127.0.0.1".to_owned(),
            "unix_socket_directories=".to_owned(),
            "max_connections=300".to_owned(),
            "log_min_messages=warning".to_owned(),
            format!("fsync={fsync}"),
            // Which statement costs how much: asked by benchmarks, and of use to whoever looks for a slow one.
            format!("shared_preload_libraries={libraries}"),
        ] {
            args.extend(["-c".into(), setting.into()]);
        }
        Spec {
            name: NAME,
            program: self.home.join("bin/postgres"),
            args,
            env: vec![("LC_ALL".to_owned(), "C".to_owned())],
            log: layout.log(NAME),
            run_as: is_root().then_some(NOBODY),
            stop_signal: Signal::SIGINT, // "fast": ends sessions, loses nothing
            ports: vec![port],
            probe: Probe::PostmasterPid(data.join("postmaster.pid")),
            patience: Duration::from_mins(1),
        }
    }
}

/// One statement a line, as single-user mode reads them. The secrets are made of letters and digits.
fn first_statements(secrets: &Secrets) -> String {
    let mut text = String::new();
    for (name, password) in
        [("gatehouse", &secrets.postgres_gatehouse), ("keycloak", &secrets.postgres_keycloak)]
    {
        let _ = writeln!(text, "CREATE ROLE {name} LOGIN PASSWORD '{password}'");
        let _ = writeln!(text, "CREATE DATABASE {name} OWNER {name}");
    }
    text
}

fn finish(mut command: Command, input: &str, what: &str) -> Result<()> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{what}: cannot start"))?;
    child.stdin.take().context("no standard input")?.write_all(input.as_bytes())?;
    let output = child.wait_with_output()?;
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // Single-user mode goes on after an error and ends well.
    if !output.status.success() || text.contains("ERROR:") {
        bail!("{what} failed ({})\n{text}", output.status);
    }
    Ok(())
}

fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

/// Where `path` may be kept so that the user PostgreSQL runs as gets there: `path` itself, or, below a home directory
/// that only root may enter, a directory for temporary files to which `path` then is a link.
fn reachable(path: &Path) -> Result<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;

    let parent = path.parent().context("a data directory has a parent")?;
    std::fs::create_dir_all(parent)?;
    let open = |dir: &Path| dir.metadata().is_ok_and(|meta| meta.permissions().mode() & 0o001 != 0);
    if !is_root() || parent.ancestors().all(open) {
        return Ok(path.to_path_buf());
    }
    let place =
        std::env::temp_dir().join(format!("gatehouse-{}", digest::digest(&path.to_string_lossy(), &[])?));
    if !path.exists() {
        let _ = std::fs::remove_dir_all(&place);
        let _ = std::fs::remove_file(path);
        std::fs::create_dir(&place).with_context(|| format!("cannot make {}", place.display()))?;
        std::os::unix::fs::symlink(&place, path)?;
    }
    Ok(place)
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    let status = Command::new("cp").arg("-R").arg(from.join(".")).arg(to).status()?;
    ensure!(status.success(), "cannot copy {} to {}", from.display(), to.display());
    Ok(())
}
