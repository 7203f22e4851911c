//! The stream of the service, running in this process against real Kafka and PostgreSQL.

use std::sync::Arc;

use gatehouse::{
    adapters::{keycloak::MemoryKeycloak, mail::MemoryMailer, sms::MemorySms},
    app::{Config, Pipeline, Ports, Role},
    platform::{clock::SystemClock, entropy::OsEntropy, health::Health},
};
use sqlx::PgPool;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{TestDatabase, TestKafka};

/// One instance of the service's stream. Dropping it kills it; [`Service::stop`] lets it drain.
pub struct Service {
    pub health: Health,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Service {
    pub fn start(database: &TestDatabase, kafka: &TestKafka) -> Self {
        Self::start_with(database.pool.clone(), kafka, Arc::default(), "")
    }

    pub fn start_with(pool: PgPool, kafka: &TestKafka, keycloak: Arc<MemoryKeycloak>, extra: &str) -> Self {
        Self::start_over(pool, kafka, keycloak, memory_ports(), extra)
    }

    /// An instance that plays these roles only.
    pub fn start_as(database: &TestDatabase, kafka: &TestKafka, roles: &[Role]) -> Self {
        Self::started(database.pool.clone(), kafka, Arc::default(), memory_ports(), "", roles)
    }

    /// The same over any time, chance and carriers of messages.
    pub fn start_over(
        pool: PgPool,
        kafka: &TestKafka,
        keycloak: Arc<MemoryKeycloak>,
        ports: Ports,
        extra: &str,
    ) -> Self {
        Self::started(pool, kafka, keycloak, ports, extra, &Role::ALL)
    }

    fn started(
        pool: PgPool,
        kafka: &TestKafka,
        keycloak: Arc<MemoryKeycloak>,
        ports: Ports,
        extra: &str,
        roles: &[Role],
    ) -> Self {
        let toml = format!("{}\n{}\n{extra}", crate::config::MINIMAL_BUT_KAFKA, kafka.config());
        let config = Config::from_toml(&toml).unwrap();
        let health = Health::default();
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let migrated = CancellationToken::new();
        migrated.cancel();
        Pipeline { config: &config, keycloak, ports, cloud: None, pool, health: &health, stop: stop.clone() }
            .start(&tasks, &migrated, roles)
            .unwrap();
        Self { health, stop, tasks }
    }

    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

fn memory_ports() -> Ports {
    Ports {
        keycloak: std::sync::Arc::new(gatehouse::adapters::keycloak::MemoryKeycloak::default()),
        provider: Arc::new(gatehouse::adapters::oidc::MemoryProvider::default()),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
        mailers: vec![Arc::new(MemoryMailer::default())],
        sms: vec![Arc::new(MemorySms::default())],
    }
}
