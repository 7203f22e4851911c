//! What the listener costs a login on Keycloak, with the broker up and down.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use futures::future::try_join_all;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use crate::{
    phase_two::Receiver,
    report::{Goal, Latency, Outcome, Sample},
    stage::Stage,
    support::{admin::Admin, unique, walk::PASSWORD},
};

const CLIENT: &str = "bench-logins";
/// The copies of the realm.
const COPY: &str = "bench-unheard";
const PHASE_TWO: &str = "bench-phase-two";
/// The side of Phase Two's extension.
const THEIRS: &str = "Phase Two";
const PEOPLE: usize = 20;
/// Logins at the same time.
const CALLERS: usize = 4;
/// How long the outbox may take to be empty once the broker is back.
const DRAINED_WITHIN: Duration = Duration::from_mins(2);

/// People of a realm who log in.
struct House<'a> {
    token_url: String,
    people: Vec<String>,
    http: &'a Client,
}

/// Measures logins in the realm whose events are captured, and in a copy of it whose events are not.
pub async fn run(stage: &Stage) -> Result<Outcome> {
    let http = Client::builder().timeout(Duration::from_mins(1)).build()?;
    copy_realm(stage, COPY, |_| Ok(())).await?;
    let heard = House::furnish(stage, &stage.stack.info.realm, &http).await?;
    let unheard = House::furnish(stage, COPY, &http).await?;
    let receiver = Receiver::listen().await?;
    let mut sides = vec![("no listener", &unheard), ("gatehouse", &heard)];
    let theirs;
    if xtask::testing::has_phase_two()? {
        copy_realm(stage, PHASE_TWO, |realm| receiver.instead_of_ours(realm)).await?;
        theirs = House::furnish(stage, PHASE_TWO, &http).await?;
        sides.push((THEIRS, &theirs));
    }
    let logins = stage.size.choose(400, 20);
    for (_, house) in &sides {
        // What runs for the first time is slower, in a virtual machine above all.
        house.log_in(logins * 2).await?;
    }
    let mut samples = Vec::new();
    for round in 0..stage.size.rounds {
        // Who is first must not matter.
        if round > 0 {
            sides.reverse();
        }
        for (side, house) in &sides {
            let told = receiver.logins();
            samples.push(measure(stage, side, house, logins).await?);
            if *side == THEIRS {
                receiver.reach(told + logins).await?;
            }
        }
        stage.own.stop("kafka").await?;
        samples.push(measure(stage, "gatehouse, broker down", &heard, logins).await?);
        stage.own.start_again("kafka").await?;
        drained(stage).await?;
    }
    let mut outcome = Outcome {
        name: "logins",
        title: "what the listener costs a login",
        unit: "logins",
        samples,
        goals: Vec::new(),
        notes: vec![
            format!(
                "{logins} logins a side and round by password grant at a client that is made for it, {CALLERS} at the same time, {PEOPLE} people in turn. Most of a login is the hash of the password."
            ),
            "`no listener` is a copy of the realm in the same Keycloak whose events are not captured: its logins reach the listener and leave it at the first look. Sides take turns.".to_owned(),
            phase_two_note(sides.len() > 2),
            "With the broker down the outbox keeps what happens; when it was back, the outbox was empty again before the next round.".to_owned(),
        ],
    };
    let cpu = |side| outcome.median(side, |it| it.cpu_millis("keycloak") + it.cpu_millis("postgres"));
    let p99 = |side| outcome.median(side, |it| it.latency.get("login").map_or(f64::NAN, |it| it.p99));
    let none = (cpu("no listener"), p99("no listener"));
    outcome.goals = vec![
        Goal::at_most("CPU of Keycloak and PostgreSQL, in that without", 1.05, cpu("gatehouse") / none.0),
        Goal::at_most("the same, broker down", 1.05, cpu("gatehouse, broker down") / none.0),
        Goal::at_most("p99, in that without", 1.05, p99("gatehouse") / none.1),
        Goal::at_most("the same, broker down", 1.05, p99("gatehouse, broker down") / none.1),
    ];
    Ok(outcome)
}

fn phase_two_note(is_measured: bool) -> String {
    if is_measured {
        "`Phase Two` is their extension keycloak-events, which posts each event from memory to an address that takes everything: without the person's state, and what was not posted is lost with the process. Its jar lies beside ours in all legs.".to_owned()
    } else {
        "Phase Two's extension was not measured: it needs Java 21.".to_owned()
    }
}

