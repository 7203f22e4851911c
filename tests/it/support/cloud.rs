//! What is about OpenStack, running in this process over a real database and any Keystone.

use std::sync::Arc;

use axum::{Router, body::Body, http::Request};
use chrono::TimeDelta;
use gatehouse::{
    access::Access,
    adapters::{
        keycloak::MemoryKeycloak,
        keystone::{Keystone, MemoryKeystone},
        mail::{Mail, MemoryMailer},
        sheets::{MemorySheets, Sheets},
        sms::MemorySms,
    },
    app::{Cloud, Config, Ports},
    audit::Origin,
    notices::{Carriers, SendNotices},
    otp::SmsBudget,
    platform::{
        auth::Session,
        changed_keys::Bell,
        clock::{Clock as _, ManualClock, SystemClock},
        entropy::OsEntropy,
        jobs::{Handler, Runner},
    },
};
use sqlx::PgPool;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use super::{TestDatabase, eventually};

pub(super) const SETTINGS: &str = "\
passwords.keys = [\"1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"]
intake.help_desk = \"helpdesk@example.com\"
intake.links.login = \"https://cloud.example\"
intake.links.support_email = \"support@example.com\"
";

/// The rooms over one database, with a clock that stands still and mails that are kept.
pub struct CloudHouse {
    pub pool: PgPool,
    pub url: String,
    pub cloud: Cloud,
    pub keycloak: Arc<MemoryKeycloak>,
    pub mailer: Arc<MemoryMailer>,
    pub clock: Arc<ManualClock>,
    pub sheets: Arc<MemorySheets>,
    keystone: Arc<dyn Keystone>,
    config: Config,
}

impl CloudHouse {
    /// Over a Keystone in memory, with the domain `Default`.
    pub async fn in_memory() -> (Self, Arc<MemoryKeystone>) {
        let keystone = Arc::new(MemoryKeystone::bootstrapped());
        (Self::over(keystone.clone(), "").await, keystone)
    }

    pub async fn over(keystone: Arc<dyn Keystone>, extra: &str) -> Self {
        let database = TestDatabase::create().await;
        let config = configured(extra);
        let now = gatehouse::platform::clock::SystemClock.now();
        let clock = Arc::new(ManualClock::starting_at(now));
        let (keycloak, mailer) = (Arc::new(MemoryKeycloak::default()), Arc::new(MemoryMailer::default()));
        let sheets = Arc::new(MemorySheets::default());
        let cloud = build(&config, &database.pool, &clock, &mailer, &keycloak, &keystone, &sheets);
        Self {
            pool: database.pool,
            url: database.url,
            cloud,
            keycloak,
            mailer,
            clock,
            sheets,
            keystone,
            config,
        }
    }

    /// What a restarted process has: everything made anew over the same database.
    pub fn restart(&mut self) {
        let Self { config, pool, clock, mailer, keycloak, keystone, sheets, .. } = &*self;
        self.cloud = build(config, pool, clock, mailer, keycloak, keystone, sheets);
    }

    /// What a process has that is restarted with other settings.
    pub fn set(&mut self, extra: &str) {
        self.config = configured(extra);
        self.restart();
    }

    /// Runs jobs until no work of these kinds waits.
    pub async fn work_off(&self) {
        let working = self.work();
        self.idle().await;
        working.stop().await;
    }

    /// Runs jobs until told to stop.
    pub fn work(&self) -> Working {
        let stop = CancellationToken::new();
        let mut handlers: Vec<Arc<dyn Handler>> = self.cloud.handlers();
        let sms = Arc::new(MemorySms::default());
        let name = &self.config.otp.service_name;
        let (composers, mailer) = (self.cloud.composers(), self.mailer.clone());
        let budget = SmsBudget::new(self.pool.clone(), &self.config.otp, self.config.profile);
        let carriers = Carriers {
            mailers: vec![mailer],
            sms: vec![sms],
            budget: Arc::new(budget),
            clock: Arc::new(SystemClock),
        };
        handlers.push(Arc::new(SendNotices::new(self.pool.clone(), composers, carriers, name)));
        let entropy = Arc::new(OsEntropy);
        let runner = Runner::new(self.pool.clone(), handlers, entropy, Bell::default(), stop.clone(), 4);
        let tasks = TaskTracker::new();
        tasks.spawn(runner.run());
        tasks.close();
        Working { stop, tasks }
    }

