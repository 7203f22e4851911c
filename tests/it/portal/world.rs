//! The pages over a real database, with a browser that keeps its cookies.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use chrono::DateTime;
use gatehouse::{
    account::FORGET_LOGIN_ADDRESSES,
    adapters::{keycloak::MemoryKeycloak, mail::MemoryMailer, oidc::MemoryProvider, sms::MemorySms},
    app::{Bells, Cloud, Config, Features, Ingest, Ports, composers},
    directory::commands::{COMMANDS, CommandJob},
    notices::{Carriers, SEND_NOTICE, SendNotices},
    otp::SmsBudget,
    platform::{
        auth::Session,
        clock::{Clock as _, ManualClock},
        entropy::OsEntropy,
        jobs::{Handler as _, Job},
        kafka::{Outgoing, Record, Sink as _},
    },
    portal::{PageRoute, routes},
};
use sqlx::PgPool;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use crate::{
    config::MINIMAL,
    support::{TestDatabase, keycloak_events::Person},
};

/// The pages, and what they see of the world.
pub struct World {
    pub pool: PgPool,
    pub router: Router,
    pub clock: Arc<ManualClock>,
    pub provider: Arc<MemoryProvider>,
    pub keycloak: Arc<MemoryKeycloak>,
    pub mail: Arc<MemoryMailer>,
    pub sms: Arc<MemorySms>,
    ingest: Ingest,
    config: Config,
    ports: Ports,
    features: Features,
}

impl World {
    pub async fn new() -> Self {
        Self::with("").await
    }

    /// With more settings.
    pub async fn with(settings: &str) -> Self {
        Self::configured(TestDatabase::create().await.pool, None, fixed_clock(), settings)
    }

    /// The same over a database that others use, too, with pages about OpenStack when there is one.
    pub fn over(pool: PgPool, cloud: Option<Cloud>, clock: Arc<ManualClock>) -> Self {
        Self::configured(pool, cloud, clock, "")
    }

    fn configured(pool: PgPool, cloud: Option<Cloud>, clock: Arc<ManualClock>, settings: &str) -> Self {
        let config = Config::from_toml(&format!("{MINIMAL}\nprofile = \"development\"\n{settings}")).unwrap();
        let (mail, sms) = (Arc::new(MemoryMailer::default()), Arc::new(MemorySms::default()));
        let provider = Arc::new(MemoryProvider::default());
        let keycloak: Arc<MemoryKeycloak> = Arc::default();
        let ports = Ports {
            keycloak: keycloak.clone(),
            clock: clock.clone(),
            entropy: Arc::new(OsEntropy),
            mailers: vec![mail.clone()],
            sms: vec![sms.clone()],
            provider: provider.clone(),
        };
        let mut features = Features::new(&config, &pool, &ports, &TaskTracker::new()).unwrap();
        features.cloud = cloud;
        let ingest =
            Ingest::new(pool.clone(), "gatehouse", clock.clone(), Arc::new(OsEntropy), Bells::default());
        let router = features.router();
        Self { pool, router, clock, provider, keycloak, mail, sms, ingest, config, ports, features }
    }

    /// Keycloak tells of a person's state.
    pub async fn tell(&self, person: &Person, sequence: i64) {
        let sent = person.event("events", "org.keycloak.user.UPDATE_PROFILE", sequence);
        self.apply(sent, sequence).await;
    }

    async fn apply(&self, sent: Outgoing, sequence: i64) {
        let record = Record {
            topic: sent.topic,
            partition: 0,
            offset: sequence,
            timestamp: None,
            key: sent.key,
            value: sent.value,
            headers: sent.headers,
        };
        self.ingest.apply(&[record]).await.unwrap();
    }

    /// Brings what was asked about a person to Keycloak.
    pub async fn run_commands(&self, user_id: &str) {
        let job = CommandJob {
            pool: self.pool.clone(),
            keycloak: self.keycloak.clone(),
            clock: self.clock.clone(),
        };
        job.run(&Job { kind: COMMANDS.to_owned(), key: user_id.to_owned(), attempts: 0 }).await.unwrap();
    }

    /// Keycloak tells that a person is no more.
    pub async fn gone(&self, user_id: &str, sequence: i64) {
        let sent = Person::new(user_id).deleted("events", sequence);
        self.apply(sent, sequence).await;
    }

    /// Sends every notice that waits.
    pub async fn send_notices(&self) {
        let budget = SmsBudget::new(self.pool.clone(), &self.config.otp, self.config.profile);
        let carriers = Carriers {
            mailers: vec![self.mail.clone()],
            sms: Vec::new(),
            budget: Arc::new(budget),
            clock: self.clock.clone(),
        };
        let composers = composers(&self.config, &self.pool, &self.ports);
        let job = SendNotices::new(self.pool.clone(), &composers, carriers, "Gatehouse");
        let keys: Vec<String> = sqlx::query_scalar(
            "SELECT notice_id::text FROM notices WHERE sent_at IS NULL ORDER BY notice_id",
        )
        .fetch_all(&self.pool)
        .await
        .unwrap();
        for key in keys {
            job.run(&Job { kind: SEND_NOTICE.to_owned(), key, attempts: 0 }).await.unwrap();
        }
    }

