//! The service as a process of its own: one role, on other ports, with the environment that the stack gives it.

use std::{net::TcpListener, path::PathBuf, process::Stdio, time::Duration};

use anyhow::{Context as _, Result, ensure};
use tokio::process::{Child, Command};

use crate::{machine, stage::Stage};

/// How to run the service's program.
pub struct Program {
    path: PathBuf,
    environment: Vec<(String, String)>,
}

impl Program {
    /// As the stack runs it now.
    pub async fn of(stage: &Stage) -> Result<Self> {
        let (path, environment) = machine::program_of(stage.pid("gatehouse").await?)?;
        Ok(Self { path, environment })
    }

    fn command(&self, words: &[&str], env: &[(&str, String)]) -> Command {
        let mut command = Command::new(&self.path);
        command.args(words).env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.envs(env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Runs a command to its end.
    pub async fn run(&self, words: &[&str]) -> Result<()> {
        let status = self.command(words, &[]).status().await?;
        ensure!(status.success(), "gatehouse {}: {status}", words.join(" "));
        Ok(())
    }

    /// Starts an instance with these roles; it listens where nobody else does. It may not be ready yet.
    pub fn serve(&self, roles: &str, env: &[(&str, String)]) -> Result<Instance> {
        let (listen, operations) = (free_address()?, free_address()?);
        let mut env = env.to_vec();
        let ready = format!("http://{operations}/health/ready");
        env.push(("GATEHOUSE__HTTP__LISTEN", listen));
        env.push(("GATEHOUSE__HTTP__OPERATIONS_LISTEN", operations));
        let process = self.command(&["serve", "--roles", roles], &env).spawn()?;
        Ok(Instance { process, ready })
    }
}

/// A running instance. Dropping it kills it.
pub struct Instance {
    process: Child,
    ready: String,
}

impl Instance {
    /// Its process.
    pub fn pid(&self) -> Result<u32> {
        self.process.id().context("the instance has ended")
    }

    /// Waits until it is ready.
    pub async fn wait(&mut self) -> Result<()> {
        loop {
            if let Some(status) = self.process.try_wait()? {
                anyhow::bail!("the instance has ended: {status}");
            }
            let answer = reqwest::get(&self.ready).await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Ends it at once.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.process.kill().await?)
    }
}

fn free_address() -> Result<String> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.to_string())
}
