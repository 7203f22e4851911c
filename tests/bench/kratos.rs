//! Ory Kratos: a person logs in by a code that is mailed to them.

use std::{
    net::TcpListener,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use async_trait::async_trait;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{
    codes::{Codes, Times, arrived},
    sink::Sink,
    stage::Stage,
};

/// How long it may take to start.
const START_WITHIN: Duration = Duration::from_mins(1);
/// People that one call makes.
const AT_ONCE: u64 = 200;

/// A running Kratos with people in it. Dropping it kills it.
pub struct Kratos {
    process: Child,
    public: String,
    admin: String,
    http: Client,
    people: u64,
    /// From starting the process until it was ready.
    pub started_in: Duration,
    _files: TempDir,
}

impl Kratos {
    /// Starts it on a database of its own and makes so many people.
    pub async fn start(stage: &Stage, people: u64) -> Result<Self> {
        let binary = xtask::testing::kratos().await?;
        let database = stage.fresh_database("kratos").await?;
        let files = tempfile::tempdir()?;
        let (public, admin) = (free_port()?, free_port()?);
        std::fs::write(files.path().join("identity.json"), identity_schema().to_string())?;
        let config = files.path().join("kratos.json");
        let settings = settings(&database, files.path(), [public, admin], stage.sink.port);
        std::fs::write(&config, settings.to_string())?;
        let run = |words: &[&str]| {
            let mut command = Command::new(&binary);
            command.args(words).arg("--config").arg(&config).stdin(Stdio::null());
            command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
            command
        };
        let migrated =
            run(&["migrate", "sql", "--read-from-env", "--yes"]).env("DSN", &database).status().await?;
        ensure!(migrated.success(), "kratos migrate: {migrated}");
        let began = Instant::now();
        let mut process = run(&["serve", "--watch-courier"]).spawn()?;
        let (public, admin) = (format!("http://127.0.0.1:{public}"), format!("http://127.0.0.1:{admin}"));
        let http = Client::builder().timeout(Duration::from_mins(1)).build()?;
        while !http
            .get(format!("{admin}/admin/health/ready"))
            .send()
            .await
            .is_ok_and(|it| it.status().is_success())
        {
            if let Some(status) = process.try_wait()? {
                anyhow::bail!("kratos did not start: {status}");
            }
            ensure!(began.elapsed() < START_WITHIN, "kratos is not ready");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let started_in = began.elapsed();
        let kratos = Self { process, public, admin, http, people, started_in, _files: files };
        kratos.make_people().await?;
        Ok(kratos)
    }

    /// Its process.
    pub fn pid(&self) -> Result<u32> {
        self.process.id().context("kratos has ended")
    }

    async fn make_people(&self) -> Result<()> {
        let mut first = 0;
        while first < self.people {
            let numbers = first..self.people.min(first + AT_ONCE);
            first = numbers.end;
            let identities: Vec<Value> = numbers
                .map(
                    |number| json!({"create": {"schema_id": "person", "traits": {"email": address(number)}}}),
                )
                .collect();
            let request = self.http.patch(format!("{}/admin/identities", self.admin));
            let answer = request.json(&json!({ "identities": identities })).send().await?;
            let status = answer.status();
            ensure!(status == StatusCode::OK, "making people in kratos: {status} {}", answer.text().await?);
        }
        Ok(())
    }
}

#[async_trait]
impl Codes for Kratos {
    async fn login(&self, sink: &Sink, number: u64) -> Result<Times> {
        let address = address(number % self.people);
        let mail = sink.expect(&address);
        let began = Instant::now();
        let flow = self.http.get(format!("{}/self-service/login/api", self.public)).send().await?;
        let flow: Value = flow.error_for_status()?.json().await?;
        let submit =
            format!("{}/self-service/login?flow={}", self.public, flow["id"].as_str().context("no flow")?);
        let ask = json!({"method": "code", "identifier": address});
        let sent: Value = self.http.post(&submit).json(&ask).send().await?.json().await?;
        ensure!(sent["state"] == "sent_email", "kratos sent nothing: {sent}");
        let issue = began.elapsed();
        let mail = arrived(mail).await?;
        let entered = Instant::now();
        let enter = json!({"method": "code", "identifier": address, "code": mail.code()?});
        let answer = self.http.post(&submit).json(&enter).send().await?;
        let status = answer.status();
        let session: Value = answer.json().await?;
        ensure!(status == StatusCode::OK && session["session"]["active"] == true, "{status} {session}");
        Ok(Times { issue, mail: mail.at.saturating_duration_since(began), verify: entered.elapsed() })
    }
}

fn address(number: u64) -> String {
    format!("k{number}@bench.example")
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

fn identity_schema() -> Value {
    let email = json!({"type": "string", "format": "email", "ory.sh/kratos": {
        "credentials": {"code": {"identifier": true, "via": "email"}}, "verification": {"via": "email"},
    }});
    json!({
        "$id": "person", "$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
        "properties": {"traits": {"type": "object", "properties": {"email": email}, "required": ["email"]}},
    })
}

fn settings(database: &str, files: &Path, [public, admin]: [u16; 2], smtp: u16) -> Value {
    let base = format!("http://127.0.0.1:{public}/");
    json!({
        "version": "v1.3.1",
        "dsn": format!("{database}?sslmode=disable&max_conns=32&max_idle_conns=32"),
        "serve": {
            "public": {"base_url": base, "host": "127.0.0.1", "port": public},
            "admin": {"host": "127.0.0.1", "port": admin},
        },
        "selfservice": {
            "default_browser_return_url": base,
            "methods": {"code": {"enabled": true, "passwordless_enabled": true}, "password": {"enabled": false}},
        },
        "identity": {
            "default_schema_id": "person",
            "schemas": [{"id": "person", "url": format!("file://{}", files.join("identity.json").display())}],
        },
        "courier": {
            "smtp": {
                "connection_uri": format!("smtp://127.0.0.1:{smtp}/?disable_starttls=true"),
                "from_address": "kratos@bench.example",
            },
            "worker": {"pull_count": 1000, "pull_wait": "50ms"},
        },
        "secrets": {"cookie": ["a-secret-of-a-benchmark-only-0000"], "cipher": ["32-characters-for-benchmarks-ok!"]},
        "log": {"level": "error"},
    })
}
