//! What people may change about themselves at Keycloak, each in one transaction.

use chrono::TimeDelta;
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};

use super::{Command, CommandId, CommandState, Profile, Progress, Refusal, store};
use crate::{
    audit::{self, Actor, AuditId, Entry, Origin, Subject},
    directory::people_by_id,
    platform::{
        clock::SharedClock,
        entropy::SharedEntropy,
        masked::{Masked, masked_name},
    },
};

/// How long the event of what Keycloak did is waited for.
const SHOWS: TimeDelta = TimeDelta::seconds(3);

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
        let before = {
            let mut conn = self.pool.acquire().await?;
            let person = people_by_id(&mut conn, &[user_id.to_owned()]).await?.pop();
            person.map(|it| shown(it.first_name.as_ref(), it.last_name.as_ref(), it.locale.as_deref()))
        };
        let after = shown(Some(&profile.first_name), Some(&profile.last_name), Some(profile.locale.as_str()));
        let command = Command::SetProfile {
            first_name: profile.first_name,
            last_name: profile.last_name,
            locale: profile.locale,
        };
        self.own(user_id, origin, "person.profile_changed", (before, Some(after)), &command).await
    }

    /// The person ends one of their sessions.
    pub async fn end_session(
        &self,
        user_id: &str,
        origin: &Origin,
        session_id: &str,
    ) -> Result<CommandId, sqlx::Error> {
        let command = Command::EndSession { session_id: session_id.to_owned() };
        self.own(user_id, origin, "session.ended", (None, None), &command).await
    }

    /// The person has their account deleted.
    pub async fn delete(&self, user_id: &str, origin: &Origin) -> Result<CommandId, sqlx::Error> {
        self.own(user_id, origin, "person.deleted", (None, None), &Command::Delete).await
    }

    /// What became of a command.
    pub async fn state(&self, id: CommandId) -> Result<Option<CommandState>, sqlx::Error> {
        store::state(&mut *self.pool.acquire().await?, id).await
    }

    /// How the last command of a kind about a person stands.
    pub async fn progress(&self, user_id: &str, kind: &str) -> Result<Progress, sqlx::Error> {
        let last = store::last(&mut *self.pool.acquire().await?, user_id, kind).await?;
        Ok(match last {
            Some((Some(command), None, _)) => Progress::Waits(command.0),
            Some((_, _, Some(refusal))) => Progress::Refused(Refusal::of(&refusal)),
            Some((_, Some(done), None)) if self.clock.now() < done + SHOWS => Progress::Comes,
            _ => Progress::Settled,
        })
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
        (before, after): (Option<Value>, Option<Value>),
        command: &Command,
    ) -> Result<CommandId, sqlx::Error> {
        let entry = Entry {
            actor: Actor::Person { user_id: user_id.to_owned() },
            action,
            subject: Subject::person(user_id),
            company_id: None,
            before,
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

/// A name and a language as the trail shows them.
fn shown(
    first_name: Option<&Masked<String>>,
    last_name: Option<&Masked<String>>,
    locale: Option<&str>,
) -> Value {
    let masked = |name: Option<&Masked<String>>| name.map(|name| masked_name(name.expose()));
    json!({"first_name": masked(first_name), "last_name": masked(last_name), "locale": locale})
}
