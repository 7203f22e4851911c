//! Every public route of the service.

use anyhow::Context as _;
use axum::Router;
use sqlx::PgPool;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use super::{Config, Ports};
use crate::{
    otp::{self, Otp},
    platform::{http, webhook::Gate},
    portal,
};

/// The features over one database and one world.
pub struct Features {
    /// One-time codes.
    pub otp: Otp,
    gate: Gate,
    account_url: Url,
}

impl Features {
    /// Builds every feature; `tasks` holds the work that outlives a request.
    pub fn new(config: &Config, pool: &PgPool, ports: &Ports, tasks: &TaskTracker) -> anyhow::Result<Self> {
        let otp = Otp::new(
            pool.clone(),
            &config.otp,
            config.profile,
            config.keycloak.public_host(),
            ports.for_otp(),
            tasks.clone(),
        )?;
        let gate = Gate::new(&config.webhook, ports.clock.clone()).context("webhook.secrets")?;
        Ok(Self { otp, gate, account_url: config.keycloak.account_url() })
    }

    /// Starts what the features do without being asked, as soon as the schema is up to date.
    pub fn start(&self, tasks: &TaskTracker, migrated: &CancellationToken, stop: &CancellationToken) {
        let (otp, migrated, stop) = (self.otp.clone(), migrated.clone(), stop.clone());
        tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => return,
                () = migrated.cancelled() => {}
            }
            otp.run_upkeep(stop).await;
        });
    }

    /// The public routes, with the layers that every route gets.
    pub fn router(&self) -> Router {
        http::with_layers(
            portal::router(self.account_url.clone())
                .merge(otp::http::router(self.otp.clone(), self.gate.clone())),
        )
    }
}
