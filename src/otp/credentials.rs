//! A factor that staff ended or disabled must not stand in Keycloak any more: without its credential the
//! person is made to enrol at the next login.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::{PgConnection, PgPool};

use super::{model::FactorId, store::staff};
use crate::{
    adapters::keycloak::{Keycloak, KeycloakError},
    platform::jobs::{self, Done, Failed, Handler, Job},
};

/// The kind of job that takes a credential away; its key is the factor's id.
const REMOVE_CREDENTIAL: &str = "otp.remove_credential";

/// Queues the removal of a factor's credential.
pub(super) async fn remove_in_tx(connection: &mut PgConnection, factor: FactorId) -> sqlx::Result<()> {
    jobs::enqueue_in_tx(connection, REMOVE_CREDENTIAL, &[factor.to_string()]).await
}

/// Takes the credentials of unusable factors away.
pub struct CredentialJob {
    /// Our database.
    pub pool: PgPool,
    /// Keycloak's administration.
    pub keycloak: Arc<dyn Keycloak>,
}

#[async_trait]
impl Handler for CredentialJob {
    fn kind(&self) -> &'static str {
        REMOVE_CREDENTIAL
    }

    async fn run(&self, job: &Job) -> Result<Done, Failed> {
        let factor: FactorId = job.key.parse().map_err(|_| Failed::Park("the key is no factor id".into()))?;
        // Enabled again meanwhile, or its person is gone: then there is nothing to do.
        let Some(user_id) = staff::owner_of_unusable(&self.pool, factor).await? else {
            return Ok(Done::Finished);
        };
        match self.keycloak.remove_factor(&user_id, &job.key).await {
            Ok(()) | Err(KeycloakError::NotFound) => Ok(Done::Finished),
            Err(error) => Err(Failed::Retry(error.to_string())),
        }
    }
}
