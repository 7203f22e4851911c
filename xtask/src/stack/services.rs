//! The running processes of a stack, by name: tests and drills stop, kill and start them one by one.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::process::{Running, Spec};

/// How long a part may take to end by itself.
const GRACE: Duration = Duration::from_secs(20);
/// How often it is looked whether all are alive.
const WATCH: Duration = Duration::from_secs(1);
/// Users of a part come before it.
const STOP_ORDER: [&str; 11] = [
    "gatehouse-3",
    "gatehouse-2",
    "gatehouse",
    "keycloak",
    "nova",
    "neutron",
    "cinder",
    "keystone",
    "mail",
    "kafka",
    "postgres",
];

/// The processes of one stack.
#[derive(Debug, Default)]
pub struct Services {
    all: Mutex<BTreeMap<&'static str, Arc<Mutex<Service>>>>,
}

#[derive(Debug)]
struct Service {
    spec: Spec,
    running: Option<Running>,
}

impl Services {
    /// Starts a part and returns when it is ready.
    pub async fn start(&self, spec: Spec) -> Result<()> {
        let running = spec.start().await?;
        let service = Service { spec, running: Some(running) };
        self.all.lock().await.insert(service.spec.name, Arc::new(Mutex::new(service)));
        Ok(())
    }

    /// Notes a part that somebody may start later.
    pub async fn add(&self, spec: Spec) {
        let service = Service { spec, running: None };
        self.all.lock().await.insert(service.spec.name, Arc::new(Mutex::new(service)));
    }

    /// Waits until a part ends that nobody asked to end, and says how.
    pub async fn wait_for_loss(&self) -> String {
        loop {
            for (name, service) in &*self.all.lock().await {
                // Somebody is at work on a locked one.
                let Ok(mut service) = service.try_lock() else { continue };
                let ended = service.running.as_mut().and_then(|running| running.ended().ok().flatten());
                if let Some(status) = ended {
                    service.running = None;
                    return format!(
                        "{name} has ended by itself ({status}): see {}",
                        service.spec.log.display()
                    );
                }
            }
            tokio::time::sleep(WATCH).await;
        }
    }

    /// Stops every part, users of a part before it.
    pub async fn stop_all(&self) {
        for name in STOP_ORDER {
            let _ = self.act(name, Order { action: Action::Stop, env: BTreeMap::new(), program: None }).await;
        }
    }

    async fn act(&self, name: &str, order: Order) -> Result<()> {
        let Order { action, env, program } = order;
        let service = self.all.lock().await.get(name).cloned();
        let service = service.with_context(|| format!("there is no part called {name}"))?;
        let mut service = service.lock().await;
        // Of two values the later counts.
        service.spec.env.extend(env);
        if let Some(program) = program {
            service.spec.program = program;
        }
        match (action, service.running.take()) {
            (Action::Stop, Some(running)) => running.stop(GRACE).await,
            (Action::Kill, Some(running)) => running.kill().await,
            (Action::Stop | Action::Kill, None) => {}
            (Action::Pause | Action::Resume, None) => anyhow::bail!("{name} does not run"),
            (Action::Pause | Action::Resume, Some(running)) => {
                let signal = if action == Action::Pause { Signal::SIGSTOP } else { Signal::SIGCONT };
                let sent = running.signal(signal);
                service.running = Some(running);
                sent?;
            }
            (Action::Start, Some(running)) => service.running = Some(running),
            (Action::Start, None) => service.running = Some(service.spec.start().await?),
        }
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    /// Asks it to end, and returns when it has.
    Stop,
    /// Ends it at once, as a power cut would.
    Kill,
    /// Starts it again, and returns when it is ready.
    Start,
    /// Freezes it: it keeps its connections and answers nobody.
    Pause,
    /// Lets it go on.
    Resume,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    action: Action,
    /// Variables of its environment from now on, beside those it has.
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// What is run from now on instead.
    #[serde(default)]
    program: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Part {
    name: &'static str,
    running: bool,
    /// The process that it was started as.
    pid: Option<u32>,
}

/// `GET /parts` and `POST /parts/{name} {"action": "stop" | "kill" | "start" | "pause" | "resume", "env": {…}, "program": …}`, served beside the inbox.
pub fn routes(services: Arc<Services>) -> Router {
    Router::new().route("/parts", get(list)).route("/parts/{name}", post(order)).with_state(services)
}

async fn list(State(services): State<Arc<Services>>) -> Json<Vec<Part>> {
    let all: Vec<_> =
        services.all.lock().await.iter().map(|(name, service)| (*name, Arc::clone(service))).collect();
    let mut parts = Vec::new();
    for (name, service) in all {
        let service = service.lock().await;
        let pid = service.running.as_ref().and_then(Running::pid);
        parts.push(Part { name, running: service.running.is_some(), pid });
    }
    Json(parts)
}

async fn order(
    State(services): State<Arc<Services>>,
    Path(name): Path<String>,
    Json(order): Json<Order>,
) -> Result<StatusCode, (StatusCode, String)> {
    match services.act(&name, order).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err((StatusCode::CONFLICT, format!("{error:#}\n"))),
    }
}
