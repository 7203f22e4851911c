//! Every public route of the service.

use anyhow::Context as _;
use axum::{Router, middleware::from_fn_with_state};
use sqlx::PgPool;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Cloud, Config, Ports, api};
use crate::{
    access::{
        self, Access,
        http::{Gatekeeper, Routes},
        systems::{self, Systems},
    },
    account::Account,
    adapters::sms::ReceiptConfig,
    admission::{self, Admission, AdmissionPorts},
    backoffice::{self, BackOffice},
    billing::{self, Billing},
    companies::{self, administration, administration::Companies, contacts::CompanyContacts},
    contacts::{self, Contacts},
    directory::commands::Commands,
    intake,
    otp::{self, Otp},
    platform::{
        auth::Verifier,
        http::{
            self,
            client_address::{self, Proxies},
            limits::RateLimit,
        },
        webhook::Gate,
    },
    portal::{self, Parts, Portal, session::Sessions},
    publishing::{self, Parity},
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
    /// Systems that look at what they were given.
    pub systems: Systems,
    /// Who may sign up.
    pub admission: Admission,
    /// Who calls.
    pub verifier: Verifier,
    /// What is about OpenStack, if there is one.
    pub cloud: Option<Cloud>,
    keeper: Gatekeeper,
    /// What was published.
    pub parity: Parity,
    /// Pages for people.
    pub portal: Portal,
    gate: Gate,
    receipts: Option<ReceiptConfig>,
    proxies: Proxies,
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
        let systems = Systems::new(access.clone(), ports.keycloak.clone());
        let per_minute = config.http.requests_per_minute;
        let keeper = Gatekeeper::new(verifier.clone(), access.clone(), per_minute, pool.clone(), clock);
        let admission = admission_of(config, pool, ports);
        let parity = Parity { pool: pool.clone() };
        let rooms = (&office, &systems, &admission);
        let portal = portal_of(config, pool, ports, &otp, &access, &companies, rooms);
        let (receipts, proxies) = (config.sms.receipts().cloned(), config.http.proxies.clone());
        Ok(Self {
            otp,
            access,
            companies,
            office,
            systems,
            admission,
            verifier,
            cloud: None,
            keeper,
            parity,
            portal,
            gate,
            receipts,
            proxies,
        })
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
        let routes = access::http::users_router(self.keeper.clone(), self.access.clone())
            .merge(access::http::grants_router(self.keeper.clone(), self.access.clone()))
            .merge(systems::http::router(self.keeper.clone(), &self.systems))
            .merge(administration::http::router(self.keeper.clone(), &self.companies))
            .merge(companies::contacts::http::router(self.keeper.clone(), self.portal.company_contacts()))
            .merge(contacts::http::router(self.keeper.clone(), self.portal.contacts()))
            .merge(billing::http::router(self.keeper.clone(), self.portal.billing()))
            .merge(backoffice::http::router(self.keeper.clone(), &self.office))
            .merge(admission::http::staff::router(self.keeper.clone(), &self.admission))
            .merge(otp::http::staff::router(self.keeper.clone(), self.otp.clone()))
            .merge(publishing::http::router(self.keeper.clone(), self.parity.clone()));
        match &self.cloud {
            Some(cloud) => routes.merge(intake::http::router(self.keeper.clone(), &cloud.intake)),
            None => routes,
        }
    }

    /// The public routes, with the layers that every route gets.
    pub fn router(&self) -> Router {
        let portal = match &self.cloud {
            Some(Cloud { intake, openstack, passwords, .. }) => {
                let (intake, openstack, passwords) = (intake.clone(), openstack.clone(), passwords.clone());
                let rooms = portal::cloud::Rooms { intake, openstack, passwords };
                self.portal.clone().with_cloud(rooms)
            }
            None => self.portal.clone(),
        };
        let router = portal::router(portal)
            .merge(otp::http::router(self.otp.clone(), self.gate.clone()))
            .merge(admission::http::router(self.admission.clone(), self.gate.clone()))
            .merge(otp::http::receipts::router(self.otp.clone(), self.receipts.as_ref()))
            .merge(api::router(self.api()));
        let router = http::with_layers(match &self.cloud {
            Some(cloud) => router.merge(cloud.router()),
            None => router,
        });
        router.layer(from_fn_with_state(self.proxies.clone(), client_address::follow))
    }
}

/// Who may sign up.
pub(super) fn admission_of(config: &Config, pool: &PgPool, ports: &Ports) -> Admission {
    let ports = AdmissionPorts { clock: ports.clock.clone(), entropy: ports.entropy.clone() };
    Admission::new(pool.clone(), &config.admission, &config.keycloak.realm, ports)
}

fn portal_of(
    config: &Config,
    pool: &PgPool,
    ports: &Ports,
    otp: &Otp,
    access: &Access,
    companies: &Companies,
    (office, systems, admission): (&BackOffice, &Systems, &Admission),
) -> Portal {
    let (pool, clock, entropy) = (pool.clone(), ports.clock.clone(), ports.entropy.clone());
    let commands = Commands { pool: pool.clone(), clock: clock.clone(), entropy: entropy.clone() };
    Portal::new(Parts {
        sessions: Sessions::new(pool.clone(), clock.clone(), entropy.clone(), &config.portal),
        provider: ports.provider.clone(),
        client_id: config.keycloak.portal_client_id.clone(),
        account: Account {
            pool: pool.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            otp: otp.clone(),
            commands: commands.clone(),
        },
        commands,
        contacts: Contacts {
            pool: pool.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            otp: otp.clone(),
        },
        company_contacts: CompanyContacts {
            pool: pool.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            otp: otp.clone(),
        },
        billing: Billing { pool, clock, entropy, otp: otp.clone() },
        access: access.clone(),
        companies: companies.clone(),
        office: office.clone(),
        systems: systems.clone(),
        admission: admission.clone(),
        otp: otp.clone(),
        public_url: config.http.public_url.clone(),
        account_url: config.keycloak.account_url(),
        token_url: config.keycloak.token_url(),
        keycloak: ports.keycloak.clone(),
        forms: RateLimit::new(config.portal.forms_per_minute, ports.clock.clone()),
        strangers: RateLimit::new(config.portal.strangers_per_minute, ports.clock.clone()),
    })
}
