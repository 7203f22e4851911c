//! The end of an account.
//!
//! The person is stopped in the transaction that decides, so that two admins who go at the same moment do
//! not leave a company without one; Keycloak deletes them a moment later, and what is held here goes with
//! the event. What invoices rest on belongs to the company and stays (docs/privacy.md).

use super::{
    Account, AccountError, Fresh,
    letters::{DELETED, DeletedFacts},
};
use crate::{
    audit::Actor,
    companies::administration::{Reason, Stop, Stopped, stop_in_tx},
    contacts::{self, Kind},
    directory::{
        self,
        commands::{Command, CommandId},
    },
    notices::{self, Address, Notice, NoticeId},
    platform::{language::Language, masked::Masked},
};

/// Why the person is stopped meanwhile, for staff.
const REASON: &str = "The person has their account deleted";

impl Account {
    /// Has the account deleted.
    ///
    /// # Errors
    /// [`AccountError::LastAdmin`] when a company would be without an admin.
    pub async fn delete(&self, fresh: &Fresh) -> Result<CommandId, AccountError> {
        let (owner, now) = (fresh.owner(), self.clock.now());
        let user_id = &owner.user_id;
        let mut tx = self.pool.begin().await?;
        let person = directory::lock_person_in_tx(&mut tx, user_id).await?.ok_or(AccountError::Gone)?;
        let reason = Reason::new(REASON).ok_or(AccountError::Gone)?;
        let stop = Stop { reason: &reason, by: user_id, at: now };
        stop_in_tx(&mut tx, user_id, Stopped::Disabled, Some(stop)).await?;
        let id = self.commands.ask_in_tx(&mut tx, user_id, &Command::Delete).await?;
        let notices = self.farewell(&mut tx, &person).await?;
        notices::store::enqueue_in_tx(&mut tx, &notices).await?;
        let actor = Actor::Person { user_id: user_id.clone() };
        self.record(&mut tx, actor, "person.deletion_asked", user_id, &owner.origin, (None, None)).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Every proven mailbox hears of it. The notices name no person, so that they outlive them.
    async fn farewell(
        &self,
        conn: &mut sqlx::PgConnection,
        person: &directory::PersonRow,
    ) -> Result<Vec<Notice>, sqlx::Error> {
        let held = contacts::contacts_of(conn, std::slice::from_ref(&person.user_id)).await?;
        let facts = DeletedFacts { at: self.clock.now(), time_zone: person.time_zone.clone() };
        // Serialising texts and times cannot fail.
        let facts = Masked::new(serde_json::to_value(&facts).unwrap_or_default());
        let proven = held.into_iter().filter(|it| it.kind == Kind::Email && it.verified_at.is_some());
        Ok(proven
            .map(|contact| Notice {
                notice_id: NoticeId::generate(self.clock.as_ref(), self.entropy.as_ref()),
                user_id: None,
                kind: DELETED,
                to: Address::Email(contact.value),
                language: Language::of(person.locale.as_deref().unwrap_or_default()),
                facts: facts.clone(),
                hourly: None,
            })
            .collect())
    }
}
