//! What people do with a company's contacts, each in one transaction.

use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};

use super::{
    CompanyContact, CompanyContactError, CompanyContactId, ContactField, ContactInput, Matter, store,
};
use crate::{
    access::{Caller, Denied, Permission, Target},
    audit::{self, AuditId, Entry, Subject},
    companies::{self, CompanyId, administration::Reason},
    otp::Otp,
    platform::{clock::SharedClock, db, entropy::SharedEntropy},
};

/// The most contacts of a company.
pub const MOST: i64 = 50;

/// The use cases. Cheap to clone.
#[derive(Clone)]
pub struct CompanyContacts {
    /// Where contacts are.
    pub pool: PgPool,
    /// What time it is.
    pub clock: SharedClock,
    /// Where ids come from.
    pub entropy: SharedEntropy,
    /// How addresses and numbers are written.
    pub otp: Otp,
}

type Outcome<T> = Result<T, CompanyContactError>;

impl CompanyContacts {
    /// The contacts of a company, the eldest first: at most 50, for there are no more. To staff personal data is masked.
    pub async fn list(&self, caller: &Caller, company_id: CompanyId) -> Outcome<Vec<CompanyContact>> {
        caller.require(Permission::PeopleView, Target::Company(company_id.0))?;
        let found = store::list(&mut *self.pool.acquire().await?, company_id, MOST).await?;
        Ok(found.into_iter().map(|contact| shown(contact, caller)).collect())
    }

    /// One of them.
    pub async fn find(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        id: CompanyContactId,
    ) -> Outcome<CompanyContact> {
        let found = self.list(caller, company_id).await?;
        let found = found.into_iter().find(|contact| contact.contact_id == id);
        Ok(found.ok_or(Denied::NotFound)?)
    }

