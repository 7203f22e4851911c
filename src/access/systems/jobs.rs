//! What was decided about a system is brought to Keycloak.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::{PgConnection, PgPool};

use super::store;
use crate::{
    adapters::keycloak::{Keycloak, KeycloakError},
    platform::{
        clock::SharedClock,
        jobs::{self, Done, Failed, Handler, Job},
    },
};

/// The kind of the work; its key is the client id.
const SYSTEM: &str = "access.system";

pub(super) async fn bring_in_tx(conn: &mut PgConnection, client_id: &str) -> Result<(), sqlx::Error> {
    jobs::enqueue_in_tx(conn, SYSTEM, &[client_id.to_owned()]).await
}

/// Makes the client of a system at Keycloak, or deletes it.
pub struct SystemJob {
    /// Where is read what is wanted.
    pub pool: PgPool,
    /// Where it is brought.
    pub keycloak: Arc<dyn Keycloak>,
    /// What time it is.
    pub clock: SharedClock,
}

#[async_trait]
impl Handler for SystemJob {
    fn kind(&self) -> &'static str {
        SYSTEM
    }

    async fn run(&self, job: &Job) -> Result<Done, Failed> {
        let wanted = store::wanted(&mut *self.pool.acquire().await?, &job.key).await?;
        let Some(wanted) = wanted else { return Ok(Done::Finished) };
        if wanted.is_revoked {
            self.keycloak.remove_system(&job.key).await.map_err(failed)?;
        } else {
            self.keycloak.ensure_system(&job.key, &wanted.name).await.map_err(failed)?;
            store::made(&mut *self.pool.acquire().await?, &job.key, self.clock.now()).await?;
        }
        Ok(Done::Finished)
    }
}

fn failed(error: KeycloakError) -> Failed {
    Failed::Retry(error.to_string())
}
