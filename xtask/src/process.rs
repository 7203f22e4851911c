//! A part as a child process: started in its own process group, watched until ready, stopped with grace.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::process::{Child, Command};

use crate::probe::Probe;

/// How many lines of a log are shown when its process fails.
const TAIL_LINES: usize = 30;
/// How much of the end of a log is read for that, in bytes.
const TAIL_BYTES: u64 = 16 * 1024;
/// How long the ports of a part may still be held when it is started again.
const PORTS_FREE_WITHIN: Duration = Duration::from_secs(10);
/// How often readiness is asked.
const POLL: Duration = Duration::from_millis(100);

/// The numeric user and group that a process runs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunAs {
    /// User and group id.
    pub id: u32,
}

/// How to run one part.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The part's name, as people see it.
    pub name: &'static str,
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Variables added to the environment.
    pub env: Vec<(String, String)>,
    /// Where standard output and standard error go.
    pub log: PathBuf,
    /// Another user to run as.
    pub run_as: Option<RunAs>,
    /// The signal that asks it to end.
    pub stop_signal: Signal,
    /// The loopback ports it will listen on.
    pub ports: Vec<u16>,
    /// What tells that it is ready.
    pub probe: Probe,
    /// How long it may take until then.
    pub patience: Duration,
}

/// A running child process. Dropping it kills its whole process group.
#[derive(Debug)]
pub struct Running {
    spec: Spec,
    child: Child,
    group: Pid,
}

impl Spec {
    /// Starts the process and waits until it is ready; says with the end of its log why it is not.
    pub async fn start(&self) -> Result<Running> {
        self.wait_for_ports().await?;
        let mut running = self.spawn()?;
        running.wait_ready().await?;
        Ok(running)
    }

    /// A port held by somebody else would make a stranger answer the readiness check. A process that was just killed may
    /// hold its own for a moment.
    async fn wait_for_ports(&self) -> Result<()> {
        let began = Instant::now();
        for port in &self.ports {
            while tokio::net::TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], *port))).await.is_ok() {
                if began.elapsed() > PORTS_FREE_WITHIN {
                    bail!("{}: port {port} is in use by another program: stop that program first", self.name);
                }
                tokio::time::sleep(POLL).await;
            }
        }
        Ok(())
    }

    fn spawn(&self) -> Result<Running> {
        let log = rotate_log(&self.log)?;
        let mut command = self.command();
        command
            .envs(self.env.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .kill_on_drop(true);
        if let Some(run_as) = self.run_as {
            command.uid(run_as.id).gid(run_as.id).current_dir("/");
        }
        let child = command
            .spawn()
            .with_context(|| format!("{}: cannot start {}", self.name, self.program.display()))?;
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        let group = Pid::from_raw(id.ok_or_else(|| anyhow!("{}: ended at once", self.name))?);
        Ok(Running { spec: self.clone(), child, group })
    }

    /// On Linux the process goes through `setpriv`, which makes the kernel stop it when we die, however we die.
    fn command(&self) -> Command {
        if cfg!(target_os = "linux") {
            let mut command = Command::new("setpriv");
            let signal = self.stop_signal.as_str().trim_start_matches("SIG").to_owned();
            command.arg("--pdeathsig").arg(signal).arg("--").arg(&self.program).args(&self.args);
            command
        } else {
            let mut command = Command::new(&self.program);
            command.args(&self.args);
            command
        }
    }
}

impl Running {
    async fn wait_ready(&mut self) -> Result<()> {
        let Spec { name, patience, .. } = self.spec;
        let began = Instant::now();
        loop {
            if let Some(status) = self.ended()? {
                bail!("{name}: ended before it was ready ({status})\n{}", self.log_tail());
            }
            let seen = match self.spec.probe.check().await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            if began.elapsed() > patience {
                bail!(
                    "{name}: not ready after {} s (last seen: {seen:#})\n{}",
                    patience.as_secs(),
                    self.log_tail()
                );
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// The process, until it has ended.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// The exit status, if the process has ended.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().with_context(|| format!("{}: cannot ask for its state", self.spec.name))
    }

    /// Asks the process to end and waits for at most `grace`, then kills its whole group.
    pub async fn stop(mut self, grace: Duration) {
        let _ = killpg(self.group, self.spec.stop_signal);
        if tokio::time::timeout(grace, self.child.wait()).await.is_err() {
            self.kill().await;
        }
    }

    /// Sends a signal to the whole process group.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        killpg(self.group, signal).with_context(|| format!("{}: cannot send {signal}", self.spec.name))
    }

    /// Ends the process group at once, as a power cut would.
    pub async fn kill(mut self) {
        let _ = killpg(self.group, Signal::SIGKILL);
        let _ = self.child.wait().await;
    }

    fn log_tail(&self) -> String {
        let path = &self.spec.log;
        format!("--- the end of {}\n{}", path.display(), tail(path))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Once reaped the id may belong to somebody else.
        if self.child.id().is_some() {
            let _ = killpg(self.group, Signal::SIGKILL);
        }
    }
}

/// Keeps the log of the run before as `NAME.log.1`.
fn rotate_log(path: &Path) -> Result<File> {
    if path.metadata().is_ok_and(|meta| meta.len() > 0) {
        let _ = std::fs::rename(path, path.with_extension("log.1"));
    }
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .with_context(|| format!("cannot write the log {}", path.display()))
}

/// The last lines of a log.
fn tail(path: &Path) -> String {
    use std::io::{Read as _, Seek as _, SeekFrom};

    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}
