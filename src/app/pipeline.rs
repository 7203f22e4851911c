//! The wiring of the stream: Keycloak's events in, records out, and the work between.

use std::sync::Arc;

use sqlx::PgPool;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Config,
    ingest::{Bells, Ingest},
};
use crate::{
    platform::{
        clock::SystemClock,
        entropy::OsEntropy,
        health::Health,
        kafka::{Consumer, ParkingRelay, ProduceError, Producer},
    },
    publishing::Publisher,
};

/// What every part of the stream is given.
pub struct Pipeline<'a> {
    /// The whole configuration.
    pub config: &'a Config,
    /// Where state is kept.
    pub pool: PgPool,
    /// Where each part says whether it works.
    pub health: &'a Health,
    /// Ends every part.
    pub stop: CancellationToken,
}

impl Pipeline<'_> {
    /// Starts the parts; each waits for `migrated` before it touches the database.
    pub fn start(&self, tasks: &TaskTracker, migrated: &CancellationToken) -> Result<(), ProduceError> {
        let producer = Producer::new(&self.config.kafka)?;
        let bells = Bells::default();
        let ingest = Ingest::new(
            self.pool.clone(),
            &self.config.keycloak.realm,
            Arc::new(SystemClock),
            Arc::new(OsEntropy),
            bells.clone(),
        );
        let consumer =
            Consumer::new(self.config.kafka.clone(), ingest, self.health.part("events"), self.stop.clone());
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
        self.spawn(tasks, migrated, consumer.run());
        self.spawn(tasks, migrated, publisher.run());
        self.spawn(tasks, migrated, parking.run());
        Ok(())
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
