//! A stack that belongs to one test.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tokio::process::Child;

use crate::layout::{Layout, target};
use crate::stack::description::{Description, Endpoints};
use crate::stack::links::Mode;

/// From empty on a busy machine, builds included.
const START_WITHIN: Duration = Duration::from_mins(15);
/// How long it may take to end.
const END_WITHIN: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(100);

/// A whole stack on free ports, stopped and forgotten when it is dropped.
#[derive(Debug)]
pub struct OwnStack {
    /// What its `stack.json` says.
    pub info: Description,
    /// Keycloak's own database, as PostgreSQL's superuser.
    pub keycloak_database: String,
    keeper: Keeper,
}

impl OwnStack {
    pub(super) async fn start(more: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Self> {
        let name = format!("own-{}-{:08x}", std::process::id(), rand::random::<u32>());
        let layout = Layout::new(target().join("test-services").join(name));
        layout.create()?;
        let log = std::fs::File::create(layout.log("up"))?;
        // In our process group: Ctrl-C ends it too.
        let mut up = super::up(&layout, "whole");
        up.args(more);
        let child = up.stdout(log.try_clone()?).stderr(log).spawn().context("cannot run cargo xtask up")?;
        let mut keeper = Keeper { child, layout };
        let began = std::time::Instant::now();
        while !keeper.layout.ready().exists() {
            let log = keeper.layout.log("up");
            if let Some(status) = keeper.child.try_wait()? {
                let text = std::fs::read_to_string(&log).unwrap_or_default();
                bail!("the stack did not start ({status})\n{text}");
            }
            ensure!(began.elapsed() < START_WITHIN, "the stack is not ready: see {}", log.display());
            tokio::time::sleep(POLL).await;
        }
        Ok(Self {
            info: Description::read(&keeper.layout.description())?,
            keycloak_database: Endpoints::read(&keeper.layout.endpoints())?.keycloak_database(),
            keeper,
        })
    }

    /// Ends a part (`gatehouse`, `keycloak`, `kafka`, `mail`, `postgres`) at once, as a power cut would.
    pub async fn kill(&self, part: &str) -> Result<()> {
        self.order(part, "kill").await
    }

    /// Asks a part to end, and returns when it has.
    pub async fn stop(&self, part: &str) -> Result<()> {
        self.order(part, "stop").await
    }

    /// Starts a part again, and returns when it is ready.
    pub async fn start_again(&self, part: &str) -> Result<()> {
        self.order(part, "start").await
    }

    /// Starts a part with other values in its environment, and returns when it is ready.
    pub async fn start_with(&self, part: &str, env: &[(&str, &str)]) -> Result<()> {
        let env: BTreeMap<_, _> = env.iter().copied().collect();
        self.post(&format!("parts/{part}"), &json!({ "action": "start", "env": env })).await
    }

    /// Starts a part as another program, now and from now on, and returns when it is ready.
    pub async fn start_as(&self, part: &str, program: &Path) -> Result<()> {
        self.post(&format!("parts/{part}"), &json!({ "action": "start", "program": program })).await
    }

    /// Freezes a part: it keeps its connections and answers nobody.
    pub async fn pause(&self, part: &str) -> Result<()> {
        self.order(part, "pause").await
    }

    /// Lets a frozen part go on.
    pub async fn resume(&self, part: &str) -> Result<()> {
        self.order(part, "resume").await
    }

    /// Changes how a link behaves (`service-postgres`, `service-kafka`, `keycloak-kafka`, `keycloak-service`).
    pub async fn link(&self, name: &str, mode: Mode) -> Result<()> {
        self.post(&format!("links/{name}"), &json!(mode)).await
    }

    /// The process of a part.
    pub async fn pid(&self, part: &str) -> Result<u32> {
        let url = format!("{}/parts", self.info.inbox_url);
        let parts: Vec<Value> = reqwest::get(url).await?.error_for_status()?.json().await?;
        let pid = parts.iter().find(|it| it["name"] == part).and_then(|it| it["pid"].as_u64());
        pid.and_then(|pid| u32::try_from(pid).ok()).with_context(|| format!("{part} does not run"))
    }

    /// PostgreSQL of the stack, as its superuser.
    #[must_use]
    pub fn postgres_admin_url(&self) -> String {
        format!("{}/postgres", self.keycloak_database.trim_end_matches("/keycloak"))
    }

    /// Where a part keeps its data.
    #[must_use]
    pub fn data(&self, part: &str) -> PathBuf {
        self.keeper.layout.data(part)
    }

    /// The log of a part, as far as it is written.
    pub fn log(&self, part: &str) -> Result<String> {
        let path = self.keeper.layout.log(part);
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }

    async fn order(&self, part: &str, action: &str) -> Result<()> {
        self.post(&format!("parts/{part}"), &json!({ "action": action })).await
    }

    async fn post(&self, path: &str, order: &Value) -> Result<()> {
        let url = format!("{}/{path}", self.info.inbox_url);
        let answer = reqwest::Client::new().post(url).json(order).send().await?;
        let status = answer.status();
        ensure!(status.is_success(), "{path} {order}: {}", answer.text().await?);
        Ok(())
    }
}

/// The process that runs the stack.
#[derive(Debug)]
struct Keeper {
    child: Child,
    layout: Layout,
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if let Some(id) = self.child.id().and_then(|id| i32::try_from(id).ok()) {
            let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
            let began = std::time::Instant::now();
            while matches!(self.child.try_wait(), Ok(None)) && began.elapsed() < END_WITHIN {
                std::thread::sleep(POLL);
            }
        }
        let _ = std::fs::remove_dir_all(self.layout.state());
    }
}
