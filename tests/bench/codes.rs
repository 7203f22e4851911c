//! A code is asked for, arrives by mail, and is entered.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use async_trait::async_trait;
use futures::future::try_join_all;
use gatehouse::platform::webhook::Secrets;
use reqwest::{Client, StatusCode};
use secrecy::SecretString;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    kratos::Kratos,
    pgbench,
    report::{Goal, Latency, Outcome, Sample},
    sink::Sink,
    stage::Stage,
};

/// Logins at the same time, the connections of pgbench among them.
const AT_ONCE: usize = 32;
/// How long somebody waits for a mail.
const MAIL_WITHIN: Duration = Duration::from_mins(1);

/// The times of one login by code.
pub struct Times {
    pub issue: Duration,
    /// From asking until the mail is there.
    pub mail: Duration,
    pub verify: Duration,
}

/// Who sends codes and takes them.
#[async_trait]
pub trait Codes: Sync {
    /// One login of the person with this number: asks, reads the mail, enters the code and sees it accepted.
    async fn login(&self, sink: &Sink, number: u64) -> Result<Times>;
}

/// Measures the service, Kratos and PostgreSQL alone, by turns.
pub async fn run(stage: &Stage) -> Result<Outcome> {
    let lasting = stage.size.choose(Duration::from_secs(20), Duration::from_secs(3));
    let people: u32 = stage.size.choose(100_000, 5_000);
    let mut database = stage.database().await?;
    seed(&mut database, people).await?;
    let ours = Ours::of(stage)?;
    let kratos = Kratos::start(stage, stage.size.choose(3_000, 300)).await?;
    pgbench::prepare(&mut database).await?;
    let mut samples = Vec::new();
    let (next_of_ours, next_of_theirs) = (AtomicU64::new(0), AtomicU64::new(0));
    for round in 0..stage.size.rounds {
        for turn in turns(round) {
            let sample = match turn {
                Side::Ours => {
                    let programs = [("gatehouse", stage.pid("gatehouse").await?)];
                    measure(stage, "gatehouse", &programs, &ours, &next_of_ours, lasting).await?
                }
                Side::Kratos => {
                    let programs = [("kratos", kratos.pid()?)];
                    measure(stage, "kratos", &programs, &kratos, &next_of_theirs, lasting).await?
                }
                Side::Limit => pgbench::run(stage, AT_ONCE, lasting).await?,
            };
            eprintln!("   {}: {:.0} codes a second", sample.side, sample.rate());
            samples.push(sample);
        }
    }
    let mut outcome = Outcome {
        name: "codes",
        title: "a code is asked for, arrives by mail, and is entered",
        unit: "codes",
        samples,
        goals: Vec::new(),
        notes: vec![
            format!("{AT_ONCE} logins at the same time, each by another person, closed loop; mail by SMTP to a sink in the load's process."),
            "The limit is pgbench with 32 connections: an insert and an update of the table of challenges with its indexes, each a transaction of one statement, without HTTP, signatures, limits and mail.".to_owned(),
            "Kratos v1.3.1 with its code method by API flows, 32 connections, its courier asked to look every 50 ms and to take 1000 mails at once; it makes a session, too.".to_owned(),
        ],
    };
    let rate = |side| outcome.median(side, Sample::rate);
    let cpu = |side, program| outcome.median(side, |sample| sample.cpu_millis(program));
    outcome.goals = vec![
        Goal::at_least("share of pgbench", 0.7, rate("gatehouse") / rate("pgbench")),
        Goal::at_least("times Kratos", 15.0, rate("gatehouse") / rate("kratos")),
        Goal::at_most(
            "CPU of the service, in that of Kratos",
            0.2,
            cpu("gatehouse", "gatehouse") / cpu("kratos", "kratos"),
        ),
    ];
    Ok(outcome)
}

#[derive(Clone, Copy)]
enum Side {
    Ours,
    Kratos,
    Limit,
}

/// Forth and back, so that what drifts hits all alike.
fn turns(round: usize) -> [Side; 3] {
    let forth = [Side::Ours, Side::Kratos, Side::Limit];
    if round.is_multiple_of(2) { forth } else { [forth[2], forth[1], forth[0]] }
}

