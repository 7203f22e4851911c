//! Brings commands to Keycloak.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::PgPool;

use super::{COMMANDS, Command, Refusal, store};
use crate::{
    adapters::keycloak::{Keycloak, KeycloakError, PersonChange},
    platform::{
        clock::SharedClock,
        jobs::{Done, Failed, Handler, Job},
    },
};

/// Does what was asked about one person, the oldest first.
pub struct CommandJob {
    /// Where commands lie.
    pub pool: PgPool,
    /// Who does them.
    pub keycloak: Arc<dyn Keycloak>,
    /// What time it is.
    pub clock: SharedClock,
}

#[async_trait]
impl Handler for CommandJob {
    fn kind(&self) -> &'static str {
        COMMANDS
    }

    /// Nobody should have to ask again because Keycloak was away for long.
    fn max_attempts(&self) -> i32 {
        100
    }

    async fn run(&self, job: &Job) -> Result<Done, Failed> {
        let mut conn = self.pool.acquire().await?;
        let waiting = store::waiting(&mut conn, &job.key).await?;
        drop(conn);
        for (id, command) in waiting {
            let refusal = match self.perform(&job.key, &command).await {
                Ok(()) => None,
                Err(error) => Some(refusal(error)?),
            };
            let mut conn = self.pool.acquire().await?;
            store::finish(&mut conn, id, self.clock.now(), refusal).await?;
        }
        Ok(Done::Finished)
    }
}

impl CommandJob {
    async fn perform(&self, user_id: &str, command: &Command) -> Result<(), KeycloakError> {
        match command {
            Command::SetProfile { first_name, last_name, locale } => {
                let change = PersonChange {
                    first_name: Some(first_name.clone()),
                    last_name: Some(last_name.clone()),
                    locale: Some(locale.clone()),
                    ..PersonChange::default()
                };
                self.keycloak.change_person(user_id, &change).await
            }
            Command::SetLoginEmail { address } => {
                let change = PersonChange { email: Some(address.clone()), ..PersonChange::default() };
                self.keycloak.change_person(user_id, &change).await
            }
            Command::EndSession { session_id } => {
                // Keycloak ends whatever session is named: only one of this person is theirs to end.
                let own = self.keycloak.sessions(user_id).await?;
                if own.iter().any(|session| session.session_id == *session_id) {
                    self.keycloak.end_session(session_id).await?;
                }
                Ok(())
            }
            Command::EndSessions => self.keycloak.end_sessions(user_id).await,
            Command::Delete => self.keycloak.delete_person(user_id).await,
        }
    }
}

/// What Keycloak will refuse again is an answer; the rest is tried again.
fn refusal(error: KeycloakError) -> Result<Refusal, Failed> {
    match error {
        KeycloakError::Conflict => Ok(Refusal::Conflict),
        KeycloakError::NotFound => Ok(Refusal::NotFound),
        KeycloakError::Refused(status) if status < 500 => Ok(Refusal::Refused),
        KeycloakError::Refused(_)
        | KeycloakError::Unreachable
        | KeycloakError::Unreadable
        | KeycloakError::Forbidden(_) => Err(Failed::Retry(error.to_string())),
    }
}
