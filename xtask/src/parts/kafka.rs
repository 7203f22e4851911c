//! A Kafka broker as a plain Java process in KRaft mode, and the topics that the system is made of.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use nix::sys::signal::Signal;
use tokio::process::Command;

use super::QUICK_JAVA;
use crate::layout::{self, Layout};
use crate::probe::Probe;
use crate::process::Spec;
use crate::progress::Step;
use crate::tools::{command, digest, java, maven};

const NAME: &str = "kafka";
const HOUR_MS: u64 = 60 * 60 * 1000;
const DAY_MS: u64 = 24 * HOUR_MS;

/// The loopback ports of a broker.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    /// For clients.
    pub broker: u16,
    /// For the broker's own controller.
    pub controller: u16,
    /// For clients that come through a proxy: the proxy's port, and the listener behind it. Kafka tells each client
    /// where to connect, so each way in has a listener of its own.
    pub proxied: [Option<(u16, u16)>; 2],
}

/// The unpacked broker.
#[derive(Debug, Clone)]
pub struct Kafka {
    jars: PathBuf,
    java: PathBuf,
}

impl Kafka {
    /// Fetches the broker's jars.
    pub async fn prepare(step: &Step) -> Result<Self> {
        let pom = project().join("pom.xml");
        let version = digest::digest("kafka", std::slice::from_ref(&pom))?;
        let jars = layout::cache().join(format!("kafka-{version}"));
        maven::copy_dependencies(&pom, &jars, "Kafka", step).await?;
        Ok(Self { jars, java: java::java()? })
    }

    /// Writes the configuration, formats the data directory at the first start, and tells how to run the broker.
    pub async fn lay_out(&self, layout: &Layout, ports: Ports, step: &Step) -> Result<Spec> {
        let data = layout.data(NAME);
        let config = data.join("server.properties");
        tokio::fs::create_dir_all(&data).await?;
        tokio::fs::write(&config, server_properties(&data.join("log"), ports)).await?;
        if !data.join("log/meta.properties").exists() {
            step.stage("formatting its log directory");
            // In one word: an id may begin with a hyphen, and would be taken for another option.
            let cluster = format!("--cluster-id={}", cluster_id());
            let mut format = self.java();
            format.args(["kafka.tools.StorageTool", "format", &cluster, "--config"]).arg(&config);
            command::run(&mut format, "formatting Kafka's log directory", step, |_| None).await?;
        }
        let mut args: Vec<std::ffi::OsString> = QUICK_JAVA.map(Into::into).into();
        args.extend(["-Xms64m", "-Xmx300m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"].map(Into::into));
        args.extend(["-Dorg.slf4j.simpleLogger.showDateTime=true", "-cp"].map(Into::into));
        args.extend([self.class_path().into(), "kafka.Kafka".into(), config.into()]);
        Ok(Spec {
            name: NAME,
            program: self.java.clone(),
            args,
            env: Vec::new(),
            log: layout.log(NAME),
            run_as: None,
            stop_signal: Signal::SIGTERM,
            ports: vec![ports.broker, ports.controller],
            probe: Probe::Kafka(ports.broker),
            patience: Duration::from_secs(90),
        })
    }

    /// Makes the topics on a running broker; those that are there stay as they are.
    pub async fn make_topics(&self, layout: &Layout, broker: u16, step: &Step) -> Result<()> {
        let made = layout.data(NAME).join("topics");
        let wanted = topics();
        if tokio::fs::read_to_string(&made).await.is_ok_and(|text| text == wanted) {
            return Ok(());
        }
        step.stage("making the topics");
        let list = layout.data(NAME).join("topics.wanted");
        tokio::fs::write(&list, &wanted).await?;
        let mut program = self.java();
        program.arg(project().join("Topics.java")).arg(format!("127.0.0.1:{broker}")).arg(&list);
        command::run(&mut program, "making the Kafka topics", step, |_| None).await?;
        tokio::fs::rename(&list, &made).await.context("cannot note that the topics are made")
    }

    fn java(&self) -> Command {
        let mut command = Command::new(&self.java);
        command
            .args(QUICK_JAVA)
            .arg("-Dorg.slf4j.simpleLogger.defaultLogLevel=error")
            .arg("-cp")
            .arg(self.class_path());
        command
    }

    fn class_path(&self) -> String {
        format!("{}/*", self.jars.display())
    }
}

fn project() -> PathBuf {
    layout::root().join("xtask/kafka")
}

/// A Kafka cluster id is a random UUID in URL-safe base64.
fn cluster_id() -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>())
}

/// One topic a line: `name partitions setting=value …`.
///
/// The event topic keeps seven days. The state topics are compacted; a segment is closed after an hour and compacted
/// within a day, so that a deleted person is gone from the topic then, and a tombstone stays for a week, so that a
/// reader that was away for a holiday still sees it. A parked message carries its original bytes and headers that say
/// why, so it may be larger than what was sent.
fn topics() -> String {
    let state = format!(
        "cleanup.policy=compact segment.ms={HOUR_MS} max.compaction.lag.ms={DAY_MS} \
         min.cleanable.dirty.ratio=0.1 delete.retention.ms={}",
        7 * DAY_MS
    );
    format!(
        "gatehouse.keycloak-events.v1 6 retention.ms={}\n\
         gatehouse.users.v1 6 {state}\n\
         gatehouse.companies.v1 6 {state}\n\
         gatehouse.parked.v1 1 retention.ms={} max.message.bytes={}\n",
        7 * DAY_MS,
        30 * DAY_MS,
        2 * 1024 * 1024
    )
}

/// One node that is broker and controller; topics are never made by accident.
fn server_properties(log: &Path, ports: Ports) -> String {
    let Ports { broker, controller, proxied } = ports;
    let (mut listeners, mut advertised, mut protocols) = (String::new(), String::new(), String::new());
    for (number, (proxy, listener)) in proxied.into_iter().flatten().enumerate() {
        let _ = write!(listeners, ",PROXIED{number}://127.0.0.1:{listener}");
        let _ = write!(advertised, ",PROXIED{number}://127.0.0.1:{proxy}");
        let _ = write!(protocols, ",PROXIED{number}:PLAINTEXT");
    }
    format!(
        "\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}{listeners}
advertised.listeners=PLAINTEXT://127.0.0.1:{broker}{advertised}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT{protocols}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={log}
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=3
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
num.network.threads=2
num.io.threads=2
log.cleaner.dedupe.buffer.size=16777216
",
        log = log.display()
    )
}
