//! A service in memory: the real router over a real database, with providers that remember.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use chrono::DateTime;
use gatehouse::{
    adapters::{mail::MemoryMailer, oidc::MemoryProvider, sms::MemorySms},
    app::{Config, Features, Ports},
    platform::{
        clock::{Clock as _, ManualClock},
        entropy::OsEntropy,
        webhook::{Secrets, Stamp},
    },
};
use secrecy::SecretString;
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::{config::MINIMAL, support::TestDatabase};

/// The secret of [`MINIMAL`].
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The service and what it sees of the world.
pub struct World {
    /// Its database.
    pub pool: PgPool,
    /// Its public router.
    pub router: Router,
    /// Its features.
    pub features: Features,
    /// The clock of everything but the database.
    pub clock: Arc<ManualClock>,
    /// The mail server.
    pub mail: Arc<MemoryMailer>,
    /// The SMS provider.
    pub sms: Arc<MemorySms>,
    /// The deliveries.
    pub tasks: TaskTracker,
    secrets: Secrets,
}

/// An answer whose signature was checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    pub status: StatusCode,
    pub body: Value,
    pub retry_after: Option<u64>,
}

impl Reply {
    /// The stable code of a problem.
    pub fn code(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default().trim_start_matches("https://gatehouse.io/problems/")
    }

    /// The id of a challenge that was shown.
    pub fn challenge(&self) -> String {
        self.body["challenge_id"].as_str().unwrap_or_else(|| panic!("no challenge in {self:?}")).to_owned()
    }

    /// Checks the status, showing the whole answer when it is another one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }

    /// Checks status and code of a problem.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status.as_u16(), self.code()), (status, code), "{self:?}");
        self
    }
}

/// A person in the tests.
#[derive(Debug, Clone)]
pub struct Person {
    pub user_id: String,
    pub phone: String,
    pub email: String,
}

static PEOPLE: AtomicU32 = AtomicU32::new(0);

/// Somebody new, with a number and an address of their own.
pub fn somebody() -> Person {
    let number = PEOPLE.fetch_add(1, Ordering::Relaxed);
    Person {
        user_id: Uuid::new_v4().to_string(),
        phone: format!("+62812{:08}", 10_000_000 + number * 10_000),
        email: format!("person{number}@example.com"),
    }
}

