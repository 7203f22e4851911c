//! A whole stack: its parts started in the right order, described in `stack.json`, stopped together.

mod demo;
pub mod description;
pub mod links;
pub mod lock;
pub mod ports;
pub mod secrets;
mod services;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;

use crate::inbox;
use crate::layout::{Build, Layout};
use crate::parts::gatehouse::Gatehouse;
use crate::parts::greenmail::{self, GreenMail};
use crate::parts::kafka::{self, Kafka};
use crate::parts::keycloak::{Keycloak, admin};
use crate::parts::keystone::Keystone;
use crate::parts::postgres::{Durability, Postgres};
use crate::parts::quota_services::QuotaServices;
use crate::progress::Progress;
use crate::tools::{java, maven, python};
use description::{Description, Endpoints};
use ports::Ports;
use secrets::Secrets;
use services::Services;

/// How much of a stack is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Scope {
    /// Everything.
    Whole,
    /// PostgreSQL alone.
    Postgres,
    /// Kafka alone.
    Kafka,
    /// The inbox with its mail server.
    Inbox,
    /// Keystone alone.
    Keystone,
    /// Keystone, and the services that keep quotas of their own.
    QuotaServices,
}

/// What to start.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where its state lies.
    pub layout: Layout,
    /// Where it listens.
    pub ports: Ports,
    /// How much of it.
    pub scope: Scope,
    /// Whether its data must survive a power cut.
    pub durability: Durability,
    /// How the service is built.
    pub build: Build,
    /// What is run as the service instead of that.
    pub service: Option<PathBuf>,
    /// Whether to add companies to look around.
    pub demo: bool,
    /// Whether to add a Keystone.
    pub openstack: bool,
}

impl Plan {
    fn has_keystone(&self) -> bool {
        self.openstack || matches!(self.scope, Scope::Keystone | Scope::QuotaServices)
    }
}

/// A running stack. Dropping it kills its parts.
pub struct Stack {
    plan: Plan,
    secrets: Secrets,
    services: Arc<Services>,
    /// The realm file has changed since Keycloak imported it.
    pub realm_is_stale: bool,
}

impl Stack {
    /// Starts the parts of a plan and returns when all are ready.
    pub async fn start(plan: Plan, progress: &Progress) -> Result<Self> {
        check_tools(plan.scope)?;
        plan.layout.create()?;
        plan.ports.refuse_taken(plan.has_keystone())?;
        let secrets = Secrets::load_or_make(&plan.layout.secrets())?;
        let mut stack = Self { plan, secrets, services: Arc::default(), realm_is_stale: false };
        match stack.plan.scope {
            Scope::Whole => stack.start_whole(progress).await?,
            Scope::Postgres => stack.start_postgres(progress).await?,
            Scope::Kafka => stack.start_kafka(progress).await?,
            Scope::Inbox => stack.start_inbox(progress).await?,
            Scope::Keystone => stack.start_keystone(progress).await?,
            Scope::QuotaServices => {
                tokio::try_join!(stack.start_keystone(progress), stack.start_quota_services(progress))?;
            }
        }
        stack.describe()?;
        Ok(stack)
    }

    async fn start_whole(&mut self, progress: &Progress) -> Result<()> {
        let this = &*self;
        let identity = async {
            let step = progress.step("keycloak");
            let for_bench = this.plan.build == Build::Release;
            let (keycloak, ()) =
                tokio::try_join!(Keycloak::prepare(for_bench, &step), this.start_postgres(progress))?;
            let Plan { layout, ports, .. } = &this.plan;
            let spec = keycloak.lay_out(layout, ports, &this.secrets).await?;
            step.stage("starting");
            this.services.start(spec).await?;
            let stale = Keycloak::realm_is_stale(layout)?;
            admin::make_staff_once(layout, ports, &this.secrets).await?;
            step.done(&ports.keycloak_url());
            anyhow::Ok(stale)
        };
        let service = async {
            let step = progress.step("gatehouse");
            let gatehouse = Gatehouse::prepare(this.plan.build, &step).await?;
            anyhow::Ok((gatehouse.or(this.plan.service.clone()), step))
        };
        let openstack =
            async { if this.plan.openstack { this.start_keystone(progress).await } else { Ok(()) } };
        let (stale, (gatehouse, step), (), (), ()) = tokio::try_join!(
            identity,
            service,
            this.start_kafka(progress),
            this.start_inbox(progress),
            openstack
        )?;
        step.stage("starting");
        let Plan { layout, ports, .. } = &this.plan;
        this.services.start(gatehouse.spec(layout, ports, &this.secrets, self.plan.openstack)).await?;
        for further in gatehouse.further(layout, ports, &this.secrets) {
            this.services.add(further).await;
        }
        step.done(&ports.gatehouse_url());
        if self.plan.demo {
            let step = progress.step("demo");
            step.stage("two companies sign up");
            demo::add_once(layout, ports, &self.secrets).await?;
            step.done("two companies");
        }
        self.realm_is_stale = stale;
        Ok(())
    }

