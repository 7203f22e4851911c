//! The wiring of the stream: Keycloak's events in, records out, and the work between.

use std::sync::Arc;

use sqlx::PgPool;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Cloud, Config, Ports, Role,
    ingest::{Bells, Ingest},
    notify::{Notifier, TellOfCodes, composers},
    router::admission_of,
};
use crate::{
    access::systems::SystemJob,
    account::FORGET_LOGIN_ADDRESSES,
    adapters::keycloak::Keycloak,
    admission::Admission,
    backoffice::FactorsJob,
    billing::FORGET_RECIPIENTS,
    companies::{
        OrganizationJob,
        administration::{InvitationJob, JobPorts, MemberJob, PasswordJob, RenameJob, StandingJob},
    },
    contacts::FORGET_PENDING,
    directory::{
        RESYNC, Resync, ResyncJob,
        commands::{CommandJob, FORGET_COMMANDS},
    },
    notices::{Carriers, Composer, FORGET_NOTICES, ForgetNotices, SendNotices},
    otp::{CredentialJob, SmsBudget},
    platform::{
        auth::sessions::FORGET_SESSIONS,
        clock::{Clock as _, SystemClock},
        db,
        entropy::OsEntropy,
        health::Health,
        http::idempotency::FORGET_REQUESTS,
        inbox::FORGET_INBOX,
        jobs::{self, Forgetting, Handler, Rounds as _, RoundsJob, Runner},
        kafka::{Consumer, ParkingRelay, ProduceError, Producer},
    },
    portal::session::{FORGET_PORTAL_SESSIONS, ForgetPortalSessions, Sessions},
    publishing::Publisher,
};

/// What is forgotten by itself.
const FORGETTINGS: &[Forgetting] = &[
    FORGET_SESSIONS,
    FORGET_RECIPIENTS,
    FORGET_PENDING,
    FORGET_LOGIN_ADDRESSES,
    FORGET_COMMANDS,
    FORGET_REQUESTS,
    FORGET_INBOX,
];

/// Jobs that run at once in this process.
const JOBS_AT_A_TIME: usize = 4;

/// What every part of the stream is given.
pub struct Pipeline<'a> {
    /// The whole configuration.
    pub config: &'a Config,
    /// Keycloak's administration.
    pub keycloak: Arc<dyn Keycloak>,
    /// Time, chance, and everybody who carries messages.
    pub ports: Ports,
    /// What is about OpenStack, if there is one.
    pub cloud: Option<Cloud>,
    /// Where state is kept.
    pub pool: PgPool,
    /// Where each part says whether it works.
    pub health: &'a Health,
    /// Ends every part.
    pub stop: CancellationToken,
}