    /// Forgets what the hourly job forgets about sign-in addresses.
    pub async fn forget_login_addresses(&self) {
        let job = FORGET_LOGIN_ADDRESSES.handler(self.pool.clone(), self.clock.clone());
        let kind = job.kind().to_owned();
        job.run(&Job { kind, key: "hourly".to_owned(), attempts: 0 }).await.unwrap();
    }

    /// The code in the newest mail to an address.
    pub fn code(&self, address: &str) -> String {
        let mails = self.mail.mails();
        let mail = mails.iter().rfind(|mail| mail.to.expose() == address);
        let text = mail.unwrap_or_else(|| panic!("no mail came")).text.expose().clone();
        crate::otp::world::code_in(&text)
    }

    /// Every page, with the decision who may see it.
    pub fn routes(&self) -> Vec<PageRoute> {
        routes(&self.features.portal)
    }

    /// A browser that nobody has used.
    pub fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), cookies: BTreeMap::new() }
    }

    /// A browser in which this person has signed in, in this session of Keycloak's.
    pub async fn signed_in(&self, person: &Person, session_id: &str) -> Browser {
        let mut browser = self.browser();
        let landed = browser.sign_in(self, &person.id, session_id, "/account").await;
        assert_eq!(landed.location(), "/account");
        browser
    }

    /// A session of Keycloak's that begins now.
    pub fn session(&self, user_id: &str, session_id: &str) -> Session {
        Session {
            user_id: user_id.to_owned(),
            session_id: session_id.to_owned(),
            began_at: self.clock.now(),
            issued_at: self.clock.now(),
        }
    }
}

/// A clock at an instant that tests may write as a literal.
pub fn fixed_clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::starting_at(DateTime::from_timestamp(1_795_000_000, 0).unwrap()))
}

/// Keeps cookies as browsers do.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookies: BTreeMap<String, String>,
}

/// What a browser got.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        let location = self.headers.get(header::LOCATION);
        location.unwrap_or_else(|| panic!("no redirect: {self:?}")).to_str().unwrap()
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }

    /// The hidden field that each form of the page has.
    pub fn form_token(&self) -> String {
        value_of(&self.body, "form_token")
    }

    #[track_caller]
    pub fn shows(&self, text: &str) {
        assert!(self.body.contains(text), "the page does not show {text:?}: {}", self.body);
    }

    #[track_caller]
    pub fn hides(&self, text: &str) {
        assert!(!self.body.contains(text), "the page shows {text:?}: {}", self.body);
    }
}

/// The value of the first field of a name.
pub fn value_of(html: &str, name: &str) -> String {
    let start = html.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name}: {html}"));
    let rest = &html[start..];
    let value = rest.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
    value.to_owned()
}

impl Browser {
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// What our script gets when it asks for a page.
    pub async fn partial(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).header("hx-request", "true").body(Body::empty()).unwrap()).await
    }

    /// Sends a form as it is.
    pub async fn post_raw(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends the form of a page, which is loaded before, with the version that it was made from.
    pub async fn post(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(page).await.expect(200);
        let token = page.form_token();
        let has_version = page.body.contains("name=\"version\"") && fields.iter().all(|it| it.0 != "version");
        let version = has_version.then(|| value_of(&page.body, "version"));
        let mut fields = fields.to_vec();
        fields.push(("form_token", &token));
        fields.extend(version.as_ref().map(|version| ("version", version.as_str())));
        self.post_raw(path, &fields).await
    }

    /// Sends the form of a page as forms with a file are sent.
    pub async fn post_parts(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.get(page).await.expect(200).form_token();
        let parts = fields.iter().copied().chain([("form_token", token.as_str())]);
        let parts = parts.map(|(name, value)| {
            format!("--parts\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        });
        let body = parts.collect::<String>() + "--parts--\r\n";
        let request = Request::post(path).header("content-type", "multipart/form-data; boundary=parts");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Goes to Keycloak and comes back as somebody.
    pub async fn sign_in(&mut self, world: &World, user_id: &str, session_id: &str, to: &str) -> Answer {
        self.sign_in_as(world, user_id, session_id, to, &[]).await
    }

    /// The same, with roles of the realm.
    pub async fn sign_in_as(
        &mut self,
        world: &World,
        user_id: &str,
        session_id: &str,
        to: &str,
        roles: &[&str],
    ) -> Answer {
        let away = self.get(&format!("/sign-in?to={to}")).await.expect(303);
        let asked = url::Url::parse(away.location()).unwrap();
        let state = asked.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        let code = format!("code-{session_id}");
        world.provider.allow_as(&code, world.session(user_id, session_id), roles);
        self.get(&format!("/sign-in/callback?state={state}&code={code}")).await.expect(303)
    }

    async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = to_bytes(body, 1 << 22).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}