    async fn start_postgres(&self, progress: &Progress) -> Result<()> {
        let step = progress.step("postgres");
        let Plan { layout, ports, durability, .. } = &self.plan;
        let postgres = Postgres::prepare(&step).await?;
        let spec = postgres.lay_out(layout, &self.secrets, ports.postgres, *durability, &step).await?;
        step.stage("starting");
        self.services.start(spec).await?;
        step.done(&format!("localhost:{}", ports.postgres));
        Ok(())
    }

    async fn start_kafka(&self, progress: &Progress) -> Result<()> {
        let step = progress.step("kafka");
        let Plan { layout, ports, scope, .. } = &self.plan;
        let kafka = Kafka::prepare(&step).await?;
        let drill = ports.drill.as_ref();
        let proxied = [drill.map(|drill| drill.service_kafka), drill.map(|drill| drill.keycloak_kafka)];
        let own = kafka::Ports { broker: ports.kafka, controller: ports.kafka_controller, proxied };
        let spec = kafka.lay_out(layout, own, &step).await?;
        step.stage("starting");
        self.services.start(spec).await?;
        if *scope == Scope::Whole {
            kafka.make_topics(layout, ports.kafka, &step).await?;
        }
        step.done(&ports.kafka_bootstrap());
        Ok(())
    }

    async fn start_inbox(&self, progress: &Progress) -> Result<()> {
        let step = progress.step("inbox");
        let Plan { layout, ports, .. } = &self.plan;
        let mail = GreenMail::prepare(&step).await?;
        let own = greenmail::Ports { smtp: ports.mail_smtp, pop3: ports.mail_pop3 };
        step.stage("starting");
        self.services.start(mail.spec(layout, own)).await?;
        let inbox = inbox::Ports {
            http: ports.inbox,
            smtp: ports.smtp,
            mail_smtp: ports.mail_smtp,
            mail_pop3: ports.mail_pop3,
        };
        let links = links::start(ports).await?;
        let more = services::routes(Arc::clone(&self.services)).merge(links::routes(links));
        inbox::start(inbox, more).await?;
        step.done(&ports.inbox_url());
        Ok(())
    }

    async fn start_keystone(&self, progress: &Progress) -> Result<()> {
        let step = progress.step("keystone");
        let Plan { layout, ports, .. } = &self.plan;
        let keystone = Keystone::prepare(&step).await?;
        let spec = keystone.lay_out(layout, ports.keystone, &self.secrets, &step).await?;
        step.stage("starting");
        self.services.start(spec).await?;
        step.done(&ports.keystone_url());
        Ok(())
    }

    async fn start_quota_services(&self, progress: &Progress) -> Result<()> {
        let step = progress.step("quotas");
        let Plan { layout, ports, .. } = &self.plan;
        let services = QuotaServices::prepare(&step).await?;
        let specs = services.lay_out(layout, ports, &self.secrets, &step).await?;
        step.stage("starting");
        futures::future::try_join_all(specs.into_iter().map(|spec| self.services.start(spec))).await?;
        step.done("nova, neutron, cinder");
        Ok(())
    }

    fn describe(&self) -> Result<()> {
        let Plan { layout, ports, scope, .. } = &self.plan;
        if *scope == Scope::Whole {
            self.description().write(&layout.description())?;
        }
        Endpoints::new(ports, &self.secrets, self.plan.has_keystone()).write(&layout.endpoints())
    }

    /// What other programs may know of the stack.
    #[must_use]
    pub fn description(&self) -> Description {
        Description::new(&self.plan.ports, &self.secrets, self.plan.openstack)
    }

    /// Who can be tried, if there are such people.
    #[must_use]
    pub fn demo_people(&self) -> Option<String> {
        self.plan.demo.then(|| demo::people(&self.secrets))
    }

    /// Waits until a part ends that nobody asked to end, and says how.
    pub async fn wait_for_loss(&self) -> String {
        self.services.wait_for_loss().await
    }

    /// Stops every part, in the reverse order of need.
    pub async fn stop(self) {
        self.services.stop_all().await;
    }
}

/// Says in one line each what is missing on this machine.
fn check_tools(scope: Scope) -> Result<()> {
    let mut missing = Vec::new();
    if matches!(scope, Scope::Keystone | Scope::QuotaServices) {
        return python::check().map(drop);
    }
    if scope != Scope::Postgres {
        missing.extend(java::java().err());
    }
    missing.extend(maven::check().err());
    if cfg!(target_os = "linux") && crate::tools::find("setpriv").is_none() {
        missing.push(anyhow::anyhow!(
            "setpriv is missing: install util-linux (Debian: apt-get install util-linux)"
        ));
    }
    let lines: Vec<String> = missing.iter().map(|error| format!("{error:#}")).collect();
    anyhow::ensure!(lines.is_empty(), "{}", lines.join("\n"));
    Ok(())
}
