//! A service that runs, and what Prometheus sees of it.

use gatehouse::platform::webhook::Secrets;
use reqwest::{Client, StatusCode};
use secrecy::SecretString;
use serde_json::Value;
use uuid::Uuid;

use super::prometheus::Scrape;
use crate::support::{Program, TestDatabase, TestKafka, eventually};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A service that runs.
pub struct Scene {
    pub database: TestDatabase,
    pub kafka: TestKafka,
    program: Program,
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
        let config = format!(
            r#"
            profile = "development"
            http.public_url = "https://gatehouse.example"
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
        );
        let scene = Self { program: Program::serve(&config, roles), database, kafka };
        scene.until("an answer", |_| true).await;
        scene
    }

    /// Ends the service as a power cut would.
    pub async fn kill(&mut self) {
        self.program.kill().await;
    }

    /// What Prometheus gets now.
    pub async fn scrape(&self) -> Scrape {
        let answer = async {
            let answer = reqwest::get(format!("http://{}/metrics", self.program.operations)).await.ok()?;
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
            .post(format!("http://{}/otp/v1/challenges", self.program.public))
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
