//! The seeded load: people sign up, sign in with codes and prove codes in a race, administrators change them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use gatehouse::platform::webhook::Secrets;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use uuid::Uuid;
use xtask::drill::history::{Act, Outcome};

use crate::{
    stage::Stage,
    support::{
        admin::Admin,
        form::Person,
        walk::{LAST_NAME, PASSWORD, enrol_email, forms, is_let_in, login, register},
    },
};

const WORKERS: u64 = 3;
/// Between two operations of a worker, in milliseconds.
const PAUSE: std::ops::Range<u64> = 50..300;
/// Whoever waits longer has no answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Five messages to a destination are allowed in ten minutes, and enrolling takes one.
const CODES: u8 = 4;
/// How often one code is sent in at the same moment.
const RACERS: usize = 3;

/// Workers that go on until they are stopped.
pub struct Load {
    stop: Arc<AtomicBool>,
    workers: Vec<JoinHandle<Result<()>>>,
}

impl Load {
    /// Starts them. The same seed draws the same operations.
    pub fn start(stage: &Arc<Stage>, drill: &'static str, seed: u64) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let worker = |number| {
            let (stage, stop) = (Arc::clone(stage), Arc::clone(&stop));
            let chance = ChaCha8Rng::seed_from_u64(seed.wrapping_add(number));
            tokio::spawn(async move {
                let admin = Admin::new(&stage.stack)?;
                let prefix = format!("{drill}-{seed}-{number}");
                let mut worker = Worker { stage: &stage, admin, prefix, chance, people: Vec::new(), made: 0 };
                while !stop.load(Ordering::Relaxed) {
                    worker.step().await;
                    tokio::time::sleep(Duration::from_millis(worker.chance.random_range(PAUSE))).await;
                }
                Ok(())
            })
        };
        Self { workers: (0..WORKERS).map(worker).collect(), stop }
    }

    /// Lets each finish what it is at.
    pub async fn stop(self) -> Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        for worker in self.workers {
            worker.await??;
        }
        Ok(())
    }
}

async fn record(
    stage: &Stage,
    email: &str,
    act: Act,
    work: impl Future<Output = Result<Outcome>>,
) -> Outcome {
    let work = async {
        let answer = tokio::time::timeout(PATIENCE, work).await;
        answer.map_or(Outcome::Unknown, |answer| answer.unwrap_or(Outcome::Unknown))
    };
    stage.history.record(email, act, work).await
}

/// Somebody new fills in the form.
pub async fn sign_up(stage: &Stage, person: &mut Person, email: &str) -> Outcome {
    let act = Act::SignUp { last_name: LAST_NAME.to_owned() };
    let form = async {
        let page = register(&stage.stack, person, email).await?;
        let done = page.status == 200 && page.url.as_str().contains("VERIFY_EMAIL");
        Ok(if done { Outcome::Ok } else { Outcome::Unknown })
    };
    record(stage, email, act, form).await
}

/// Somebody whom a worker brought in.
struct Member {
    email: String,
    id: String,
    enabled: bool,
    /// Messages that may still be sent; none before a second factor is enrolled.
    codes: u8,
}

struct Worker<'a> {
    stage: &'a Stage,
    admin: Admin<'a>,
    prefix: String,
    chance: ChaCha8Rng,
    people: Vec<Member>,
    made: usize,
}

