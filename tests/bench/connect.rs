//! Kafka Connect with one of Debezium's connectors, as a process of its own.

use std::{
    fmt::Write as _,
    net::TcpListener,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use url::Url;

/// The connector of each worker.
const NAME: &str = "peer";
/// How long a start of the worker and its connector may take.
const START_WITHIN: Duration = Duration::from_mins(2);

/// The table that it writes to: the columns of the service's own for the same facts.
pub const TABLE: &str = "CREATE TABLE sink_people (user_id text PRIMARY KEY, realm text, sequence bigint, username text, \
email text, email_verified boolean, first_name text, last_name text, locale text, time_zone text, country text, \
terms_version text, terms_accepted_at text, enabled boolean, factors text, created_at text)";

const TEXTS: [&str; 12] = [
    "realm",
    "username",
    "email",
    "first_name",
    "last_name",
    "locale",
    "time_zone",
    "country",
    "terms_version",
    "terms_accepted_at",
    "factors",
    "created_at",
];

/// A running worker with one connector. Dropping it kills it.
pub struct Connect {
    process: Child,
    rest: String,
    http: Client,
    files: TempDir,
}

impl Connect {
    /// The JDBC sink: from this topic into `sink_people` of this database, rows in batches of 5000 that are written as
    /// arrays (`unnest`) or by a statement for each.
    pub async fn sink(bootstrap: &str, topic: &str, database: &str, unnest: bool) -> Result<Self> {
        Self::start(bootstrap, &sink_properties(topic, database, unnest)?).await
    }

    /// The source for PostgreSQL with the outbox event router: what is written into `outbox` of this database goes to
    /// `outbox.event.person`. Needs `wal_level = logical`.
    pub async fn outbox(bootstrap: &str, database: &str) -> Result<Self> {
        Self::start(bootstrap, &outbox_properties(database)?).await
    }

    async fn start(bootstrap: &str, properties: &str) -> Result<Self> {
        ensure!(!properties.contains('\\'), "an address that properties would have to escape");
        let jars = xtask::testing::kafka_connect().await?;
        let files = tempfile::tempdir()?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let (worker, connector) =
            (files.path().join("worker.properties"), files.path().join("connector.properties"));
        std::fs::write(&worker, worker_properties(bootstrap, port, files.path()))?;
        std::fs::write(&connector, format!("name={NAME}\n{properties}"))?;
        let log = std::fs::File::create(files.path().join("connect.log"))?;
        let process = Command::new(xtask::testing::java()?)
            .args(["-Xms512m", "-Xmx1g", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp"])
            .arg(format!("{}/*", jars.display()))
            .arg("org.apache.kafka.connect.cli.ConnectStandalone")
            .args([&worker, &connector])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        let connect = Self { process, rest: format!("http://127.0.0.1:{port}"), http: Client::new(), files };
        connect.wait("RUNNING").await?;
        Ok(connect)
    }

    /// Its process.
    pub fn pid(&self) -> Result<u32> {
        self.process.id().context("Kafka Connect has ended")
    }

    /// Stops reading.
    pub async fn pause(&self) -> Result<()> {
        self.http.put(format!("{}/connectors/{NAME}/pause", self.rest)).send().await?.error_for_status()?;
        self.wait("PAUSED").await
    }

    /// Reads on.
    pub async fn resume(&self) -> Result<()> {
        self.http.put(format!("{}/connectors/{NAME}/resume", self.rest)).send().await?.error_for_status()?;
        Ok(())
    }

    /// What it says of itself, when something takes too long.
    pub async fn state(&self) -> Result<Value> {
        let answer = self.http.get(format!("{}/connectors/{NAME}/status", self.rest)).send().await?;
        Ok(answer.json().await?)
    }

    /// The connector and its tasks are in this state.
    async fn wait(&self, wanted: &str) -> Result<()> {
        let began = Instant::now();
        loop {
            let state = self.state().await.unwrap_or_default();
            let tasks = state["tasks"].as_array().cloned().unwrap_or_default();
            if !tasks.is_empty() && tasks.iter().all(|task| task["state"] == wanted) {
                return Ok(());
            }
            let failed = tasks.iter().any(|task| task["state"] == "FAILED");
            if failed || began.elapsed() > START_WITHIN {
                let log = std::fs::read_to_string(self.files.path().join("connect.log")).unwrap_or_default();
                let end: Vec<&str> = log.lines().rev().take(20).collect();
                anyhow::bail!("Kafka Connect is not {wanted}: {state}\n{}", end.join("\n"));
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

fn worker_properties(bootstrap: &str, port: u16, files: &Path) -> String {
    format!(
        "bootstrap.servers={bootstrap}\n\
         key.converter=org.apache.kafka.connect.storage.StringConverter\n\
         value.converter=org.apache.kafka.connect.json.JsonConverter\n\
         offset.storage.file.filename={}\n\
         offset.flush.interval.ms=1000\n\
         listeners=http://127.0.0.1:{port}\n\
         plugin.discovery=service_load\n\
         connector.client.config.override.policy=All\n",
        files.join("offsets").display()
    )
}

fn sink_properties(topic: &str, database: &str, unnest: bool) -> Result<String> {
    let url = Url::parse(database)?;
    let (host, port) = (url.host_str().context("a host")?, url.port().context("a port")?);
    let mut fields = vec![
        json!({"field": "user_id", "type": "string", "optional": false}),
        json!({"field": "sequence", "type": "int64", "optional": false}),
        json!({"field": "email_verified", "type": "boolean", "optional": false}),
        json!({"field": "enabled", "type": "boolean", "optional": false}),
    ];
    fields.extend(TEXTS.map(|name| json!({"field": name, "type": "string", "optional": true})));
    let schema = json!({"type": "struct", "name": "person", "optional": false, "fields": fields});
    let mut text = format!(
        "connector.class=io.debezium.connector.jdbc.JdbcSinkConnector\ntopics={topic}\ntasks.max=3\n\
         value.converter=org.apache.kafka.connect.json.JsonConverter\nvalue.converter.schemas.enable=true\n\
         value.converter.schema.content={schema}\n\
         connection.url=jdbc:postgresql://{host}:{port}{}\nconnection.username={}\nconnection.password={}\n\
         collection.name.format=sink_people\ninsert.mode=upsert\nprimary.key.mode=record_value\n\
         primary.key.fields=user_id\nschema.evolution=none\nuse.reduction.buffer=true\nbatch.size=5000\n\
         consumer.override.max.poll.records=5000\nconsumer.override.auto.offset.reset=earliest\n",
        url.path(),
        url.username(),
        url.password().unwrap_or_default()
    );
    writeln!(text, "dialect.postgres.unnest.insert.enabled={unnest}")?;
    Ok(text)
}

/// It looks for changes each 5 ms, not each 500: what is measured is how late a record is.
fn outbox_properties(database: &str) -> Result<String> {
    let url = Url::parse(database)?;
    let (host, port) = (url.host_str().context("a host")?, url.port().context("a port")?);
    Ok(format!(
        "connector.class=io.debezium.connector.postgresql.PostgresConnector\ntasks.max=1\n\
         database.hostname={host}\ndatabase.port={port}\ndatabase.user={}\ndatabase.password={}\n\
         database.dbname={}\nplugin.name=pgoutput\nslot.name=bench\n\
         publication.autocreate.mode=filtered\ntable.include.list=public.outbox\ntopic.prefix=bench\n\
         snapshot.mode=no_data\npoll.interval.ms=5\ntombstones.on.delete=false\n\
         value.converter=org.apache.kafka.connect.storage.StringConverter\n\
         transforms=outbox\ntransforms.outbox.type=io.debezium.transforms.outbox.EventRouter\n",
        url.username(),
        url.password().unwrap_or_default(),
        url.path().trim_start_matches('/')
    ))
}
