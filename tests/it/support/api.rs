//! The API over a real database, with tokens of the test's own Keycloak.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use chrono::{DateTime, TimeDelta, Utc};
use gatehouse::{
    adapters::{keycloak::MemoryKeycloak, keystone::MemoryKeystone, mail::MemoryMailer, sms::MemorySms},
    app::{Cloud, Config, Features, Ports},
    platform::{
        clock::{Clock as _, ManualClock},
        entropy::OsEntropy,
    },
};
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;
use uuid::Uuid;

use super::{TestDatabase, tokens::Tokens};
use crate::config::MINIMAL;

/// Limits of development, and a key for first passwords.
const DEVELOPMENT: &str = "profile = \"development\"\n\
    passwords.keys = [\"1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"]";

/// The service, and Keycloak as far as tokens are concerned.
pub struct Api {
    pub pool: PgPool,
    pub tokens: Tokens,
    pub clock: Arc<ManualClock>,
    pub mail: Arc<MemoryMailer>,
    pub keycloak: Arc<MemoryKeycloak>,
    pub features: Features,
    router: Router,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    /// The body as JSON; null when there is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// Checks the status, showing the whole answer when it is another one.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self.json()
    }

    /// Checks status and code of a problem.
    #[track_caller]
    pub fn expect_problem(&self, status: u16, code: &str) {
        let kind = self.json()["type"].as_str().unwrap_or_default().to_owned();
        let expected = format!("https://gatehouse.io/problems/{code}");
        assert_eq!((self.status.as_u16(), kind), (status, expected), "{self:?}");
    }
}

impl Api {
    pub async fn open() -> Self {
        Self::with("").await
    }

    /// With more settings.
    pub async fn with(settings: &str) -> Self {
        let tokens = Tokens::start().await;
        let minimal = MINIMAL.replace("https://id.example", &tokens.server.uri());
        let config = Config::from_toml(&format!("{DEVELOPMENT}\n{minimal}\n{settings}")).unwrap();
        let clock = Arc::new(ManualClock::starting_at(DateTime::from_timestamp(1_795_000_000, 0).unwrap()));
        let mail = Arc::new(MemoryMailer::default());
        let keycloak: Arc<MemoryKeycloak> = Arc::default();
        let ports = Ports {
            keycloak: keycloak.clone(),
            provider: Arc::new(gatehouse::adapters::oidc::MemoryProvider::default()),
            clock: clock.clone(),
            entropy: Arc::new(OsEntropy),
            mailers: vec![mail.clone()],
            sms: vec![Arc::new(MemorySms::default())],
        };
        let pool = TestDatabase::create().await.pool;
        let mut features = Features::new(&config, &pool, &ports, &TaskTracker::new()).unwrap();
        let keystone = Arc::new(MemoryKeystone::bootstrapped());
        let cloud = Cloud::over(&config, &pool, &ports, ports.keycloak.clone(), keystone, None).unwrap();
        features.cloud = Some(cloud);
        let router = features.router();
        Self { pool, tokens, clock, mail, keycloak, features, router }
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Somebody whom Keycloak knows, with the e-mail address `user@example.com`.
    pub async fn person(&self, user: &str) {
        sqlx::query(
            "INSERT INTO people (user_id, realm, sequence, username, email, email_verified, first_name,
                 last_name, locale, enabled, factors, created_at, updated_at)
             VALUES ($1, 'gatehouse', 1, $1 || '@example.com', $1 || '@example.com', true, initcap($1),
                 'Contoh', 'en', true, $2, $3, $3)",
        )
        .bind(user)
        .bind(json!([{"id": "f", "channel": "totp", "hint": null}]))
        .bind(self.now())
        .execute(&self.pool)
        .await
        .unwrap();
    }

    /// A company that is in Keycloak, with its admin.
    pub async fn company(&self, name: &str, admin: &str) -> Uuid {
        let id = Uuid::new_v4();
        sqlx::query(
            "INSERT INTO companies (company_id, realm, name, claim_key, status, organization_id, created_at, updated_at)
             VALUES ($1, 'gatehouse', $2, lower($2), 'active', 'org-' || $1, $3, $3)",
        )
        .bind(id)
        .bind(name)
        .bind(self.now())
        .execute(&self.pool)
        .await
        .unwrap();
        self.member(id, admin, "admin").await;
        id
    }

    /// Somebody new in a company.
    pub async fn member(&self, company: Uuid, user: &str, role: &str) {
        self.person(user).await;
        sqlx::query(
            "INSERT INTO company_members (company_id, user_id, role, in_keycloak, since) VALUES ($1, $2, $3, true, $4)",
        )
        .bind(company)
        .bind(user)
        .bind(role)
        .bind(self.now())
        .execute(&self.pool)
        .await
        .unwrap();
    }

    /// A system of a company, or of the cloud's operator.
    pub async fn system(&self, client: &str, company: Option<Uuid>) -> String {
        sqlx::query(
            "INSERT INTO system_clients (client_id, company_id, name, created_by, created_at)
             VALUES ($1, $2, $1, 'siti', $3)",
        )
        .bind(client)
        .bind(company)
        .bind(self.now())
        .execute(&self.pool)
        .await
        .unwrap();
        self.tokens.sign(&self.tokens.of_system(client, self.now()))
    }

    /// A token of a person in a session of their own.
    pub fn token(&self, user: &str) -> String {
        self.staff_token(user, &[])
    }

    /// A token with roles of the realm.
    pub fn staff_token(&self, user: &str, roles: &[&str]) -> String {
        let mut claims = self.tokens.of_person(user, &format!("session-of-{user}"), self.now());
        claims["realm_access"]["roles"] = json!(roles);
        self.tokens.sign(&claims)
    }

    /// Calls `/api/v1{path}`.
    pub async fn call(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> Reply {
        self.call_with(method, path, token, body, &[]).await
    }

    pub async fn call_with(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Reply {
        // Requests follow one another, so that what they leave behind has an order.
        self.clock.advance(TimeDelta::milliseconds(1));
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    /// Posts a text of any type to a whole path.
    pub async fn send_text(&self, path: &str, token: &str, content_type: &str, text: &str) -> Reply {
        let request = Request::post(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", content_type);
        self.send(request.body(Body::from(text.to_owned())).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 4 << 20).await.unwrap();
        Reply { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    pub async fn get(&self, path: &str, token: &str) -> Reply {
        self.call(Method::GET, path, token, None).await
    }

    pub async fn post(&self, path: &str, token: &str, body: Value) -> Reply {
        self.call(Method::POST, path, token, Some(body)).await
    }

    pub async fn delete(&self, path: &str, token: &str) -> Reply {
        self.call(Method::DELETE, path, token, None).await
    }

    /// The actions in the audit trail about a subject, the oldest first.
    pub async fn audited(&self, subject: &str) -> Vec<String> {
        sqlx::query_scalar(
            "SELECT action FROM audit_entries WHERE subject_id = $1 ORDER BY occurred_at, entry_id",
        )
        .bind(subject)
        .fetch_all(&self.pool)
        .await
        .unwrap()
    }
}