impl Worker<'_> {
    async fn step(&mut self) {
        let draw = self.chance.random_range(0..100);
        let whom = (!self.people.is_empty()).then(|| self.chance.random_range(0..self.people.len()));
        let able = self.people.iter().position(|member| member.codes > 0 && member.enabled);
        match (draw, whom, able) {
            (0..20, ..) | (_, None, _) => self.sign_up(draw % 3 == 0).await,
            (20..30, _, Some(able)) => self.log_in(able).await,
            (30..40, _, Some(able)) => self.race(able).await,
            (20..40, _, None) => self.sign_up(true).await,
            (40..50, Some(whom), _) => self.toggle(whom).await,
            (50..55, Some(whom), _) => self.delete(whom).await,
            (_, Some(whom), _) => self.rename(whom, draw).await,
        }
    }

    async fn record(&self, email: &str, act: Act, work: impl Future<Output = Result<Outcome>>) -> Outcome {
        record(self.stage, email, act, work).await
    }

    /// Fills in the form and, if asked, goes on to the second factor.
    async fn sign_up(&mut self, enrol: bool) {
        self.made += 1;
        let email = format!("{}-{}@{}", self.prefix, self.made, self.stage.history.domain);
        let Ok(mut person) = Person::new() else { return };
        if sign_up(self.stage, &mut person, &email).await != Outcome::Ok {
            return;
        }
        let Ok(id) = self.admin.id_of(&email).await else { return };
        let enrolled = enrol
            && matches!(tokio::time::timeout(PATIENCE, self.enrol(&mut person, &email)).await, Ok(Ok(())));
        let codes = if enrolled { CODES } else { 0 };
        self.people.push(Member { email, id, enabled: true, codes });
    }

    async fn enrol(&self, person: &mut Person, email: &str) -> Result<()> {
        let stack = &self.stage.stack;
        let choice = person.open(stack.mailed_link(email, 0).await?).await?;
        let end = enrol_email(stack, person, &choice, email).await?;
        ensure!(is_let_in(stack, &end), end.text("not let in"));
        Ok(())
    }

    async fn log_in(&mut self, whom: usize) {
        self.people[whom].codes -= 1;
        let (stack, email) = (&self.stage.stack, &self.people[whom].email);
        let work = async {
            let before = stack.messages(email).await?.len();
            let mut person = Person::new()?;
            let page = login(stack, &mut person, email, PASSWORD).await?;
            ensure!(page.has_form(forms::CODE), page.text("no code was asked for"));
            let code = stack.mailed_code(email, before).await?;
            let end = person.submit_to(&page, forms::CODE, &[("code", &code)]).await?;
            Ok(if is_let_in(stack, &end) { Outcome::Ok } else { Outcome::Unknown })
        };
        self.record(email, Act::LogIn, work).await;
    }

    /// Sends one code in several times at once, as Keycloak would: one may succeed.
    async fn race(&mut self, whom: usize) {
        self.people[whom].codes -= 1;
        let (email, id) = (&self.people[whom].email, &self.people[whom].id);
        let session = Uuid::new_v4();
        let prepared = tokio::time::timeout(PATIENCE, async {
            let before = self.stage.stack.messages(email).await?.len();
            let body = json!({"realm": self.stage.stack.info.realm, "user_id": id, "auth_session_id": session,
                "purpose": "step_up", "client_id": "drill", "locale": "en", "ip_address": "127.0.0.1"});
            let (status, challenge) = self.call("challenges", &body).await?;
            ensure!(status == StatusCode::CREATED, "{status} {challenge}");
            let challenge = challenge["challenge_id"].as_str().context("no challenge")?.to_owned();
            Ok((challenge, self.stage.stack.mailed_code(email, before).await?))
        });
        let Ok(Ok((challenge, code))) = prepared.await else { return };
        let body = json!({"auth_session_id": session, "code": code});
        let (path, body) = (&format!("challenges/{challenge}/verification"), &body);
        let this = &*self;
        let verify = || async move {
            let (status, _) = this.call(path, body).await?;
            Ok(outcome(status))
        };
        let act = Act::Verify { challenge: challenge.clone() };
        let racers = (0..RACERS).map(|_| this.record(email, act.clone(), verify()));
        futures::future::join_all(racers).await;
    }

    /// A signed call of the kind that Keycloak makes.
    async fn call(&self, path: &str, body: &Value) -> Result<(StatusCode, Value)> {
        let secrets = Secrets::parse(&[SecretString::from(self.stage.webhook_secret())])?;
        let (id, body) = (format!("msg_{}", Uuid::new_v4()), serde_json::to_vec(body)?);
        let now = chrono::Utc::now().timestamp();
        let answer = reqwest::Client::new()
            .post(format!("{}/otp/v1/{path}", self.stage.stack.info.gatehouse_url))
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", now)
            .header("webhook-signature", secrets.sign_request(&id, now, &body))
            .body(body)
            .send()
            .await?;
        Ok((answer.status(), answer.json().await.unwrap_or_default()))
    }

    async fn rename(&mut self, whom: usize, draw: u32) {
        let last_name = format!("Name {draw} {}", self.chance.random_range(0..1_000_000));
        let body = json!({"lastName": last_name});
        self.change(whom, Act::Rename { last_name }, Method::PUT, Some(body)).await;
    }

    async fn toggle(&mut self, whom: usize) {
        let enabled = !self.people[whom].enabled;
        let outcome =
            self.change(whom, Act::Enable { enabled }, Method::PUT, Some(json!({"enabled": enabled})));
        if outcome.await == Outcome::Ok {
            self.people[whom].enabled = enabled;
        }
    }

    async fn delete(&mut self, whom: usize) {
        self.change(whom, Act::Delete, Method::DELETE, None).await;
        self.people.swap_remove(whom);
    }

    async fn change(&self, whom: usize, act: Act, method: Method, body: Option<Value>) -> Outcome {
        let Member { email, id, .. } = &self.people[whom];
        let work = async {
            let (status, _) = self.admin.call(method, &format!("users/{id}"), body).await?;
            Ok(outcome(status))
        };
        self.record(email, act, work).await
    }
}

/// A server that breaks half way has said nothing.
fn outcome(status: StatusCode) -> Outcome {
    match status {
        status if status.is_success() => Outcome::Ok,
        status if status.is_client_error() => Outcome::Failed,
        _ => Outcome::Unknown,
    }
}
