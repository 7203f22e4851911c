//! Which drills there are.

use std::time::Instant;

use anyhow::{Result, ensure};
use futures::future::BoxFuture;
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use reqwest::Client;
use serde_json::json;
use xtask::{
    drill::history::{Act, Outcome},
    testing::Mode,
};

use crate::{clock, database, refusal, service, stage::Stage, topic};

/// The name of the drill that begins with the service of an earlier commit.
pub const UPGRADE: &str = "upgrade";

type Faults = for<'a> fn(&'a Stage, &'a mut ChaCha8Rng) -> BoxFuture<'a, Result<()>>;

/// One kind of fault, or several at random.
#[derive(Clone, Copy)]
pub struct Drill {
    pub name: &'static str,
    /// The experiments of the plan that it covers.
    pub number: &'static str,
    pub what: &'static str,
    /// Whether it is in the short selection.
    pub short: bool,
    /// Promises that it breaks on purpose.
    pub breaks: &'static [&'static str],
    pub faults: Faults,
}

const fn drill(name: &'static str, number: &'static str, what: &'static str, faults: Faults) -> Drill {
    Drill { name, number, what, short: false, breaks: &[], faults }
}

const fn short(drill: Drill) -> Drill {
    Drill { short: true, ..drill }
}

/// All of them, in the order in which they run.
pub const DRILLS: &[Drill] = &[
    short(drill(
        "kill",
        "1, 4, 6, 10",
        "kill -9 of Keycloak, broker, service and database in turn",
        |stage, _| Box::pin(kill_in_turn(stage)),
    )),
    drill("kill-keycloak", "1", "kill -9 of Keycloak, three times", |stage, chance| {
        Box::pin(kill(stage, chance, "keycloak"))
    }),
    drill("kill-broker", "4", "kill -9 of the broker, three times", |stage, chance| {
        Box::pin(kill(stage, chance, "kafka"))
    }),
    drill("kill-service", "6", "kill -9 of the service, three times", |stage, chance| {
        Box::pin(kill(stage, chance, "gatehouse"))
    }),
    drill("kill-database", "10", "kill -9 of PostgreSQL, three times", |stage, chance| {
        Box::pin(kill(stage, chance, "postgres"))
    }),
    drill("freeze", "5, 7, 11", "each part frozen in turn, longer than its clients wait", |stage, _| {
        Box::pin(freeze(stage))
    }),
    drill("broker-away", "3", "no broker for two minutes; people go on signing in", |stage, _| {
        Box::pin(broker_away(stage, 120))
    }),
    short(drill("broker-gone", "3", "no broker for ten seconds; people go on signing in", |stage, _| {
        Box::pin(broker_away(stage, 10))
    })),
    drill("cut", "14, 15, 16", "each link cut and mended, again and again", |stage, chance| {
        Box::pin(cut(stage, chance))
    }),
    drill("slow", "14, 16", "each link 200 ms late each way", |stage, _| {
        Box::pin(each_link(stage, Mode::Delay { millis: 200 }, 10))
    }),
    drill("half-open", "14, 16", "each link taken and silent", |stage, _| {
        Box::pin(each_link(stage, Mode::Hold, 20))
    }),
    drill(
        "provider-away",
        "21, 22",
        "mail and text messages refused, throttled, broken and never answered",
        |stage, _| Box::pin(provider_away(stage)),
    ),
    short(drill(
        "replay",
        "18",
        "everything on the events topic again, three times, in any order",
        |stage, chance| Box::pin(topic::replay(stage, chance)),
    )),
    short(drill(
        "garbage",
        "19",
        "records that nobody can read; each is parked once, as it came",
        |stage, chance| Box::pin(topic::garbage(stage, chance)),
    )),
    drill("rollback", "2", "changes that Keycloak's database refuses at the commit", |stage, _| {
        Box::pin(refusal::rollback(stage))
    }),
    drill("poison", "20", "somebody whom the store refuses, until it takes them", |stage, _| {
        Box::pin(refusal::poison(stage))
    }),
    drill("rebalance", "8", "one, two, three and again one instance of the service", |stage, _| {
        Box::pin(service::rebalance(stage))
    }),
    drill("zombie", "7", "an instance frozen past its session, while another takes over", |stage, _| {
        Box::pin(service::zombie(stage))
    }),
    drill("clock", "17", "the service's clock an hour ahead and an hour behind", |stage, _| {
        Box::pin(clock::off(stage))
    }),
    drill("rotate-key", "25", "the key between Keycloak and the service changed", |stage, _| {
        Box::pin(service::rotate_key(stage))
    }),
    drill("rebuild", "24, 25", "the directory emptied and read anew from the first event", |stage, _| {
        Box::pin(service::rebuild(stage))
    }),
    drill("disk-full", "12", "no space for PostgreSQL", |stage, _| Box::pin(database::disk_full(stage))),
    Drill {
        breaks: &["I1", "I3"],
        short: true,
        ..drill(
            "without-outbox",
            "1",
            "the control: what waits is forgotten, as without an outbox",
            |stage, _| Box::pin(database::forget_outbox(stage)),
        )
    },
    drill("soak", "1-18", "faults at random", |stage, chance| Box::pin(soak(stage, chance))),
    drill(
        UPGRADE,
        "–",
        "instances of an earlier commit replaced one by one, the schema changed",
        |stage, _| Box::pin(service::upgrade(stage)),
    ),
];

