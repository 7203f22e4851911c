//! Every public route of the service.

use anyhow::Context as _;
use axum::Router;
use sqlx::PgPool;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use super::{Config, Ports, api};
use crate::{
    access::{
        self, Access,
        http::{Gatekeeper, Routes},
    },
    backoffice::{self, BackOffice},
    companies::{administration, administration::Companies},
    otp::{self, Otp},
    platform::{auth::Verifier, http, webhook::Gate},
    portal,
};

/// The features over one database and one world.
pub struct Features {
    /// One-time codes.
    pub otp: Otp,
    /// Who may do what.
    pub access: Access,
    /// The administration of companies.
    pub companies: Companies,
    /// What staff do for all customers.
    pub office: BackOffice,
    /// Who calls.
    pub verifier: Verifier,
    keeper: Gatekeeper,
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
        let (clock, entropy) = (ports.clock.clone(), ports.entropy.clone());
        let verifier = Verifier::new(config.keycloak.issuer(), &config.auth, clock.clone())?;
        let access = Access::new(pool.clone(), &config.keycloak.realm, clock.clone(), entropy.clone());
        let companies = Companies::new(pool.clone(), clock.clone(), entropy.clone());
        let office = BackOffice::new(pool.clone(), clock.clone(), entropy);
        let per_minute = config.http.requests_per_minute;
        let keeper = Gatekeeper::new(verifier.clone(), access.clone(), per_minute, pool.clone(), clock);
        let account_url = config.keycloak.account_url();
        Ok(Self { otp, access, companies, office, verifier, keeper, gate, account_url })
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

    /// The routes of the API, each with the decision who may pass.
    #[must_use]
    pub fn api(&self) -> Routes {
        access::http::users_router(self.keeper.clone(), self.access.clone())
            .merge(access::http::grants_router(self.keeper.clone(), self.access.clone()))
            .merge(administration::http::router(self.keeper.clone(), &self.companies))
            .merge(backoffice::http::router(self.keeper.clone(), &self.office))
    }

    /// The public routes, with the layers that every route gets.
    pub fn router(&self) -> Router {
        http::with_layers(
            portal::router(self.account_url.clone())
                .merge(otp::http::router(self.otp.clone(), self.gate.clone()))
                .merge(api::router(self.api())),
        )
    }
}
