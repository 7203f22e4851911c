//! The stream of the service, running in this process against real Kafka and PostgreSQL.

use std::sync::Arc;

use gatehouse::{
    adapters::keycloak::MemoryKeycloak,
    app::{Config, Pipeline},
    platform::health::Health,
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
        let toml = format!("{}\n{}\n{extra}", crate::config::MINIMAL_BUT_KAFKA, kafka.config());
        let config = Config::from_toml(&toml).unwrap();
        let health = Health::default();
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let migrated = CancellationToken::new();
        migrated.cancel();
        Pipeline { config: &config, keycloak, pool, health: &health, stop: stop.clone() }
            .start(&tasks, &migrated)
            .unwrap();
        Self { health, stop, tasks }
    }

    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}