impl World {
    /// A service in the development profile.
    pub async fn new() -> Self {
        Self::with(r#"profile = "development""#).await
    }

    /// A service with more settings.
    pub async fn with(settings: &str) -> Self {
        Self::over(TestDatabase::create().await.pool, settings)
    }

    /// Another instance over the same database.
    pub fn over(pool: PgPool, settings: &str) -> Self {
        let config = Config::from_toml(&format!("{MINIMAL}\n{settings}")).unwrap();
        let clock = Arc::new(ManualClock::starting_at(DateTime::from_timestamp(1_795_000_000, 0).unwrap()));
        let (mail, sms) = (Arc::new(MemoryMailer::default()), Arc::new(MemorySms::default()));
        let ports = Ports {
            keycloak: std::sync::Arc::new(gatehouse::adapters::keycloak::MemoryKeycloak::default()),
            clock: clock.clone(),
            entropy: Arc::new(OsEntropy),
            mailers: vec![mail.clone()],
            sms: vec![sms.clone()],
            provider: Arc::new(MemoryProvider::default()),
        };
        Self::built(pool, &config, &ports, clock, mail, sms)
    }

    /// An instance over any ports.
    pub fn built(
        pool: PgPool,
        config: &Config,
        ports: &Ports,
        clock: Arc<ManualClock>,
        mail: Arc<MemoryMailer>,
        sms: Arc<MemorySms>,
    ) -> Self {
        let tasks = TaskTracker::new();
        let features = Features::new(config, &pool, ports, &tasks).unwrap();
        let router = features.router();
        let secrets = Secrets::parse(&[SecretString::from(SECRET)]).unwrap();
        Self { pool, router, features, clock, mail, sms, tasks, secrets }
    }

    /// Another instance over the same database and providers, with another configuration.
    pub fn rebuilt(&self, config: &Config) -> Self {
        let ports = Ports {
            keycloak: std::sync::Arc::new(gatehouse::adapters::keycloak::MemoryKeycloak::default()),
            clock: self.clock.clone(),
            entropy: Arc::new(OsEntropy),
            mailers: vec![self.mail.clone()],
            sms: vec![self.sms.clone()],
            provider: Arc::new(MemoryProvider::default()),
        };
        Self::built(
            self.pool.clone(),
            config,
            &ports,
            self.clock.clone(),
            self.mail.clone(),
            self.sms.clone(),
        )
    }

    /// A properly signed request.
    pub fn signed(&self, id: &str, method: &str, path: &str, body: &[u8]) -> Request<Body> {
        let at = self.clock.now().timestamp();
        Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", at.to_string())
            .header("webhook-signature", self.secrets.sign_request(id, at, body))
            .body(Body::from(body.to_vec()))
            .unwrap()
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> (StatusCode, HeaderMap, Vec<u8>) {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        (parts.status, parts.headers, to_bytes(body, 1 << 20).await.unwrap().to_vec())
    }

    /// Sends a signed call under the given id and checks the signature of the answer.
    pub async fn call_as(&self, id: &str, method: &str, path: &str, body: &[u8]) -> Reply {
        let (status, headers, answer) = self.send(self.signed(id, method, path, body)).await;
        assert_eq!(headers["webhook-id"], id);
        let stamp = self.stamp(id);
        assert_eq!(headers["webhook-timestamp"].to_str().unwrap(), stamp.timestamp.to_string());
        assert_eq!(
            headers["webhook-signature"].to_str().unwrap(),
            self.secrets.sign_answer(&stamp, status.as_u16(), &answer),
            "every answer to a signed call is signed"
        );
        let retry_after =
            headers.get("retry-after").map(|value| value.to_str().unwrap().parse::<u64>().unwrap());
        Reply { status, body: serde_json::from_slice(&answer).unwrap(), retry_after }
    }

    fn stamp(&self, id: &str) -> Stamp {
        let at = self.clock.now().timestamp();
        let headers = [
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", at.to_string()),
            ("webhook-signature", self.secrets.sign_request(id, at, b"")),
        ];
        let headers: HeaderMap = headers
            .into_iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        self.secrets.verify(&headers, b"", self.clock.now(), chrono::TimeDelta::seconds(1)).unwrap()
    }

    /// A signed call under an id of its own.
    pub async fn call(&self, method: &str, path: &str, body: &Value) -> Reply {
        let body = if body.is_null() { Vec::new() } else { serde_json::to_vec(body).unwrap() };
        self.call_as(&format!("msg_{}", Uuid::new_v4().simple()), method, path, &body).await
    }

    /// Asks for a code.
    pub async fn issue(&self, body: &Value) -> Reply {
        self.call("POST", "/otp/v1/challenges", body).await
    }

    /// Enters a code.
    pub async fn verify(&self, challenge: &str, session: &str, code: &str) -> Reply {
        let (path, body) = entering(challenge, session, code);
        self.call("POST", &path, &body).await
    }

    /// Enters a code under the given id.
    pub async fn verify_as(&self, id: &str, challenge: &str, session: &str, code: &str) -> Reply {
        let (path, body) = entering(challenge, session, code);
        self.call_as(id, "POST", &path, &serde_json::to_vec(&body).unwrap()).await
    }

    /// Asks for the message again.
    pub async fn resend(&self, challenge: &str, session: &str, channel: Option<&str>) -> Reply {
        let path = format!("/otp/v1/challenges/{challenge}/resend");
        self.call("POST", &path, &json!({"auth_session_id": session, "channel": channel})).await
    }

    /// Where a challenge stands.
    pub async fn status(&self, challenge: &str) -> Value {
        self.call("GET", &format!("/otp/v1/challenges/{challenge}"), &Value::Null).await.expect(200).body
    }

    /// The person's factors.
    pub async fn factors(&self, person: &Person) -> Vec<Value> {
        let path = format!("/otp/v1/users/gatehouse/{}/factors", person.user_id);
        serde_json::from_value(self.call("GET", &path, &Value::Null).await.expect(200).body).unwrap()
    }

    /// Proves a number of the person and gives the factor's id.
    pub async fn enrol_sms(&self, person: &Person) -> String {
        self.enrol(person, "sms", &person.phone).await
    }

    /// Proves an address of the person and gives the factor's id.
    pub async fn enrol_email(&self, person: &Person) -> String {
        self.enrol(person, "email", &person.email).await
    }

    /// Proves a destination and gives the factor's id.
    pub async fn enrol(&self, person: &Person, channel: &str, destination: &str) -> String {
        let session = format!("enrol-{}", Uuid::new_v4());
        let shown = self.issue(&enrolment(person, &session, channel, destination)).await.expect(201);
        let code = self.last_code(channel, destination);
        let approved = self.verify(&shown.challenge(), &session, &code).await.expect(200);
        approved.body["factor"]["id"].as_str().unwrap().to_owned()
    }

    /// The code in the newest message to a destination.
    pub fn last_code(&self, channel: &str, destination: &str) -> String {
        let text = self.texts(channel, destination).pop();
        code_in(&text.unwrap_or_else(|| panic!("nothing was sent by {channel}")))
    }

    /// The texts sent to a destination, oldest first.
    pub fn texts(&self, channel: &str, destination: &str) -> Vec<String> {
        if channel == "sms" {
            let all = self.sms.messages().into_iter();
            return all
                .filter(|sms| sms.to.expose() == destination)
                .map(|sms| sms.text.into_inner())
                .collect();
        }
        let all = self.mail.mails().into_iter();
        all.filter(|mail| mail.to.expose() == destination).map(|mail| mail.text.into_inner()).collect()
    }

    /// Everything that was sent so far.
    pub fn sent(&self) -> usize {
        self.sms.messages().len() + self.mail.mails().len()
    }

    /// Moves the challenges back in time, as if `seconds` had passed for them.
    pub async fn age(&self, seconds: i64) {
        for statement in [
            "UPDATE otp_challenges SET created_at = created_at - make_interval(secs => $1),
                 expires_at = expires_at - make_interval(secs => $1)",
            "UPDATE otp_messages SET created_at = created_at - make_interval(secs => $1)",
            "UPDATE otp_failures SET next_try_at = next_try_at - make_interval(secs => $1)",
        ] {
            #[expect(clippy::cast_precision_loss, reason = "minutes")]
            sqlx::query(statement).bind(seconds as f64).execute(&self.pool).await.unwrap();
        }
    }

    /// Forgets what was taken from the limits.
    pub async fn forget_limits(&self) {
        sqlx::query("DELETE FROM otp_limits").execute(&self.pool).await.unwrap();
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &'static str) -> i64 {
        let statement = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        sqlx::query_scalar(statement).fetch_one(&self.pool).await.unwrap()
    }
}

/// The body that asks for a login code.
pub fn login(person: &Person, session: &str) -> Value {
    json!({"realm": "gatehouse", "user_id": person.user_id, "auth_session_id": session, "purpose": "login",
           "client_id": "gatehouse-portal", "locale": "en", "ip_address": "192.0.2.1"})
}

/// The body that asks to prove a destination.
pub fn enrolment(person: &Person, session: &str, channel: &str, destination: &str) -> Value {
    json!({"realm": "gatehouse", "user_id": person.user_id, "auth_session_id": session, "purpose": "enrol",
           "client_id": "gatehouse-portal", "locale": "en", "ip_address": "192.0.2.1",
           "channel": channel, "destination": destination})
}

/// The six digits that stand alone in a message.
pub fn code_in(text: &str) -> String {
    text.split(|sign: char| !sign.is_ascii_digit())
        .find(|part| part.len() == 6)
        .unwrap_or_else(|| panic!("no code in the message"))
        .to_owned()
}

/// A code that is certainly another one.
pub fn wrong(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

/// Waits until `seen` gives something, for at most half a minute: the machine may have much to do.
pub async fn eventually<T>(what: &str, mut seen: impl AsyncFnMut() -> Result<T, String>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        match seen().await {
            Ok(value) => return value,
            Err(last) if Instant::now() > deadline => panic!("{what}: last seen was {last}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

/// The call that enters a code.
fn entering(challenge: &str, session: &str, code: &str) -> (String, Value) {
    let path = format!("/otp/v1/challenges/{challenge}/verification");
    (path, json!({"auth_session_id": session, "code": code}))
}
