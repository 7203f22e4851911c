//! Start, run, drain, stop.

use std::time::Duration;

use anyhow::Context as _;
use metrics_exporter_prometheus::PrometheusHandle;
use sqlx::PgPool;
use tokio::{net::TcpListener, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Cloud, Config, Features, Pipeline, Ports, Role, operations, ports, watch::Watch};
use crate::platform::{db, health::Health, http};

/// How long running work may take after a stop signal before it is abandoned.
const DRAIN: Duration = Duration::from_secs(8);
/// How often a database that is away is tried again at start, and watched afterwards.
const DATABASE_CHECK: Duration = Duration::from_secs(1);

/// Runs the service until SIGTERM or Ctrl-C, then drains and returns.
/// `roles` says what this process does; the others are done by other processes.
pub async fn serve(config: Config, roles: &[Role], metrics: PrometheusHandle) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    let health = Health::default();
    let pool = db::pool(&config.database).context("database.url")?;

    let ports = Ports::real(&config).await?;
    let keycloak = ports.keycloak.clone();
    let cloud = Cloud::real(&config, &pool, &ports, keycloak.clone())?;
    let mut features = Features::new(&config, &pool, &ports, &tasks)?;
    features.cloud.clone_from(&cloud);

    let operations = bind(config.http.operations_listen, "http.operations_listen").await?;
    tasks.spawn(http::serve(operations, operations::router(health.clone(), metrics), stop.clone()));
    let migrated = CancellationToken::new();
    tasks.spawn(keep_database(pool.clone(), health.clone(), migrated.clone(), stop.clone()));
    let pipeline = Pipeline {
        config: &config,
        keycloak,
        ports,
        cloud,
        pool: pool.clone(),
        health: &health,
        stop: stop.clone(),
    };
    pipeline.start(&tasks, &migrated, roles).context("kafka")?;
    // In every process: that no worker runs is to be seen, too.
    tasks.spawn(Watch { pool: pool.clone(), health: health.clone(), stop: stop.clone() }.run());
    if roles.contains(&Role::Worker) {
        features.start(&tasks, &migrated, &stop);
        tasks.spawn(ports::probe_mail(config.mail.clone()));
    }
    if roles.contains(&Role::Api) {
        let public = bind(config.http.listen, "http.listen").await?;
        tasks.spawn(http::serve(public, features.router(), stop.clone()));
    }
    tracing::info!(listen = %config.http.listen, ?roles, "started");

    stop_signal().await;
    tracing::info!("stopping");
    stop.cancel();
    tasks.close();
    if tokio::time::timeout(DRAIN, tasks.wait()).await.is_err() {
        tracing::warn!("work was still running when the time to drain was over");
    }
    pool.close().await;
    Ok(())
}

async fn bind(address: std::net::SocketAddr, key: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{key}: expected a free address, {address} cannot be bound"))
}

/// Migrates as soon as the database answers and tells so by `migrated`, then keeps the readiness of the database true.
async fn keep_database(pool: PgPool, health: Health, migrated: CancellationToken, stop: CancellationToken) {
    let part = health.part("database");
    while !stop.is_cancelled() {
        let answer = if migrated.is_cancelled() {
            sqlx::query("SELECT 1").execute(&pool).await.map(drop).map_err(anyhow::Error::from)
        } else {
            db::MIGRATIONS.run(&pool).await.map_err(anyhow::Error::from)
        };
        match answer {
            Ok(()) => {
                migrated.cancel();
                part.report(true);
            }
            Err(error) => {
                part.report(false);
                tracing::warn!(%error, "the database does not answer");
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(DATABASE_CHECK) => {}
        }
    }
}

async fn stop_signal() {
    let interrupt = signal::ctrl_c();
    let terminate = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut stream) => {
                stream.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = interrupt => {}
        () = terminate => {}
    }
}