    /// The same unmasked, for staff who say why. It is recorded, and the company reads it in its history.
    pub async fn unmasked(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        reason: &Reason,
    ) -> Outcome<Vec<CompanyContact>> {
        caller.require_person()?;
        caller.require(Permission::PeopleUnmask, Target::System)?;
        let mut tx = self.pool.begin().await?;
        if !companies::hold_in_tx(&mut tx, company_id).await? {
            return Err(Denied::NotFound.into());
        }
        let found = store::list(&mut tx, company_id, MOST).await?;
        let entry = Entry {
            actor: caller.actor(),
            action: "company_contacts.unmasked",
            subject: Subject::company(company_id.0),
            company_id: Some(company_id.0),
            before: None,
            after: None,
            reason: Some(reason.text().to_owned()),
        };
        self.record(&mut tx, caller, &entry).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// Adds a contact.
    pub async fn add(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        typed: &ContactInput,
    ) -> Outcome<CompanyContact> {
        require_manager(caller, company_id)?;
        let read = self.read(typed)?;
        let now = self.clock.now();
        let contact = CompanyContact {
            contact_id: CompanyContactId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            company_id,
            version: 1,
            phone: read.phone(),
            name: read.name,
            purposes: read.purposes,
            email: read.email,
            created_at: now,
            updated_at: now,
        };
        let mut tx = self.pool.begin().await?;
        // Those who add at once follow one another, so that the number holds.
        if !companies::hold_in_tx(&mut tx, company_id).await? {
            return Err(Denied::NotFound.into());
        }
        if !store::put(&mut tx, &contact, MOST).await.map_err(held)? {
            return Err(CompanyContactError::TooMany);
        }
        self.keep(&mut tx, caller, "company_contact.added", (None, Some(&contact))).await?;
        tx.commit().await?;
        Ok(shown(contact, caller))
    }

    /// Changes a contact, if nobody has since `version`.
    pub async fn change(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        (id, version): (CompanyContactId, i64),
        typed: &ContactInput,
    ) -> Outcome<CompanyContact> {
        require_manager(caller, company_id)?;
        let mut tx = self.pool.begin().await?;
        let before = lock(&mut tx, caller, company_id, (id, version)).await?;
        let read = self.read(typed)?;
        let after = CompanyContact {
            phone: read.phone(),
            name: read.name,
            purposes: read.purposes,
            email: read.email,
            ..before.clone()
        };
        if after == before {
            return Ok(shown(before, caller));
        }
        let after = CompanyContact { version: version + 1, updated_at: self.clock.now(), ..after };
        store::save(&mut tx, &after).await.map_err(held)?;
        self.keep(&mut tx, caller, "company_contact.changed", (Some(&before), Some(&after))).await?;
        tx.commit().await?;
        Ok(shown(after, caller))
    }

    /// Removes a contact, if nobody has changed it since `version`.
    pub async fn remove(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        (id, version): (CompanyContactId, i64),
    ) -> Outcome<()> {
        require_manager(caller, company_id)?;
        let mut tx = self.pool.begin().await?;
        let before = lock(&mut tx, caller, company_id, (id, version)).await?;
        store::remove(&mut tx, id).await?;
        self.keep(&mut tx, caller, "company_contact.removed", (Some(&before), None)).await?;
        Ok(tx.commit().await?)
    }

    fn read(&self, typed: &ContactInput) -> Outcome<ContactInput> {
        typed.read(&self.otp).map_err(|wrong: Vec<ContactField>| CompanyContactError::Fields(wrong))
    }

    /// Writes the entry of a change, and lets billing hear of it when it concerns billing.
    async fn keep(
        &self,
        conn: &mut PgConnection,
        caller: &Caller,
        action: &'static str,
        (before, after): (Option<&CompanyContact>, Option<&CompanyContact>),
    ) -> Result<(), sqlx::Error> {
        let Some(contact) = after.or(before) else { return Ok(()) };
        let mut both = [before, after].into_iter().flatten();
        if both.any(|contact| contact.purposes.contains(&Matter::Billing)) {
            companies::mark_billing_in_tx(conn, contact.company_id).await?;
        }
        let entry = Entry {
            actor: caller.actor(),
            action,
            subject: Subject { kind: "company_contact", id: contact.contact_id.to_string() },
            company_id: Some(contact.company_id.0),
            before: before.map(shown_in_audit),
            after: after.map(shown_in_audit),
            reason: None,
        };
        self.record(conn, caller, &entry).await
    }

    async fn record(
        &self,
        conn: &mut PgConnection,
        caller: &Caller,
        entry: &Entry,
    ) -> Result<(), sqlx::Error> {
        let id = AuditId::generate(self.clock.as_ref(), self.entropy.as_ref());
        audit::store::record_in_tx(conn, self.clock.now(), id, &caller.origin, entry).await
    }
}

/// Goes on only for a human who keeps the contacts of the company.
fn require_manager(caller: &Caller, company_id: CompanyId) -> Result<(), Denied> {
    caller.require_person()?;
    caller.require(Permission::ContactsManage, Target::Company(company_id.0))
}

/// The contact, locked, if it is still the version that was read.
async fn lock(
    conn: &mut PgConnection,
    caller: &Caller,
    company_id: CompanyId,
    (id, version): (CompanyContactId, i64),
) -> Outcome<CompanyContact> {
    let found = store::lock(conn, company_id, id).await?.ok_or(Denied::NotFound)?;
    if found.version == version {
        Ok(found)
    } else {
        Err(CompanyContactError::Changed(Box::new(shown(found, caller))))
    }
}

/// A contact as the caller may see it: to people outside the company, who are staff, masked.
fn shown(contact: CompanyContact, caller: &Caller) -> CompanyContact {
    let is_staff = caller.user_id().is_some() && !caller.companies.contains(&contact.company_id.0);
    if is_staff { contact.masked() } else { contact }
}

fn held(error: sqlx::Error) -> CompanyContactError {
    match db::violated_constraint(&error) {
        Some("company_contacts_email_key") => CompanyContactError::Held,
        _ => CompanyContactError::Database(error),
    }
}

fn shown_in_audit(contact: &CompanyContact) -> Value {
    let contact = contact.clone().masked();
    json!({
        "name": contact.name, "purposes": contact.purposes, "email": contact.email, "phone": contact.phone,
    })
}
