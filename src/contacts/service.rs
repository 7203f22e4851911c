//! What people do with their own contacts, each in one transaction.

use std::{collections::BTreeSet, net::IpAddr};

use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};

use super::{
    Contact, ContactId, Kind, Pending, PendingId, Purpose, contacts_of,
    edit::{self, MAX_OF_KIND, Proven, Unchanged},
    model::{comparable_email, masked},
    store,
};
use crate::{
    audit::{self, Actor, AuditId, Entry, Origin, Subject},
    directory::{self, PEOPLE_STREAM},
    otp::{AskProof, Channel, Otp, OtpError, PendingCode, ProofOf, ProofRef, Refusal},
    platform::{changed_keys, clock::SharedClock, entropy::SharedEntropy, masked::Masked},
};

/// The most addresses that may wait for their code.
const MAX_PENDING: usize = 5;

/// The use cases. Cheap to clone.
#[derive(Clone)]
pub struct Contacts {
    /// Where contacts are.
    pub pool: PgPool,
    /// What time it is.
    pub clock: SharedClock,
    /// Where ids come from.
    pub entropy: SharedEntropy,
    /// By which addresses are proven.
    pub otp: Otp,
}

/// A person who manages their own contacts.
#[derive(Debug, Clone)]
pub struct Owner {
    /// Keycloak's id of the person.
    pub user_id: String,
    /// Their realm.
    pub realm: String,
    /// Their session: a code counts only in the one that asked for it.
    pub session_id: String,
    /// The language of the message.
    pub locale: String,
    /// From where they act.
    pub origin: Origin,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum ContactError {
    /// A rule of contacts.
    #[error(transparent)]
    Unchanged(#[from] Unchanged),
    /// A rule of one-time codes.
    #[error("the code was refused")]
    Code(Refusal),
    /// Somebody else has changed it meanwhile; the version it has now.
    #[error("it was changed meanwhile")]
    Changed(i64),
    /// The database.
    #[error("the database did not do its work")]
    Database(#[from] sqlx::Error),
}

impl From<OtpError> for ContactError {
    fn from(error: OtpError) -> Self {
        match error {
            OtpError::Refused(refusal) => Self::Code(refusal),
            OtpError::Database(error) => Self::Database(error),
        }
    }
}

impl Contacts {
    /// A person's contacts, and the addresses that wait for their code.
    pub async fn list(&self, user_id: &str) -> Result<(Vec<Contact>, Vec<Pending>), sqlx::Error> {
        let mut conn = self.pool.acquire().await?;
        let contacts = contacts_of(&mut conn, &[user_id.to_owned()]).await?;
        let pending = store::pending_of(&mut conn, user_id).await?;
        Ok((contacts, pending))
    }

    /// Sends a code to a new address. Asking again for the same address shows the same code's entry.
    pub async fn add(
        &self,
        owner: &Owner,
        kind: Kind,
        typed: &str,
        purposes: BTreeSet<Purpose>,
    ) -> Result<PendingId, ContactError> {
        let purposes = edit::own_purposes(purposes);
        if purposes.is_empty() {
            return Err(Unchanged::NoPurpose.into());
        }
        let written = self.otp.written(channel(kind), typed).map_err(ContactError::Code)?;
        let value = comparable(kind, &written);
        let (contacts, pending) = self.list(&owner.user_id).await?;
        check_room(&contacts, &pending, kind, &value, &purposes)?;
        let code = self.ask(owner, kind, &value).await?;
        let asked = Pending {
            pending_id: PendingId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            user_id: owner.user_id.clone(),
            kind: kind_name(kind).to_owned(),
            value,
            purposes: purposes.iter().map(|purpose| purpose.name().to_owned()).collect(),
            challenge_id: code.challenge_id,
            session_id: owner.session_id.clone(),
            created_at: self.clock.now(),
        };
        Ok(store::put_pending(&mut *self.pool.acquire().await?, &asked).await?)
    }

    /// Sends the message again, or a new code when the old one is no longer good.
    pub async fn resend(&self, owner: &Owner, id: PendingId) -> Result<(), ContactError> {
        let pending = self.pending(owner, id).await?;
        let again = self.otp.ask_proof_again(&proof_of(owner, &pending)).await;
        match again.map_err(ContactError::from) {
            Ok(_) => Ok(()),
            Err(ContactError::Code(Refusal::NotFound | Refusal::CodeExpired | Refusal::AlreadyUsed)) => {
                let code = self.ask(owner, pending.kind(), &pending.value).await?;
                let anew = Pending {
                    challenge_id: code.challenge_id,
                    session_id: owner.session_id.clone(),
                    created_at: self.clock.now(),
                    ..pending
                };
                store::put_pending(&mut *self.pool.acquire().await?, &anew).await?;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Enters the code: the address is a contact from now on.
    pub async fn prove(
        &self,
        owner: &Owner,
        id: PendingId,
        code: Masked<String>,
    ) -> Result<ContactId, ContactError> {
        let pending = self.pending(owner, id).await?;
        let mut tx = self.pool.begin().await?;
        lock(&mut tx, owner).await?;
        let proven = self.otp.prove_in_tx(&mut tx, &proof_of(owner, &pending), code).await?;
        let address = match proven {
            Ok(address) => address,
            Err(refusal) => {
                // What was counted stays counted.
                tx.commit().await?;
                return Err(ContactError::Code(refusal));
            }
        };
        let kind = pending.kind();
        let held = contacts_of(&mut tx, std::slice::from_ref(&owner.user_id)).await?;
        let mut contacts = held.clone();
        let value = comparable(kind, &address.destination);
        let after =
            json!({"kind": kind, "value": masked(kind, value.expose()), "purposes": pending.purposes});
        let proven = Proven { kind, value, purposes: pending.purposes().collect() };
        let new_id = ContactId::generate(self.clock.as_ref(), self.entropy.as_ref());
        let contact_id = edit::add(&mut contacts, &owner.user_id, proven, self.clock.now(), new_id)?;
        store::delete_pending(&mut tx, &owner.user_id, id).await?;
        self.keep(&mut tx, owner, &held, contacts, "contact.added", (None, Some(after))).await?;
        tx.commit().await?;
        Ok(contact_id)
    }

    /// Takes back the wish for an address.
    pub async fn cancel(&self, owner: &Owner, id: PendingId) -> Result<(), ContactError> {
        store::delete_pending(&mut *self.pool.acquire().await?, &owner.user_id, id).await?;
        Ok(())
    }

    /// Uses a contact for other purposes. Here and below, `read` is the version that was looked at before,
    /// if that matters.
    pub async fn set_purposes(
        &self,
        owner: &Owner,
        (id, read): (ContactId, Option<i64>),
        purposes: BTreeSet<Purpose>,
    ) -> Result<(), ContactError> {
        let now = self.clock.now();
        self.edit(owner, (id, read), "contact.purposes_changed", |contacts| {
            edit::set_purposes(contacts, id, purposes, now)
        })
        .await
    }

    /// Makes a contact the first choice of its kind.
    pub async fn make_primary(
        &self,
        owner: &Owner,
        (id, read): (ContactId, Option<i64>),
    ) -> Result<(), ContactError> {
        let now = self.clock.now();
        self.edit(owner, (id, read), "contact.made_primary", |contacts| edit::make_primary(contacts, id, now))
            .await
    }

    /// Removes a contact. Removing one that is gone changes nothing.
    pub async fn remove(
        &self,
        owner: &Owner,
        (id, read): (ContactId, Option<i64>),
    ) -> Result<(), ContactError> {
        let now = self.clock.now();
        self.edit(owner, (id, read), "contact.removed", |contacts| edit::remove(contacts, id, now).map(drop))
            .await
    }

    async fn edit(
        &self,
        owner: &Owner,
        (id, read): (ContactId, Option<i64>),
        action: &'static str,
        change: impl FnOnce(&mut Vec<Contact>) -> Result<(), Unchanged>,
    ) -> Result<(), ContactError> {
        let mut tx = self.pool.begin().await?;
        lock(&mut tx, owner).await?;
        let held = contacts_of(&mut tx, std::slice::from_ref(&owner.user_id)).await?;
        let current = held.iter().find(|contact| contact.contact_id == id).map(Contact::version);
        if let Some(current) = current.filter(|current| read.is_some_and(|read| read != *current)) {
            return Err(ContactError::Changed(current));
        }
        let mut contacts = held.clone();
        change(&mut contacts)?;
        if contacts != held {
            let shown = |contacts: &[Contact]| {
                contacts.iter().find(|contact| contact.contact_id == id).map(shown_in_audit)
            };
            let change = (shown(&held), shown(&contacts));
            self.keep(&mut tx, owner, &held, contacts, action, change).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn keep(
        &self,
        conn: &mut PgConnection,
        owner: &Owner,
        held: &[Contact],
        wanted: Vec<Contact>,
        action: &'static str,
        (before, after): (Option<Value>, Option<Value>),
    ) -> Result<(), sqlx::Error> {
        store::replace_in_tx(conn, held, wanted).await?;
        changed_keys::mark(conn, [(PEOPLE_STREAM, &owner.user_id)]).await?;
        let entry = Entry {
            actor: Actor::Person { user_id: owner.user_id.clone() },
            action,
            subject: Subject::person(&owner.user_id),
            company_id: None,
            before,
            after,
            reason: None,
        };
        let id = AuditId::generate(self.clock.as_ref(), self.entropy.as_ref());
        audit::store::record_in_tx(conn, self.clock.now(), id, &owner.origin, &entry).await
    }

    async fn pending(&self, owner: &Owner, id: PendingId) -> Result<Pending, ContactError> {
        let mut conn = self.pool.acquire().await?;
        let pending = store::pending_of(&mut conn, &owner.user_id).await?;
        let found = pending.into_iter().find(|pending| pending.pending_id == id);
        found.ok_or(ContactError::Unchanged(Unchanged::NotFound))
    }

    async fn ask(
        &self,
        owner: &Owner,
        kind: Kind,
        value: &Masked<String>,
    ) -> Result<PendingCode, ContactError> {
        let ask = AskProof {
            realm: owner.realm.clone(),
            user_id: owner.user_id.clone(),
            session_id: owner.session_id.clone(),
            client_id: owner.origin.client_id.clone().unwrap_or_default(),
            proof_of: ProofOf::Contact,
            channel: channel(kind),
            destination: value.clone(),
            locale: owner.locale.clone(),
            ip_address: owner.origin.ip_address.unwrap_or(IpAddr::from([127, 0, 0, 1])),
        };
        Ok(self.otp.ask_proof(ask).await?)
    }
}

/// Two changes of one person's contacts come one after the other, events included.
async fn lock(conn: &mut PgConnection, owner: &Owner) -> Result<(), ContactError> {
    let person = directory::lock_person_in_tx(conn, &owner.user_id).await?;
    person.map(drop).ok_or(ContactError::Unchanged(Unchanged::NotFound))
}

/// Says early what entering the code would say, before a message costs money.
fn check_room(
    contacts: &[Contact],
    pending: &[Pending],
    kind: Kind,
    value: &Masked<String>,
    purposes: &BTreeSet<Purpose>,
) -> Result<(), Unchanged> {
    let held = contacts.iter().find(|contact| contact.kind == kind && contact.value == *value);
    if held.is_some_and(|held| held.verified_at.is_some() && purposes.is_subset(&held.purposes)) {
        return Err(Unchanged::Held);
    }
    let is_waiting = pending.iter().any(|waiting| waiting.kind() == kind && waiting.value == *value);
    let count = contacts.iter().filter(|contact| contact.kind == kind).count();
    if (held.is_none() && count >= MAX_OF_KIND) || (!is_waiting && pending.len() >= MAX_PENDING) {
        return Err(Unchanged::TooMany);
    }
    Ok(())
}

fn proof_of(owner: &Owner, pending: &Pending) -> ProofRef {
    ProofRef {
        challenge: pending.challenge_id,
        user_id: owner.user_id.clone(),
        session_id: owner.session_id.clone(),
    }
}

fn shown_in_audit(contact: &Contact) -> Value {
    json!({
        "kind": contact.kind, "value": masked(contact.kind, contact.value.expose()),
        "purposes": contact.purposes, "primary": contact.is_primary,
    })
}

fn comparable(kind: Kind, written: &Masked<String>) -> Masked<String> {
    match kind {
        Kind::Email => Masked::new(comparable_email(written.expose())),
        Kind::Phone => written.clone(),
    }
}

const fn channel(kind: Kind) -> Channel {
    match kind {
        Kind::Email => Channel::Email,
        Kind::Phone => Channel::Sms,
    }
}

const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Email => "email",
        Kind::Phone => "phone",
    }
}
