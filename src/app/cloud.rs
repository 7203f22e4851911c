//! The wiring of what is about OpenStack: projects, first passwords, requests. It is there when Keystone is.

use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use sqlx::{PgConnection, PgPool};

use super::{Config, Ports};
use crate::{
    adapters::{
        keycloak::Keycloak,
        keystone::{Keystone, KeystoneClient},
        sheets::{Sheets, SheetsClient},
    },
    intake::{Intake, IntakeLetters, IntakePorts, NotifyJob, ProvisionJob, REMIND, SHEET, SheetJob},
    notices::Composer,
    openstack::{EVERYTHING, OpenStack, RECONCILE, ReconcileJob},
    passwords::{self, PasswordLetters, Passwords, PasswordsPorts, PrepareJob},
    platform::{
        config::Profile,
        jobs::{self, Handler, RoundsJob},
    },
};

/// What is about OpenStack. Cheap to clone.
#[derive(Clone)]
pub struct Cloud {
    /// First passwords.
    pub passwords: Passwords,
    /// Projects and users.
    pub openstack: OpenStack,
    /// Requests.
    pub intake: Intake,
    composers: Vec<Arc<dyn Composer>>,
}

impl Cloud {
    /// Over the configured Keystone; none when there is none.
    pub fn real(
        config: &Config,
        pool: &PgPool,
        ports: &Ports,
        keycloak: Arc<dyn Keycloak>,
    ) -> anyhow::Result<Option<Self>> {
        if !config.keystone.is_configured() {
            return Ok(None);
        }
        let keystone = Arc::new(KeystoneClient::new(&config.keystone).context("keystone")?);
        let may_be_plain = config.profile == Profile::Development;
        let sheets = SheetsClient::new(&config.sheets, may_be_plain, ports.clock.clone())?;
        let sheets = sheets.map(|sheets| Arc::new(sheets) as Arc<dyn Sheets>);
        Self::over(config, pool, ports, keycloak, keystone, sheets).map(Some)
    }

    /// Over any Keystone and any sheets.
    pub fn over(
        config: &Config,
        pool: &PgPool,
        ports: &Ports,
        keycloak: Arc<dyn Keycloak>,
        keystone: Arc<dyn Keystone>,
        sheets: Option<Arc<dyn Sheets>>,
    ) -> anyhow::Result<Self> {
        let (clock, entropy) = (ports.clock.clone(), ports.entropy.clone());
        let openstack =
            OpenStack::new(pool.clone(), keystone.clone(), &config.openstack, clock.clone(), entropy.clone());
        let help_desk = config.intake.help_desk.clone();
        let password_ports =
            PasswordsPorts { clock: clock.clone(), entropy: entropy.clone(), keystone, keycloak, help_desk };
        let passwords =
            Passwords::new(pool.clone(), &config.passwords, password_ports).context("passwords.keys")?;
        let mailers = ports.mailers.clone();
        let intake_ports = IntakePorts {
            clock,
            entropy,
            mailers,
            sheets,
            openstack: openstack.clone(),
            passwords: passwords.clone(),
        };
        let (realm, name) = (&config.keycloak.realm, &config.otp.service_name);
        let intake = Intake::new(pool.clone(), &config.intake, realm, name, intake_ports);
        let public_url = config.http.public_url.clone();
        let composers: Vec<Arc<dyn Composer>> = vec![
            Arc::new(PasswordLetters { passwords: passwords.clone(), public_url: public_url.clone() }),
            Arc::new(IntakeLetters { links: config.intake.links.clone(), public_url }),
        ];
        Ok(Self { passwords, openstack, intake, composers })
    }

    /// Who writes the mails.
    #[must_use]
    pub fn composers(&self) -> &[Arc<dyn Composer>] {
        &self.composers
    }

    /// Who does the work.
    #[must_use]
    pub fn handlers(&self) -> Vec<Arc<dyn Handler>> {
        vec![
            Arc::new(ReconcileJob(self.openstack.clone())),
            Arc::new(PrepareJob(self.passwords.clone())),
            Arc::new(NotifyJob(self.intake.clone())),
            Arc::new(ProvisionJob(self.intake.clone())),
            Arc::new(RoundsJob(self.intake.clone())),
            Arc::new(SheetJob(self.intake.clone())),
        ]
    }

    /// Sees to it that periodic work is queued.
    pub async fn plan(
        &self,
        conn: &mut PgConnection,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<(), sqlx::Error> {
        jobs::plan(conn, RECONCILE, EVERYTHING, now).await?;
        jobs::plan(conn, REMIND, "digest", now).await?;
        for kind in self.intake.kinds_with_sheets() {
            jobs::plan(conn, SHEET, kind.name(), now).await?;
        }
        Ok(())
    }

    /// The public routes.
    pub fn router(&self) -> Router {
        passwords::http::router(self.passwords.clone())
    }
}