async fn measure(stage: &Stage, side: &str, house: &House<'_>, logins: usize) -> Result<Sample> {
    let programs = [("keycloak", stage.pid("keycloak").await?), ("gatehouse", stage.pid("gatehouse").await?)];
    let meter = stage.meter(&programs).await?;
    let took = house.log_in(logins).await?;
    let mut sample = meter.stop(side, u64::try_from(logins)?).await?;
    sample.latency.extend(Latency::of(took).map(|latency| ("login", latency)));
    Ok(sample)
}

impl<'a> House<'a> {
    /// Makes the people, and a client at which a password is enough: the realm's own ask for a second factor.
    async fn furnish(stage: &Stage, realm: &str, http: &'a Client) -> Result<Self> {
        let admin = Admin::of_realm(&stage.stack, realm)?;
        let flows = admin.done(Method::GET, "authentication/flows", None).await?;
        let flow = flows.as_array().and_then(|flows| flows.iter().find(|it| it["alias"] == "direct grant"));
        let flow = flow.context("Keycloak has its own flow of password grants")?["id"].clone();
        let client = json!({"clientId": CLIENT, "publicClient": true, "directAccessGrantsEnabled": true,
            "attributes": {"gatehouse.second-factor": "optional"},
            "authenticationFlowBindingOverrides": {"direct_grant": flow}});
        admin.create("clients", &client).await?;
        let mut people = Vec::new();
        for number in 0..PEOPLE {
            let email = format!("login-{number}-{}@bench.example", unique());
            admin.create_person(&email, PASSWORD).await?;
            people.push(email);
        }
        let token_url =
            format!("{}/realms/{realm}/protocol/openid-connect/token", stage.stack.info.keycloak_url);
        Ok(Self { token_url, people, http })
    }

    /// Logs in so many times, and says how long each took.
    async fn log_in(&self, logins: usize) -> Result<Vec<Duration>> {
        let next = AtomicUsize::new(0);
        let callers = (0..CALLERS).map(|_| async {
            let mut took = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= logins {
                    return anyhow::Ok(took);
                }
                let person = self.people.get(number % self.people.len()).context("nobody to log in")?;
                let began = Instant::now();
                self.log_in_once(person).await?;
                took.push(began.elapsed());
            }
        });
        Ok(try_join_all(callers).await?.concat())
    }

    async fn log_in_once(&self, person: &str) -> Result<()> {
        let form =
            [("grant_type", "password"), ("client_id", CLIENT), ("username", person), ("password", PASSWORD)];
        let answer = self.http.post(&self.token_url).form(&form).send().await?;
        let status = answer.status();
        let answer: Value = answer.json().await?;
        ensure!(answer["access_token"].is_string(), "{status}: {answer}");
        Ok(())
    }
}

/// Makes the same realm, but for a change, under a name that the extension is not told to hear.
async fn copy_realm(stage: &Stage, name: &str, change: impl FnOnce(&mut Value) -> Result<()>) -> Result<()> {
    let admin = Admin::new(&stage.stack)?;
    let mut realm = admin.done(Method::POST, "partial-export", None).await?;
    forget_ids(&mut realm);
    let fields = realm.as_object_mut().context("Keycloak did not tell a realm")?;
    // A copy has keys of its own.
    fields.remove("components");
    fields.insert("realm".to_owned(), json!(name));
    change(&mut realm)?;
    admin.create_realm(&realm).await
}

/// Ids are unique over all realms; a realm refers to its parts by their names.
fn forget_ids(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !matches!(name.as_str(), "id" | "containerId"));
            fields.values_mut().for_each(forget_ids);
        }
        Value::Array(values) => values.iter_mut().for_each(forget_ids),
        _ => {}
    }
}

/// Waits until everything that happened has been sent.
async fn drained(stage: &Stage) -> Result<()> {
    let mut keycloak = PgConnection::connect(&stage.own.keycloak_database).await?;
    let began = Instant::now();
    loop {
        let left: i64 =
            sqlx::query_scalar("SELECT count(*) FROM gatehouse_outbox").fetch_one(&mut keycloak).await?;
        if left == 0 {
            return Ok(());
        }
        ensure!(began.elapsed() < DRAINED_WITHIN, "{left} events are still in the outbox");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