/// People with an address that is proven.
async fn seed(database: &mut PgConnection, people: u32) -> Result<()> {
    sqlx::query(
        "INSERT INTO otp_factors (id, realm, user_id, channel, destination, hint, is_primary, verified_at, bound_at)
         SELECT gen_random_uuid(), 'gatehouse', 'bench-' || n, 'email', 'p' || n || '@bench.example', 'p•••@bench.example',
                true, now(), now()
         FROM generate_series(0, $1 - 1) n",
    )
    .bind(i32::try_from(people)?)
    .execute(&mut *database)
    .await?;
    sqlx::query("ANALYZE otp_factors").execute(database).await?;
    Ok(())
}

async fn measure(
    stage: &Stage,
    side: &str,
    programs: &[(&'static str, u32)],
    codes: &dyn Codes,
    next: &AtomicU64,
    lasting: Duration,
) -> Result<Sample> {
    let meter = stage.meter(programs).await?;
    let began = Instant::now();
    let worker = async || {
        let mut all = Vec::new();
        while began.elapsed() < lasting {
            let number = next.fetch_add(1, Ordering::Relaxed);
            all.push(
                codes.login(&stage.sink, number).await.with_context(|| format!("{side}, person {number}"))?,
            );
        }
        anyhow::Ok(all)
    };
    let times: Vec<Times> =
        try_join_all((0..AT_ONCE).map(|_| worker())).await?.into_iter().flatten().collect();
    let mut sample = meter.stop(side, u64::try_from(times.len())?).await?;
    let mut note = |name, of: fn(&Times) -> Duration| {
        if let Some(latency) = Latency::of(times.iter().map(of).collect()) {
            sample.latency.insert(name, latency);
        }
    };
    note("issue", |it| it.issue);
    note("mail", |it| it.mail);
    note("verify", |it| it.verify);
    Ok(sample)
}

/// The mail that was waited for.
pub async fn arrived(mail: tokio::sync::oneshot::Receiver<crate::sink::Mail>) -> Result<crate::sink::Mail> {
    tokio::time::timeout(MAIL_WITHIN, mail).await.context("no mail came")?.context("the sink has ended")
}

/// The service, called as Keycloak calls it.
struct Ours {
    http: Client,
    url: String,
    secrets: Arc<Secrets>,
}

impl Ours {
    fn of(stage: &Stage) -> Result<Self> {
        let secret = SecretString::from(stage.stack.info.webhook_secret.clone());
        Ok(Self {
            http: Client::builder().timeout(Duration::from_secs(30)).build()?,
            url: format!("{}/otp/v1", stage.stack.info.gatehouse_url),
            secrets: Arc::new(Secrets::parse(&[secret])?),
        })
    }

    async fn call(&self, path: &str, body: &Value) -> Result<(StatusCode, Value)> {
        let (id, body) = (format!("msg_{}", Uuid::new_v4()), serde_json::to_vec(body)?);
        let now = chrono::Utc::now().timestamp();
        let request = self
            .http
            .post(format!("{}/{path}", self.url))
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", now)
            .header("webhook-signature", self.secrets.sign_request(&id, now, &body))
            .body(body);
        let answer = request.send().await?;
        Ok((answer.status(), answer.json().await?))
    }
}

#[async_trait]
impl Codes for Ours {
    async fn login(&self, sink: &Sink, number: u64) -> Result<Times> {
        let (person, session) = (format!("bench-{number}"), Uuid::new_v4().to_string());
        // Of an address of their own: how often one may ask is limited.
        let address = Ipv4Addr::from(0x0a00_0000 | u32::try_from(number & 0x00ff_ffff)?);
        let mail = sink.expect(&format!("p{number}@bench.example"));
        let began = Instant::now();
        let ask = json!({
            "realm": "gatehouse", "user_id": person, "auth_session_id": session, "purpose": "login",
            "client_id": "bench", "channel": "email", "locale": "en",
            "ip_address": address,
        });
        let (status, challenge) = self.call("challenges", &ask).await?;
        ensure!(status == StatusCode::CREATED, "{status} {challenge}");
        let issue = began.elapsed();
        let mail = arrived(mail).await?;
        let id = challenge["challenge_id"].as_str().context("no id")?;
        let entered = Instant::now();
        let verify = json!({"auth_session_id": session, "code": mail.code()?});
        let (status, verdict) = self.call(&format!("challenges/{id}/verification"), &verify).await?;
        ensure!(status == StatusCode::OK && verdict["status"] == "approved", "{status} {verdict}");
        Ok(Times { issue, mail: mail.at.saturating_duration_since(began), verify: entered.elapsed() })
    }
}
