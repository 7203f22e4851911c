//! Faults of the service and its instances.

use anyhow::{Context as _, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sqlx::{Connection as _, PgConnection};

use crate::stage::Stage;

pub const MAIN: &str = "gatehouse";
const FURTHER: [&str; 2] = ["gatehouse-2", "gatehouse-3"];
/// An instance that says nothing for 10 s has left the group.
const PAST_SESSION: u64 = 15;

/// 1 → 2 → 3 → 2 → 1 instances, one of which leaves without a word.
pub async fn rebalance(stage: &Stage) -> Result<()> {
    for _ in 0..2 {
        for part in FURTHER {
            stage.note(format_args!("{part} joins"));
            stage.start(part, &[]).await?;
            stage.last(3).await;
        }
        stage.note("gatehouse-2 is killed, gatehouse-3 leaves");
        stage.own.kill(FURTHER[0]).await?;
        stage.last(3).await;
        stage.own.stop(FURTHER[1]).await?;
        stage.last(2).await;
    }
    Ok(())
}

/// The frozen instance awakes and believes that its partitions, leases and leadership are still its own.
pub async fn zombie(stage: &Stage) -> Result<()> {
    stage.note("gatehouse-2 joins");
    stage.start(FURTHER[0], &[]).await?;
    for part in [MAIN, FURTHER[0]] {
        stage.calm().await?;
        stage.freeze(part, PAST_SESSION).await?;
    }
    stage.calm().await?;
    stage.own.stop(FURTHER[0]).await
}

/// The service takes both keys, then Keycloak changes, then the old key is taken away.
pub async fn rotate_key(stage: &Stage) -> Result<()> {
    let old = stage.webhook_secret();
    let new = format!("whsec_{}", STANDARD.encode(rand::random::<[u8; 32]>()));
    restart(
        stage,
        MAIN,
        "the service takes both keys",
        &[("GATEHOUSE__WEBHOOK__SECRETS", &format!("[\"{new}\",\"{old}\"]"))],
    )
    .await?;
    stage.set_webhook_secret(&new);
    stage.calm().await?;
    restart(
        stage,
        "keycloak",
        "Keycloak signs with the new one",
        &[("KC_SPI_GATEHOUSE_OTP__DEFAULT__SECRET", &new)],
    )
    .await?;
    stage.calm().await?;
    let only = format!("[\"{new}\"]");
    restart(stage, MAIN, "the old one is gone", &[("GATEHOUSE__WEBHOOK__SECRETS", &only)]).await?;
    for part in FURTHER {
        // Further instances are started later, with what they were told last.
        stage.start(part, &[("GATEHOUSE__WEBHOOK__SECRETS", &only)]).await?;
        stage.own.stop(part).await?;
    }
    Ok(())
}

/// Old and new run side by side on the schema of the new; an old one that ends comes back.
pub async fn upgrade(stage: &Stage) -> Result<()> {
    let new = xtask::testing::service_program();
    let earlier = stage.earlier.as_deref().context("this stage did not begin with an earlier release")?;
    stage.note(format_args!("the new release joins that of {earlier} and brings the schema up to date"));
    stage.start_as(FURTHER[0], &new).await?;
    stage.calm().await?;
    stage.kill(MAIN).await?;
    stage.calm().await?;
    stage.note("the old one is replaced");
    stage.own.stop(MAIN).await?;
    stage.start_as(MAIN, &new).await?;
    stage.calm().await?;
    stage.own.stop(FURTHER[0]).await
}

async fn restart(stage: &Stage, part: &str, what: &str, env: &[(&str, &str)]) -> Result<()> {
    stage.note(what);
    stage.own.stop(part).await?;
    stage.start(part, env).await
}

/// The group's place on the topic is lost, and so is all that was read so far.
pub async fn rebuild(stage: &Stage) -> Result<()> {
    stage.note("the directory is emptied and read anew");
    stage.own.stop(MAIN).await?;
    let mut database = PgConnection::connect(&stage.stack.info.postgres_url).await?;
    sqlx::query("TRUNCATE people, organizations, memberships, inbox").execute(&mut database).await?;
    stage.start(MAIN, &[("GATEHOUSE__KAFKA__GROUP_ID", "anew")]).await?;
    for part in FURTHER {
        stage.start(part, &[("GATEHOUSE__KAFKA__GROUP_ID", "anew")]).await?;
        stage.own.stop(part).await?;
    }
    stage.calm().await
}