    async fn idle(&self) {
        let waiting = || async {
            let rows: Vec<(String, String, Option<String>)> = sqlx::query_as(
                "SELECT kind, state, last_error FROM jobs WHERE state = 'waiting' AND run_at < now() + interval '2 days'
                 AND key NOT IN ('all', 'digest')
                 AND (kind LIKE 'openstack.%' OR kind LIKE 'intake.%' OR kind LIKE '%password%' OR kind = 'notices.send')",
            )
            .fetch_all(&self.pool)
            .await
            .unwrap();
            rows
        };
        eventually("no work to wait", waiting, Vec::is_empty).await;
    }

    pub fn mails_to(&self, address: &str) -> Vec<Mail> {
        self.mailer.mails().into_iter().filter(|mail| mail.to.expose() == address).collect()
    }

    pub fn router(&self) -> Router {
        gatehouse::platform::http::with_layers(self.cloud.router())
    }

    /// Asks the service; status, headers and body.
    pub async fn ask(&self, request: Request<Body>) -> (u16, axum::http::HeaderMap, String) {
        let response = self.router().oneshot(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = axum::body::to_bytes(response.into_body(), 200_000).await.unwrap();
        (status, headers, String::from_utf8(body.to_vec()).unwrap())
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in fields {
            form.append_pair(name, value);
        }
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form.finish()))
            .unwrap();
        let (status, _, body) = self.ask(request).await;
        (status, body)
    }

    /// Somebody of staff, who has been here once.
    pub async fn staff(&self, user: &str, role: &str) {
        sqlx::query(
            "INSERT INTO people (user_id, realm, sequence, username, email, email_verified, first_name, last_name,
                 locale, enabled, factors, created_at, updated_at)
             VALUES ($1, 'gatehouse', 1, $1, $1 || '@example.com', true, initcap($1), 'Contoh', 'en', true, '[]',
                 now(), now())",
        )
        .bind(user)
        .execute(&self.pool)
        .await
        .unwrap();
        let at = self.clock.now();
        let session = Session {
            user_id: user.to_owned(),
            session_id: format!("session-of-{user}"),
            began_at: at,
            issued_at: at,
        };
        let access = Access::new(self.pool.clone(), "gatehouse", self.clock.clone(), Arc::new(OsEntropy));
        access.person(&session, &[role.to_owned()], Origin::default()).await.unwrap().unwrap();
    }

    pub fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }
}

fn configured(extra: &str) -> Config {
    Config::from_toml(&format!("{}\n{SETTINGS}\n{extra}", crate::config::MINIMAL)).unwrap()
}

fn build(
    config: &Config,
    pool: &PgPool,
    clock: &Arc<ManualClock>,
    mailer: &Arc<MemoryMailer>,
    keycloak: &Arc<MemoryKeycloak>,
    keystone: &Arc<dyn Keystone>,
    sheets: &Arc<MemorySheets>,
) -> Cloud {
    let sheets: Arc<dyn Sheets> = sheets.clone();
    let ports = Ports {
        keycloak: std::sync::Arc::new(gatehouse::adapters::keycloak::MemoryKeycloak::default()),
        clock: clock.clone(),
        entropy: Arc::new(OsEntropy),
        mailers: vec![mailer.clone()],
        sms: Vec::new(),
        provider: Arc::new(gatehouse::adapters::oidc::MemoryProvider::default()),
    };
    Cloud::over(config, pool, &ports, keycloak.clone(), keystone.clone(), Some(sheets)).unwrap()
}

/// Jobs at work.
pub struct Working {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Working {
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}
