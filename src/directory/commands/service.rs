//! What people may change about themselves at Keycloak, each in one transaction.

use serde_json::json;
use sqlx::{PgConnection, PgPool};

use super::{Command, CommandId, CommandState, Profile, store};
use crate::{
    audit::{self, Actor, AuditId, Entry, Origin, Subject},
    platform::{clock::SharedClock, entropy::SharedEntropy},
};

/// The use cases. Cheap to clone.
#[derive(Clone)]
pub struct Commands {
    /// Where commands lie.
    pub pool: PgPool,
    /// What time it is.
    pub clock: SharedClock,
    /// Where ids come from.
    pub entropy: SharedEntropy,
}

impl Commands {
    /// The person changes how they are called and spoken to.
    pub async fn change_profile(
        &self,
        user_id: &str,
        origin: &Origin,
        profile: Profile,
    ) -> Result<CommandId, sqlx::Error> {
        let after = json!({"locale": profile.locale});
        let command = Command::SetProfile {
            first_name: profile.first_name,
            last_name: profile.last_name,
            locale: profile.locale,
        };
        self.own(user_id, origin, "person.profile_changed", Some(after), &command).await
    }

    /// The person ends one of their sessions.
    pub async fn end_session(
        &self,
        user_id: &str,
        origin: &Origin,
        session_id: &str,
    ) -> Result<CommandId, sqlx::Error> {
        let command = Command::EndSession { session_id: session_id.to_owned() };
        self.own(user_id, origin, "session.ended", None, &command).await
    }

    /// The person has their account deleted.
    pub async fn delete(&self, user_id: &str, origin: &Origin) -> Result<CommandId, sqlx::Error> {
        self.own(user_id, origin, "person.deleted", None, &Command::Delete).await
    }

    /// What became of a command.
    pub async fn state(&self, id: CommandId) -> Result<Option<CommandState>, sqlx::Error> {
        store::state(&mut *self.pool.acquire().await?, id).await
    }

    /// Asks for something in the caller's transaction.
    pub async fn ask_in_tx(
        &self,
        conn: &mut PgConnection,
        user_id: &str,
        command: &Command,
    ) -> Result<CommandId, sqlx::Error> {
        let id = CommandId::generate(self.clock.as_ref(), self.entropy.as_ref());
        store::enqueue_in_tx(conn, self.clock.now(), id, user_id, command).await?;
        Ok(id)
    }

    async fn own(
        &self,
        user_id: &str,
        origin: &Origin,
        action: &'static str,
        after: Option<serde_json::Value>,
        command: &Command,
    ) -> Result<CommandId, sqlx::Error> {
        let entry = Entry {
            actor: Actor::Person { user_id: user_id.to_owned() },
            action,
            subject: Subject::person(user_id),
            company_id: None,
            before: None,
            after,
            reason: None,
        };
        let audit_id = AuditId::generate(self.clock.as_ref(), self.entropy.as_ref());
        let mut tx = self.pool.begin().await?;
        let id = self.ask_in_tx(&mut tx, user_id, command).await?;
        audit::store::record_in_tx(&mut tx, self.clock.now(), audit_id, origin, &entry).await?;
        tx.commit().await?;
        Ok(id)
    }
}
