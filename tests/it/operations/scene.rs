//! The program itself, as operators run it, with its operations port.

use std::{io::Write as _, net::TcpListener, process::Stdio};

use gatehouse::platform::webhook::Secrets;
use reqwest::{Client, StatusCode};
use secrecy::SecretString;
use serde_json::Value;
use tempfile::NamedTempFile;
use tokio::process::{Child, Command};
use uuid::Uuid;

use super::prometheus::Scrape;
use crate::support::{TestDatabase, TestKafka, eventually};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A service that runs.
pub struct Scene {
    pub database: TestDatabase,
    pub kafka: TestKafka,
    process: Child,
    public: String,
    operations: String,
    _config: NamedTempFile,
}

impl Scene {
    /// A service that does everything, with these settings.
    pub async fn new(settings: &str) -> Self {
        let kafka = TestKafka::create().await;
        let streams = kafka.config();
        Self::start(kafka, &streams, "api,worker,consumer", settings).await
    }

    /// A service of these roles that finds no Kafka.
    pub async fn without_kafka(roles: &str) -> Self {
        let kafka = TestKafka::create().await;
        Self::start(kafka, "kafka.bootstrap_servers = \"127.0.0.1:1\"", roles, "").await
    }

    async fn start(kafka: TestKafka, streams: &str, roles: &str, settings: &str) -> Self {
        let database = TestDatabase::create().await;
        let [public, operations] = free_addresses();
        let mut config = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
        write!(
            config,
            r#"
            profile = "development"
            http.public_url = "http://{public}"
            http.listen = "{public}"
            http.operations_listen = "{operations}"
            database.url = "{}"
            keycloak.url = "http://127.0.0.1:1"
            keycloak.client_secret = "secret"
            portal.client_secret = "secret"
            webhook.secrets = ["{SECRET}"]
            otp.peppers = ["1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]
            mail.host = "127.0.0.1"
            mail.tls = "none"
            mail.from = "Gatehouse <no-reply@example.com>"
            {streams}
            {settings}
            "#,
            database.url
        )
        .unwrap();
        let process = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
            .arg("--config")
            .arg(config.path())
            .args(["serve", "--roles", roles])
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let [public, operations] = [public, operations].map(|address| format!("http://{address}"));
        let scene = Self { database, kafka, process, public, operations, _config: config };
        scene.until("an answer", |_| true).await;
        scene
    }

    /// Ends the service as a power cut would.
    pub async fn kill(&mut self) {
        self.process.kill().await.unwrap();
    }

    /// What Prometheus gets now.
    pub async fn scrape(&self) -> Scrape {
        let answer = async {
            let answer = reqwest::get(format!("{}/metrics", self.operations)).await.ok()?;
            answer.error_for_status().ok()?.text().await.ok()
        };
        answer.await.map_or_else(Scrape::of_nobody, |text| Scrape::of(&text))
    }

    /// The first scrape that is as wished.
    pub async fn until(&self, what: &str, is_right: impl Fn(&Scrape) -> bool) -> Scrape {
        eventually(what, || self.scrape(), |scrape| scrape.answered() && is_right(scrape)).await
    }

    /// A call as Keycloak makes it, signed with this key.
    pub async fn call_signed_by(&self, secret: &str, body: &Value) -> StatusCode {
        let secrets = Secrets::parse(&[SecretString::from(secret)]).unwrap();
        let (id, body) = (format!("msg_{}", Uuid::new_v4().simple()), serde_json::to_vec(body).unwrap());
        let now = chrono::Utc::now().timestamp();
        let call = Client::new()
            .post(format!("{}/otp/v1/challenges", self.public))
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", now)
            .header("webhook-signature", secrets.sign_request(&id, now, &body));
        call.body(body).send().await.unwrap().status()
    }

    /// The same, properly signed.
    pub async fn call(&self, body: &Value) -> StatusCode {
        self.call_signed_by(SECRET, body).await
    }
}

/// Two addresses that nobody listens on.
fn free_addresses() -> [String; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().to_string())
}
