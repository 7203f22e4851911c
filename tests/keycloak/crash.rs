//! No customer change is lost or invented while Keycloak, Kafka and the service are killed in turn.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection, Row as _};

use crate::support::{form::Person, stack::Stack, turn, walk::register};

const SIGN_UPS: usize = 100;
const CHANGES: usize = 200;
const WORKERS: usize = 4;
/// How long everything may take to be equal after the last part is back.
const CONVERGENCE: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b08_01_04_06_nothing_is_lost_or_invented_while_parts_are_killed() -> Result<()> {
    let _turn = turn().await;
    let own = xtask::testing::own_stack().await?;
    let stack = Arc::new(Stack::of(own.info.clone())?);
    let done = Arc::new(AtomicUsize::new(0));
    let run = format!("{:x}", std::process::id());

    let load: Vec<_> = (0..WORKERS)
        .map(|worker| tokio::spawn(work(Arc::clone(&stack), Arc::clone(&done), run.clone(), worker)))
        .collect();
    for (part, after) in [("keycloak", 40), ("kafka", 120), ("gatehouse", 180), ("keycloak", 240)] {
        reached(&done, after).await?;
        own.kill(part).await?;
        own.start_again(part).await?;
    }
    let mut signed_up = Vec::new();
    for worker in load {
        signed_up.extend(worker.await??);
    }

    ensure!(done.load(Ordering::SeqCst) == SIGN_UPS + CHANGES, "the load did not end");
    let truth = converged(&stack).await?;
    for email in &signed_up {
        ensure!(truth.values().any(|seen| seen.email == *email), "{email} was acknowledged and is lost");
    }
    Ok(())
}

/// What must be the same in Keycloak, in the store and on the topic.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    email: String,
    email_verified: bool,
    first_name: String,
    last_name: String,
    enabled: bool,
}

/// One worker's share: people sign up by the form and are then changed by an administrator. An
/// operation that fails because a part is away is tried again until it is acknowledged.
async fn work(stack: Arc<Stack>, done: Arc<AtomicUsize>, run: String, worker: usize) -> Result<Vec<String>> {
    let mut acknowledged = Vec::new();
    for number in 0..SIGN_UPS / WORKERS {
        let email = format!("crash-{run}-{worker}-{number}@example.com");
        persist(|| sign_up(&stack, &email)).await?;
        done.fetch_add(1, Ordering::SeqCst);
        for change in 0..CHANGES / SIGN_UPS {
            persist(|| rename(&stack, &email, format!("Name {change}"))).await?;
            done.fetch_add(1, Ordering::SeqCst);
        }
        acknowledged.push(email);
    }
    Ok(acknowledged)
}

/// Tries again until it works, for as long as a part may need to come back.
async fn persist<F: Future<Output = Result<()>>>(mut operation: impl FnMut() -> F) -> Result<()> {
    let deadline = Instant::now() + Duration::from_mins(2);
    loop {
        match operation().await {
            Err(error) if Instant::now() > deadline => return Err(error),
            // The parts that are away say so at once; a short breath keeps the retry from spinning.
            Err(_) => tokio::time::sleep(Duration::from_millis(500)).await,
            Ok(()) => return Ok(()),
        }
    }
}

async fn sign_up(stack: &Stack, email: &str) -> Result<()> {
    if user_id(stack, email).await?.is_some() {
        // The answer to an earlier try was lost, the account was not.
        return Ok(());
    }
    let answer = register(stack, &mut Person::new()?, email).await?;
    ensure!(user_id(stack, email).await?.is_some(), answer.text("the sign-up was refused"));
    Ok(())
}

async fn rename(stack: &Stack, email: &str, last_name: String) -> Result<()> {
    let id = user_id(stack, email).await?.context("the person is gone")?;
    let token = stack.admin_token().await?;
    let mut user = stack.keycloak_user(&token, &id).await?;
    user["lastName"] = json!(last_name);
    stack.admin_put(&token, &format!("users/{id}"), &user).await
}

