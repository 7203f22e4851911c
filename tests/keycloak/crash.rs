//! No customer change is lost or invented while Keycloak, Kafka and the service are killed in turn.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use xtask::{
    drill::{
        controls,
        history::{Act, History, Outcome},
        invariants::{Evidence, check},
    },
    testing::OwnStack,
};

use crate::support::{
    form::Person,
    stack::Stack,
    turn, unique,
    walk::{LAST_NAME, register},
};

const SIGN_UPS: usize = 100;
const CHANGES: usize = 200;
const WORKERS: usize = 4;
/// How long everything may take to be equal after the last part is back.
const CONVERGENCE: Duration = Duration::from_mins(3);
/// How long a part may take to be back on a busy machine.
const BACK_WITHIN: Duration = Duration::from_mins(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b08_01_04_06_nothing_is_lost_or_invented_while_parts_are_killed() -> Result<()> {
    let _turn = turn().await;
    let own = xtask::testing::own_stack().await?;
    let stack = Arc::new(Stack::of(own.info.clone())?);
    let history = Arc::new(History::new(format!("crash-{}.example", unique())));

    let load: Vec<_> = (0..WORKERS)
        .map(|worker| tokio::spawn(work(Arc::clone(&stack), Arc::clone(&history), worker)))
        .collect();
    for (part, after) in [("keycloak", 40), ("kafka", 120), ("gatehouse", 180), ("keycloak", 240)] {
        reached(&history, after).await?;
        own.kill(part).await?;
        own.start_again(part).await?;
    }
    for worker in load {
        worker.await??;
    }

    ensure!(history.acknowledged() == SIGN_UPS + CHANGES, "the load did not end");
    let evidence = converged(&own, &stack, &history).await?;
    for (control, seen) in controls::run(&evidence, &mut rand::rng()) {
        ensure!(seen != Some(false), "the checker does not see that {}", control.damage);
    }
    Ok(())
}

/// One worker's share: people sign up by the form and are then changed by an administrator. An
/// operation that fails because a part is away is tried again until it is acknowledged.
async fn work(stack: Arc<Stack>, history: Arc<History>, worker: usize) -> Result<()> {
    for number in 0..SIGN_UPS / WORKERS {
        let email = format!("person-{worker}-{number}@{}", history.domain);
        let act = Act::SignUp { last_name: LAST_NAME.to_owned() };
        persist(&history, &email, &act, || sign_up(&stack, &email)).await?;
        for change in 0..CHANGES / SIGN_UPS {
            let last_name = format!("Name {change}");
            let act = Act::Rename { last_name: last_name.clone() };
            persist(&history, &email, &act, || rename(&stack, &email, &last_name)).await?;
        }
    }
    Ok(())
}

/// Tries again until it works, for as long as a part may need to come back.
async fn persist<F: Future<Output = Result<()>>>(
    history: &History,
    email: &str,
    act: &Act,
    mut operation: impl FnMut() -> F,
) -> Result<()> {
    let deadline = Instant::now() + BACK_WITHIN;
    loop {
        let mut failed = None;
        let attempt = async {
            failed = operation().await.err();
            if failed.is_none() { Outcome::Ok } else { Outcome::Unknown }
        };
        history.record(email, act.clone(), attempt).await;
        match failed {
            None => return Ok(()),
            Some(error) if Instant::now() > deadline => return Err(error),
            // The parts that are away say so at once; a short breath keeps the retry from spinning.
            Some(_) => tokio::time::sleep(Duration::from_millis(500)).await,
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

async fn rename(stack: &Stack, email: &str, last_name: &str) -> Result<()> {
    let id = user_id(stack, email).await?.context("the person is gone")?;
    let token = stack.admin_token().await?;
    let mut user = stack.keycloak_user(&token, &id).await?;
    user["lastName"] = json!(last_name);
    stack.admin_put(&token, &format!("users/{id}"), &user).await
}

async fn user_id(stack: &Stack, email: &str) -> Result<Option<String>> {
    stack.keycloak_user_id(&stack.admin_token().await?, email).await
}

async fn reached(history: &History, operations: usize) -> Result<()> {
    let deadline = Instant::now() + BACK_WITHIN;
    while history.acknowledged() < operations {
        let seen = history.acknowledged();
        ensure!(Instant::now() < deadline, "only {seen} of {operations} operations were done in time");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Waits until the checker finds nothing wrong and nothing waits, and returns what it looked at.
async fn converged(own: &OwnStack, stack: &Stack, history: &History) -> Result<Evidence> {
    let healed = Instant::now();
    loop {
        let mut observed = stack.observe(&own.keycloak_database).await?;
        (observed.since_heal, observed.settle_within) = (healed.elapsed(), CONVERGENCE);
        let waits = observed.backlog > 0;
        let evidence =
            Evidence { domain: history.domain.clone(), operations: history.operations(), observed };
        let broken = check(&evidence);
        if broken.is_empty() && !waits {
            return Ok(evidence);
        }
        ensure!(healed.elapsed() < CONVERGENCE, "not right in time: {broken:#?}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