const PARTS: [&str; 4] = ["keycloak", "kafka", "gatehouse", "postgres"];
const LINKS: [&str; 4] = ["service-postgres", "service-kafka", "keycloak-kafka", "keycloak-service"];

async fn kill_in_turn(stage: &Stage) -> Result<()> {
    for part in ["gatehouse", "kafka", "postgres", "keycloak"] {
        stage.kill(part).await?;
        if part == "postgres" {
            // Keycloak's pool needs a moment.
            stage.calm().await?;
        }
    }
    Ok(())
}

async fn kill(stage: &Stage, chance: &mut ChaCha8Rng, part: &str) -> Result<()> {
    for _ in 0..3 {
        stage.last(chance.random_range(1..8)).await;
        stage.kill(part).await?;
    }
    Ok(())
}

/// Kafka's clients give a session up after 10 s, the service a statement after 10 s.
async fn freeze(stage: &Stage) -> Result<()> {
    for part in PARTS {
        stage.freeze(part, 15).await?;
        stage.calm().await?;
    }
    Ok(())
}

/// The broker is no part of a login.
async fn broker_away(stage: &Stage, seconds: u64) -> Result<()> {
    stage.note(format_args!("no broker for {seconds} s"));
    stage.own.stop("kafka").await?;
    let (before, began) = (stage.history.operations().len(), Instant::now());
    while began.elapsed().as_secs() < seconds || changes_since(stage, before) == 0 {
        ensure!(
            began.elapsed().as_secs() < seconds + 60,
            "nothing was acknowledged while the broker was away"
        );
        stage.last(1).await;
    }
    stage.start("kafka", &[]).await
}

fn changes_since(stage: &Stage, first: usize) -> usize {
    let operations = stage.history.operations();
    let done = |act: &Act, outcome| outcome == Outcome::Ok && !matches!(act, Act::Verify { .. });
    operations[first..].iter().filter(|operation| done(&operation.act, operation.outcome)).count()
}

async fn cut(stage: &Stage, chance: &mut ChaCha8Rng) -> Result<()> {
    for link in LINKS {
        for _ in 0..3 {
            stage.link(link, Mode::Cut, chance.random_range(1..4)).await?;
            stage.last(chance.random_range(1..3)).await;
        }
    }
    Ok(())
}

async fn each_link(stage: &Stage, mode: Mode, seconds: u64) -> Result<()> {
    for link in LINKS {
        stage.link(link, mode, seconds).await?;
        stage.calm().await?;
    }
    Ok(())
}

async fn provider_away(stage: &Stage) -> Result<()> {
    for mode in ["refuse", "throttle", "error", "timeout", "slow"] {
        stage.note(format_args!("providers: {mode} for 10 s"));
        set_providers(stage, mode).await?;
        stage.last(10).await;
        set_providers(stage, "ok").await?;
    }
    Ok(())
}

async fn set_providers(stage: &Stage, mode: &str) -> Result<()> {
    for channel in ["email", "sms"] {
        let url = format!("{}/faults", stage.stack.info.inbox_url);
        let order = json!({"channel": channel, "mode": mode});
        Client::new().post(url).json(&order).send().await?.error_for_status()?;
    }
    Ok(())
}

async fn soak(stage: &Stage, chance: &mut ChaCha8Rng) -> Result<()> {
    let began = Instant::now();
    while began.elapsed() < stage.soak {
        let part = PARTS[chance.random_range(0..PARTS.len())];
        let link = LINKS[chance.random_range(0..LINKS.len())];
        match chance.random_range(0..5) {
            0 => stage.kill(part).await,
            1 => stage.freeze(part, chance.random_range(2..15)).await,
            2 => stage.link(link, Mode::Cut, chance.random_range(1..10)).await,
            3 => stage.link(link, Mode::Hold, chance.random_range(5..15)).await,
            _ => stage.link(link, Mode::Delay { millis: 100 }, 10).await,
        }?;
        stage.calm().await?;
    }
    Ok(())
}