async fn user_id(stack: &Stack, email: &str) -> Result<Option<String>> {
    stack.keycloak_user_id(&stack.admin_token().await?, email).await
}

async fn reached(done: &AtomicUsize, operations: usize) -> Result<()> {
    let deadline = Instant::now() + Duration::from_mins(5);
    while done.load(Ordering::SeqCst) < operations {
        let seen = done.load(Ordering::SeqCst);
        ensure!(Instant::now() < deadline, "only {seen} of {operations} operations were done in time");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Waits until Keycloak, the store and the topic show the same people, and returns them.
async fn converged(stack: &Stack) -> Result<BTreeMap<String, Seen>> {
    let deadline = Instant::now() + CONVERGENCE;
    loop {
        let (truth, store, topic) = (in_keycloak(stack).await?, in_store(stack).await?, on_topic(stack)?);
        if truth == store && truth == topic {
            return Ok(truth);
        }
        ensure!(
            Instant::now() < deadline,
            "not equal in time; store against Keycloak: {}; topic against Keycloak: {}",
            difference(&truth, &store),
            difference(&truth, &topic)
        );
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

fn difference(truth: &BTreeMap<String, Seen>, other: &BTreeMap<String, Seen>) -> String {
    let missing: Vec<_> = truth.keys().filter(|id| !other.contains_key(*id)).collect();
    let extra: Vec<_> = other.keys().filter(|id| !truth.contains_key(*id)).collect();
    let different: Vec<_> =
        truth.iter().filter_map(|(id, seen)| Some((seen, other.get(id)?))).filter(|(a, b)| a != b).collect();
    format!("missing {missing:?}, extra {extra:?}, different {different:?}")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

async fn in_keycloak(stack: &Stack) -> Result<BTreeMap<String, Seen>> {
    let users = stack.keycloak_users().await?;
    let seen = users.into_iter().map(|(id, user)| {
        let seen = Seen {
            email: text(&user["email"]),
            email_verified: user["emailVerified"] == true,
            first_name: text(&user["firstName"]),
            last_name: text(&user["lastName"]),
            enabled: user["enabled"] == true,
        };
        (id, seen)
    });
    Ok(seen.collect())
}

async fn in_store(stack: &Stack) -> Result<BTreeMap<String, Seen>> {
    let mut database = PgConnection::connect(&stack.info.postgres_url).await?;
    let rows = sqlx::query(
        "SELECT user_id::text, email, email_verified, first_name, last_name, enabled FROM people",
    )
    .fetch_all(&mut database)
    .await?;
    let mut people = BTreeMap::new();
    for row in rows {
        let seen = Seen {
            email: row.try_get::<Option<String>, _>("email")?.unwrap_or_default(),
            email_verified: row.try_get("email_verified")?,
            first_name: row.try_get::<Option<String>, _>("first_name")?.unwrap_or_default(),
            last_name: row.try_get::<Option<String>, _>("last_name")?.unwrap_or_default(),
            enabled: row.try_get("enabled")?,
        };
        people.insert(row.try_get("user_id")?, seen);
    }
    Ok(people)
}

fn on_topic(stack: &Stack) -> Result<BTreeMap<String, Seen>> {
    let mut people = BTreeMap::new();
    for (id, record) in stack.fold("gatehouse.users.v1")? {
        let Some(record) = record else { continue };
        let login = record["emails"].as_array().and_then(|emails| {
            emails
                .iter()
                .find(|email| email["purposes"].as_array().is_some_and(|all| all.contains(&json!("login"))))
        });
        let login = login.cloned().unwrap_or_default();
        let seen = Seen {
            email: text(&login["address"]),
            email_verified: !login["verified_at"].is_null(),
            first_name: text(&record["name"]["first"]),
            last_name: text(&record["name"]["last"]),
            enabled: record["status"] != "disabled",
        };
        people.insert(id, seen);
    }
    Ok(people)
}
