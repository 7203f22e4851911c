//! Commands that do one thing and end.

use std::{io::IsTerminal as _, sync::Arc};

use anyhow::Context as _;

use super::Config;
use crate::{adapters::keycloak::KeycloakClient, directory::Resync, platform::db, publishing};

/// Compares Keycloak with the directory and prints what was found.
pub async fn resync(config: &Config) -> anyhow::Result<()> {
    let pool = db::pool(&config.database).context("database.url")?;
    db::MIGRATIONS.run(&pool).await?;
    let resync = Resync {
        pool,
        keycloak: Arc::new(KeycloakClient::new(&config.keycloak).context("keycloak")?),
        realm: config.keycloak.realm.clone(),
    };
    // Progress is for people who watch; whoever reads a pipe wants the result alone.
    let watched = std::io::stderr().is_terminal();
    let report = resync
        .run(|compared| {
            if watched {
                eprint!("\rcompared {compared}");
            }
        })
        .await?;
    if watched {
        eprintln!();
    }
    println!("users: {}", report.people);
    println!("organizations: {}", report.organizations);
    println!("{}", report.total());
    Ok(())
}

/// Marks every key, so that a running service publishes all records again.
pub async fn publish_all(config: &Config) -> anyhow::Result<()> {
    let pool = db::pool(&config.database).context("database.url")?;
    let mut tx = pool.begin().await?;
    let marked = publishing::mark_everything_in_tx(&mut tx).await?;
    tx.commit().await?;
    println!("{marked} records are published again by the running service");
    Ok(())
}

/// Takes over what the topics hold, after the database was restored from a backup.
pub async fn publish_after_restore(config: &Config) -> anyhow::Result<()> {
    let pool = db::pool(&config.database).context("database.url")?;
    let after = publishing::AfterRestore { pool, kafka: &config.kafka, publishing: &config.publishing };
    let adopted = after.adopt().await?;
    println!("{} records were read", adopted.read);
    println!("revisions go on above {}", adopted.highest);
    println!("{} records are newer than the store: they are published again, or deleted", adopted.newer);
    Ok(())
}

/// Marks these keys, so that a running service publishes their records again. An unknown key is an error, and nothing
/// is marked.
pub async fn publish_keys(config: &Config, keys: &[String]) -> anyhow::Result<()> {
    let pool = db::pool(&config.database).context("database.url")?;
    let mut tx = pool.begin().await?;
    for key in keys {
        let marked = publishing::mark_keys_in_tx(&mut tx, std::slice::from_ref(key)).await?;
        anyhow::ensure!(marked > 0, "{key}: no person and no company has this id");
    }
    tx.commit().await?;
    println!("{} records are published again by the running service", keys.len());
    Ok(())
}