impl Pipeline<'_> {
    /// Starts the parts of these roles; each waits for `migrated` before it touches the database.
    pub fn start(
        &self,
        tasks: &TaskTracker,
        migrated: &CancellationToken,
        roles: &[Role],
    ) -> Result<(), ProduceError> {
        // Within one process the bells spare the waiting; across processes each looks by itself.
        let bells = Bells::default();
        if roles.contains(&Role::Consumer) {
            self.start_consumer(tasks, migrated, &bells);
        }
        if roles.contains(&Role::Worker) {
            self.start_worker(tasks, migrated, &bells)?;
        }
        Ok(())
    }

    fn start_consumer(&self, tasks: &TaskTracker, migrated: &CancellationToken, bells: &Bells) {
        let ingest = Ingest::new(
            self.pool.clone(),
            &self.config.keycloak.realm,
            self.ports.clock.clone(),
            self.ports.entropy.clone(),
            bells.clone(),
        );
        let consumer =
            Consumer::new(self.config.kafka.clone(), ingest, self.health.part("events"), self.stop.clone());
        self.spawn(tasks, migrated, consumer.run());
    }

    fn start_worker(
        &self,
        tasks: &TaskTracker,
        migrated: &CancellationToken,
        bells: &Bells,
    ) -> Result<(), ProduceError> {
        let producer = Producer::new(&self.config.kafka)?;
        let publisher = Publisher {
            pool: self.pool.clone(),
            producer: producer.clone(),
            config: self.config.publishing.clone(),
            bell: bells.changed.clone(),
            part: self.health.part("publishing"),
            stop: self.stop.clone(),
        };
        let parking = ParkingRelay {
            pool: self.pool.clone(),
            producer,
            topic: self.config.kafka.parked_topic.clone(),
            bell: bells.parked.clone(),
            stop: self.stop.clone(),
        };
        let jobs = self.jobs(bells);
        let (pool, realm) = (self.pool.clone(), self.config.keycloak.realm.clone());
        let cloud = self.cloud.clone();
        self.spawn(tasks, migrated, async move {
            plan(&pool, &realm, cloud.as_ref()).await;
            jobs.run().await;
        });
        self.spawn(tasks, migrated, publisher.run());
        self.spawn(tasks, migrated, parking.run());
        Ok(())
    }

    fn jobs(&self, bells: &Bells) -> Runner {
        let (pool, keycloak) = (&self.pool, &self.keycloak);
        let resync = Resync {
            pool: pool.clone(),
            keycloak: keycloak.clone(),
            realm: self.config.keycloak.realm.clone(),
        };
        let ports = JobPorts { pool: pool.clone(), keycloak: keycloak.clone() };
        let mut handlers: Vec<Arc<dyn Handler>> = vec![
            Arc::new(OrganizationJob { pool: pool.clone(), keycloak: keycloak.clone() }),
            Arc::new(MemberJob(ports.clone())),
            Arc::new(InvitationJob(ports.clone())),
            Arc::new(RenameJob(ports.clone())),
            Arc::new(StandingJob(ports.clone())),
            Arc::new(PasswordJob(ports)),
            Arc::new(FactorsJob(keycloak.clone())),
            Arc::new(SystemJob {
                pool: pool.clone(),
                keycloak: keycloak.clone(),
                clock: Arc::new(SystemClock),
            }),
            Arc::new(CredentialJob { pool: pool.clone(), keycloak: keycloak.clone() }),
            Arc::new(ResyncJob { resync, clock: Arc::new(SystemClock), at: self.config.directory.resync_at }),
            Arc::new(CommandJob {
                pool: pool.clone(),
                keycloak: keycloak.clone(),
                clock: Arc::new(SystemClock),
            }),
            Arc::new(ForgetPortalSessions(Sessions::new(
                pool.clone(),
                Arc::new(SystemClock),
                Arc::new(OsEntropy),
                &self.config.portal,
            ))),
            Arc::new(ForgetNotices { pool: pool.clone(), clock: Arc::new(SystemClock) }),
            Arc::new(TellOfCodes { pool: pool.clone(), notifier: self.notifier() }),
            Arc::new(self.send_notices()),
            Arc::new(RoundsJob(admission_of(self.config, pool, &self.ports))),
        ];
        handlers.extend(FORGETTINGS.iter().map(|it| it.handler(pool.clone(), Arc::new(SystemClock))));
        handlers.extend(self.cloud.iter().flat_map(Cloud::handlers));
        let entropy = Arc::new(OsEntropy);
        Runner::new(pool.clone(), handlers, entropy, bells.jobs.clone(), self.stop.clone(), JOBS_AT_A_TIME)
    }

    fn composers(&self) -> Vec<Arc<dyn Composer>> {
        let of_cloud = self.cloud.iter().flat_map(|cloud| cloud.composers().to_vec());
        composers(self.config, &self.pool, &self.ports).into_iter().chain(of_cloud).collect()
    }

    fn notifier(&self) -> Notifier {
        Notifier { clock: self.ports.clock.clone(), entropy: self.ports.entropy.clone() }
    }

    fn send_notices(&self) -> SendNotices {
        let Ports { mailers, sms, clock, .. } = self.ports.clone();
        let budget = SmsBudget::new(self.pool.clone(), &self.config.otp, self.config.profile);
        let carriers = Carriers { mailers, sms, budget: Arc::new(budget), clock };
        SendNotices::new(self.pool.clone(), &self.composers(), carriers, &self.config.otp.service_name)
    }

    fn spawn(
        &self,
        tasks: &TaskTracker,
        migrated: &CancellationToken,
        part: impl Future<Output = ()> + Send + 'static,
    ) {
        let (stop, migrated) = (self.stop.clone(), migrated.clone());
        tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = migrated.cancelled() => part.await,
            }
        });
    }
}

/// Sees to it that periodic work is queued. At the first start it is due at once, so that whoever
/// was in Keycloak before this service is found.
async fn plan(pool: &PgPool, realm: &str, cloud: Option<&Cloud>) {
    let now = SystemClock.now();
    let planned = async {
        let mut conn = pool.acquire().await?;
        jobs::plan(&mut conn, RESYNC, realm, now).await?;
        jobs::plan(&mut conn, FORGET_NOTICES, "nightly", now).await?;
        jobs::plan(&mut conn, FORGET_PORTAL_SESSIONS, "hourly", now).await?;
        jobs::plan(&mut conn, Admission::KIND, "rounds", now).await?;
        for forgetting in FORGETTINGS {
            forgetting.plan(&mut conn, now).await?;
        }
        match cloud {
            Some(cloud) => cloud.plan(&mut conn, now).await,
            None => Ok(()),
        }
    };
    if let Err(error) = planned.await {
        tracing::warn!(error = %db::describe(&error), "periodic work is planned at the next start");
    }
}
