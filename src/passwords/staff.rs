//! Resets that somebody starts for a person who asked for one: the link goes to the address on file, and whoever starts
//! it sees neither link nor PIN.

use super::{Begin, Occasion, Passwords, Recipient, Refusal};
use crate::{
    access::{Caller, Denied, Permission, Target},
    adapters::keystone::{Filter, KeystoneError, User},
    audit::{self, Actor, AuditId, Entry, Origin, Subject},
    companies::administration::Reason,
    directory,
    platform::{db, language::Language, masked::Masked},
};

/// Who starts a reset, for the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Starter {
    actor: Actor,
    origin: Origin,
    reason: Option<String>,
}

impl Starter {
    /// Somebody at the command line, who is trusted with the database.
    #[must_use]
    pub fn operator(name: &str) -> Self {
        let actor = Actor::Operator { name: name.to_owned() };
        Self { actor, origin: Origin::default(), reason: None }
    }

    /// Somebody of staff who may reset second factors, and why.
    ///
    /// # Errors
    /// When they may not, or are a system.
    pub fn staff(caller: &Caller, reason: &Reason) -> Result<Self, Denied> {
        caller.require_person()?;
        caller.require(Permission::FactorsManage, Target::System)?;
        let (actor, origin) = (caller.actor(), caller.origin.clone());
        Ok(Self { actor, origin, reason: Some(reason.text().to_owned()) })
    }
}

/// Why no link was sent. The texts are for whoever starts it, and name nobody.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum NotStarted {
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error("there is no account of that name")]
    NoAccount,
    #[error("there is an account of that name in several domains")]
    Several,
    #[error("the account has no address on file")]
    NoAddress,
    #[error("the person must ask at /first-password/reset first, and choose a PIN there")]
    NotAsked,
    #[error("the link was not made: {0:?}")]
    Refused(Refusal),
    #[error(transparent)]
    OpenStack(#[from] KeystoneError),
    #[error("{}", db::describe(.0))]
    Database(#[from] sqlx::Error),
}

impl Passwords {
    /// The same for a person of the realm: their proven address is the name of their account.
    ///
    /// # Errors
    /// Says why not; nothing is changed then.
    pub async fn start_reset_of_person(&self, user_id: &str, starter: &Starter) -> Result<(), NotStarted> {
        let mut conn = self.0.pool.acquire().await?;
        let person = directory::people_by_id(&mut conn, &[user_id.to_owned()]).await?.pop();
        drop(conn);
        let person = person.filter(directory::PersonRow::is_alive).ok_or(NotStarted::NoAccount)?;
        let address = person.email.filter(|_| person.email_verified).ok_or(NotStarted::NoAccount)?;
        let language = Language::of(person.locale.as_deref().unwrap_or_default());
        self.start_reset(&address, language, starter).await
    }

    /// Sends a link to whoever asked for a new password of this account, in their language, and records who did. The
    /// PIN that they chose is used up by it.
    ///
    /// # Errors
    /// Says why not; nothing is changed then.
    pub async fn start_reset(
        &self,
        account: &Masked<String>,
        language: Language,
        starter: &Starter,
    ) -> Result<(), NotStarted> {
        let user = self.account(account).await?;
        let to = Recipient {
            address: user.email.ok_or(NotStarted::NoAddress)?,
            name: user.description.unwrap_or_default(),
            language,
            occasion: Occasion::Reset,
        };
        let mut tx = self.0.pool.begin().await?;
        let pin = self.take_reset_in_tx(&mut tx, account).await?.ok_or(NotStarted::NotAsked)?;
        let entry = Entry {
            actor: starter.actor.clone(),
            action: "first_password.renewed",
            subject: Subject { kind: "cloud_account", id: user.id.clone() },
            company_id: None,
            before: None,
            after: None,
            reason: starter.reason.clone(),
        };
        let ports = &self.0.ports;
        let entry_id = AuditId::generate(ports.clock.as_ref(), ports.entropy.as_ref());
        audit::store::record_in_tx(&mut tx, ports.clock.now(), entry_id, &starter.origin, &entry).await?;
        let begin = Begin { user_id: user.id, pin, to };
        self.begin_in_tx(&mut tx, begin).await.map_err(NotStarted::Refused)?;
        Ok(tx.commit().await?)
    }

    /// The one account of a name, in whichever domain.
    async fn account(&self, name: &Masked<String>) -> Result<User, NotStarted> {
        let filter = Filter { name: Some(name.clone()), ..Filter::default() };
        let mut users = self.0.ports.keystone.users(&filter).await?;
        let user = users.pop().ok_or(NotStarted::NoAccount)?;
        if users.is_empty() { Ok(user) } else { Err(NotStarted::Several) }
    }
}
