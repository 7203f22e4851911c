//! The use cases of the back office, each in one transaction.

use std::sync::Arc;

use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::{
    model::{BackOfficeError, ContactShown, Extended, FoundCompany, FoundPerson, Note, NoteId, Query},
    store::{self, ContactRow, PersonFound},
};
use crate::{
    access::{Caller, Denied, Permission, Target, Who},
    audit::{self, AuditId, Entry, Subject},
    companies::{
        COMPANIES_STREAM, CompanyId,
        administration::{Reason, Stop, Stopped, stop_in_tx},
    },
    contacts::{self, Kind},
    directory::{self, PersonRow},
    platform::{
        changed_keys,
        clock::SharedClock,
        entropy::SharedEntropy,
        masked::{Masked, masked_name},
    },
};

/// The back office. Cheap to clone.
#[derive(Clone)]
pub struct BackOffice(Arc<Inner>);

struct Inner {
    pool: PgPool,
    clock: SharedClock,
    entropy: SharedEntropy,
}

impl BackOffice {
    /// The feature over `pool`.
    pub fn new(pool: PgPool, clock: SharedClock, entropy: SharedEntropy) -> Self {
        Self(Arc::new(Inner { pool, clock, entropy }))
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    pub(super) fn clock(&self) -> &SharedClock {
        &self.0.clock
    }

    pub(super) fn entropy(&self) -> &SharedEntropy {
        &self.0.entropy
    }

    /// People by exact address, number or id, or by name; masked.
    pub async fn find_people(
        &self,
        caller: &Caller,
        query: &Query,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<FoundPerson>, BackOfficeError> {
        caller.require(Permission::DirectoryView, Target::System)?;
        let mut conn = self.0.pool.acquire().await?;
        let found = store::find_people(&mut conn, query, after, limit).await?;
        Ok(found.into_iter().map(masked).collect())
    }

    /// Companies by id or name.
    pub async fn find_companies(
        &self,
        caller: &Caller,
        query: &Query,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<FoundCompany>, BackOfficeError> {
        caller.require(Permission::DirectoryView, Target::System)?;
        let mut conn = self.0.pool.acquire().await?;
        Ok(store::find_companies(&mut conn, query, after, limit).await?)
    }

    /// Everything about a person, for themselves, for whoever may see the people of their company, for
    /// systems, and for staff: to these masked, unless they ask with a reason, which is recorded.
    pub async fn extended(
        &self,
        caller: &Caller,
        user_id: &str,
        unmask: Option<&Reason>,
    ) -> Result<Extended, BackOfficeError> {
        let mut tx = self.0.pool.begin().await?;
        let person = directory::people_by_id(&mut tx, &[user_id.to_owned()]).await?.pop();
        let person = person.filter(PersonRow::is_alive).ok_or(Denied::NotFound)?;
        let mut companies = store::memberships(&mut tx, user_id).await?;
        let ids: Vec<Uuid> = companies.iter().map(|it| it.company_id).collect();
        let is_own = caller.user_id() == Some(user_id);
        if !is_own {
            caller.require_in_one_of(Permission::PeopleView, &ids)?;
            companies.retain(|it| caller.may(Permission::PeopleView, &Target::Company(it.company_id)));
        }
        let is_colleague = ids.iter().any(|id| caller.companies.contains(id));
        let is_masked = !is_own && !is_colleague && caller.user_id().is_some();
        if let Some(reason) = unmask.filter(|_| is_masked) {
            caller.require(Permission::PeopleUnmask, Target::System)?;
            let company_id = ids.first().copied();
            self.record(&mut tx, caller, "person.unmasked", person_of(user_id), company_id, Some(reason))
                .await?;
            tx.commit().await?;
            let contacts = store::contacts(&mut *self.0.pool.acquire().await?, user_id).await?;
            return Ok(shown(person, contacts, companies, false));
        }
        let contacts = store::contacts(&mut tx, user_id).await?;
        // The person sees which systems read of them: once a day each, for some read everybody every hour.
        if let Who::System { client_id } = &caller.who
            && store::note_read(&mut tx, user_id, client_id, self.0.clock.now().date_naive()).await?
        {
            let company_id = companies.first().map(|it| it.company_id);
            self.record(&mut tx, caller, "person.read", person_of(user_id), company_id, None).await?;
        }
        tx.commit().await?;
        Ok(shown(person, contacts, companies, is_masked))
    }

    /// Stops a person with a reason. Sessions and tokens are over at once.
    pub async fn block(
        &self,
        caller: &Caller,
        user_id: &str,
        reason: &Reason,
    ) -> Result<(), BackOfficeError> {
        let by = caller.require_person()?;
        caller.require(Permission::PeopleBlock, Target::System)?;
        let mut tx = self.0.pool.begin().await?;
        known(&mut tx, user_id).await?;
        let stop = Stop { reason, by, at: self.0.clock.now() };
        if stop_in_tx(&mut tx, user_id, Stopped::Blocked, Some(stop)).await? {
            self.record(&mut tx, caller, "person.blocked", person_of(user_id), None, Some(reason)).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Lets a person go on whom staff had stopped.
    pub async fn unblock(
        &self,
        caller: &Caller,
        user_id: &str,
        reason: &Reason,
    ) -> Result<(), BackOfficeError> {
        caller.require_person()?;
        caller.require(Permission::PeopleBlock, Target::System)?;
        let mut tx = self.0.pool.begin().await?;
        known(&mut tx, user_id).await?;
        if stop_in_tx(&mut tx, user_id, Stopped::Blocked, None).await? {
            self.record(&mut tx, caller, "person.unblocked", person_of(user_id), None, Some(reason)).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Suspends a company, or lets it go on: its people keep their accounts and may do nothing in it.
    pub async fn suspend(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        suspend: bool,
        reason: &Reason,
    ) -> Result<(), BackOfficeError> {
        caller.require_person()?;
        caller.require(Permission::CompaniesSuspend, Target::System)?;
        let mut tx = self.0.pool.begin().await?;
        if !store::company_exists(&mut tx, company_id.0).await? {
            return Err(Denied::NotFound.into());
        }
        let at = suspend.then(|| self.0.clock.now());
        if store::set_suspended(&mut tx, company_id.0, at).await? {
            let action = if suspend { "company.suspended" } else { "company.resumed" };
            let subject = Subject::company(company_id.0);
            self.record(&mut tx, caller, action, subject, Some(company_id.0), Some(reason)).await?;
            changed_keys::mark(&mut tx, [(COMPANIES_STREAM, company_id.to_string())]).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Writes something down about a person or a company, for staff only.
    pub async fn write_note(
        &self,
        caller: &Caller,
        subject: &Subject,
        text: &str,
    ) -> Result<NoteId, BackOfficeError> {
        let by = caller.require_person()?;
        caller.require(Permission::NotesManage, Target::System)?;
        let text = text.trim();
        if !(1..=2000).contains(&text.chars().count()) {
            return Err(BackOfficeError::Invalid("text", "1 to 2000 characters"));
        }
        let id = NoteId::generate(self.0.clock.as_ref(), self.0.entropy.as_ref());
        let now = self.0.clock.now();
        let mut tx = self.0.pool.begin().await?;
        exists(&mut tx, subject).await?;
        store::put_note(&mut tx, id, (subject.kind, &subject.id), text, (by, now)).await?;
        self.record(&mut tx, caller, "note.written", subject.clone(), None, None).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// What was written down about a person or a company, the newest first.
    pub async fn notes(
        &self,
        caller: &Caller,
        subject: &Subject,
        limit: i64,
    ) -> Result<Vec<Note>, BackOfficeError> {
        caller.require(Permission::DirectoryView, Target::System)?;
        let mut conn = self.0.pool.acquire().await?;
        Ok(store::notes(&mut conn, (subject.kind, &subject.id), limit).await?)
    }

    pub(super) async fn record(
        &self,
        conn: &mut PgConnection,
        caller: &Caller,
        action: &'static str,
        subject: Subject,
        company_id: Option<Uuid>,
        reason: Option<&Reason>,
    ) -> Result<(), sqlx::Error> {
        let reason = reason.map(|reason| reason.text().to_owned());
        let entry =
            Entry { actor: caller.actor(), action, subject, company_id, before: None, after: None, reason };
        let id = AuditId::generate(self.0.clock.as_ref(), self.0.entropy.as_ref());
        audit::store::record_in_tx(conn, self.0.clock.now(), id, &caller.origin, &entry).await
    }
}

pub(super) fn person_of(user_id: &str) -> Subject {
    Subject::person(user_id)
}

pub(super) async fn known(conn: &mut PgConnection, user_id: &str) -> Result<(), BackOfficeError> {
    let found = directory::people_by_id(conn, &[user_id.to_owned()]).await?;
    if found.iter().any(PersonRow::is_alive) { Ok(()) } else { Err(Denied::NotFound.into()) }
}

async fn exists(conn: &mut PgConnection, subject: &Subject) -> Result<(), BackOfficeError> {
    if subject.kind == "person" {
        return known(conn, &subject.id).await;
    }
    let company_id = Uuid::parse_str(&subject.id).map_err(|_| Denied::NotFound)?;
    if store::company_exists(conn, company_id).await? { Ok(()) } else { Err(Denied::NotFound.into()) }
}

fn masked_email(address: &str) -> String {
    contacts::masked(Kind::Email, address)
}

fn masked_phone(number: &str) -> String {
    contacts::masked(Kind::Phone, number)
}

fn masked(found: PersonFound) -> FoundPerson {
    let names = [&found.first_name, &found.last_name].into_iter().flatten();
    let name = names.map(|name| masked_name(name.expose())).collect::<Vec<_>>().join(" ");
    let email = found.email.as_ref().map(|email| masked_email(email.expose())).unwrap_or_default();
    FoundPerson { user_id: found.user_id, name, email, enabled: found.enabled }
}

fn shown(
    person: PersonRow,
    contacts: Vec<ContactRow>,
    companies: Vec<super::Membership>,
    masked: bool,
) -> Extended {
    let show = |value: Option<Masked<String>>, mask: fn(&str) -> String| {
        value.map(|value| if masked { mask(value.expose()) } else { value.into_inner() })
    };
    let mut second_factors: Vec<String> =
        person.factors.iter().map(|factor| factor.channel.clone()).collect();
    second_factors.sort_unstable();
    second_factors.dedup();
    let contact = |row: ContactRow| {
        let mask = if row.kind == "phone" { masked_phone } else { masked_email };
        ContactShown {
            value: show(Some(row.value), mask).unwrap_or_default(),
            kind: row.kind,
            purposes: row.purposes,
            primary: row.is_primary,
            verified_at: row.verified_at,
        }
    };
    Extended {
        contacts: contacts.into_iter().map(contact).collect(),
        user_id: person.user_id,
        first_name: show(person.first_name, masked_name),
        last_name: show(person.last_name, masked_name),
        email: show(person.email, masked_email),
        email_verified: person.email_verified,
        locale: person.locale,
        time_zone: person.time_zone,
        enabled: person.enabled,
        second_factors,
        companies,
        masked,
        created_at: person.created_at,
    }
}
