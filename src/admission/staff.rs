//! What staff see and decide, each in one transaction.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::{
    Admission, AdmissionError, AdmissionId, Allowed, AllowedId, Asked, Decider, Decision, letters,
    model::Decided, rule, store,
};
use crate::{
    access::{Caller, Denied, Permission, Target},
    audit::{self, Entry, Subject},
    companies::administration::Reason,
    contacts::{Kind, masked},
    notices,
    platform::{db, masked::Masked},
};

/// The most entries of the list.
const MOST_ALLOWED: i64 = 10_000;

type Outcome<T> = Result<T, AdmissionError>;

impl Admission {
    /// Requests in a state, or all, the eldest first, at most `limit` after a place.
    pub async fn requests(
        &self,
        caller: &Caller,
        state: Option<&str>,
        after: Option<(DateTime<Utc>, AdmissionId)>,
        limit: i64,
    ) -> Outcome<Vec<Asked>> {
        caller.require(Permission::RequestsManage, Target::System)?;
        let mut conn = self.pool().acquire().await?;
        Ok(store::page(&mut conn, self.realm(), state, after, limit).await?)
    }

    /// One request.
    pub async fn request(&self, caller: &Caller, id: AdmissionId) -> Outcome<Asked> {
        caller.require(Permission::RequestsManage, Target::System)?;
        let mut conn = self.pool().acquire().await?;
        Ok(store::find(&mut conn, self.realm(), id).await?.ok_or(Denied::NotFound)?)
    }

    /// Decides a request; whoever asked hears of it by mail. Deciding the same again changes nothing.
    pub async fn decide(
        &self,
        caller: &Caller,
        id: AdmissionId,
        decision: Decision,
        reason: &Reason,
    ) -> Outcome<()> {
        let by = Decider::Staff(caller).require()?;
        let mut tx = self.pool().begin().await?;
        let deed = (by.name.as_str(), reason.text(), self.now());
        let Some(asked) = store::decide(&mut tx, self.realm(), id, decision, deed).await? else {
            let found = store::find(&mut tx, self.realm(), id).await?.ok_or(Denied::NotFound)?;
            let is_same = found.state == decision.state();
            return if is_same { Ok(()) } else { Err(AdmissionError::Decided) };
        };
        let letter = letters::decided(self.notice_id(), &asked, decision);
        notices::store::enqueue_in_tx(&mut tx, &[letter]).await?;
        let action = match decision {
            Decision::Approve => "admission.approved",
            Decision::Refuse => "admission.refused",
        };
        let about = ("admission_request", id.to_string());
        let after = json!({"email": masked(Kind::Email, asked.email.expose())});
        self.record(&mut tx, &by, action, about, (None, Some(after)), reason).await?;
        Ok(tx.commit().await?)
    }

    /// Who may sign up without asking, the eldest entry first, at most `limit` after a place.
    pub async fn allowed(
        &self,
        caller: &Caller,
        after: Option<(DateTime<Utc>, AllowedId)>,
        limit: i64,
    ) -> Outcome<Vec<Allowed>> {
        caller.require(Permission::RequestsManage, Target::System)?;
        Ok(store::allowed(&mut *self.pool().acquire().await?, after, limit).await?)
    }

    /// All of them, for the command line.
    pub async fn all_allowed(&self) -> Result<Vec<Allowed>, sqlx::Error> {
        store::allowed(&mut *self.pool().acquire().await?, None, MOST_ALLOWED).await
    }

    /// The entry that says this, as it may be typed; for the command line.
    pub async fn allowed_as(&self, typed: &str) -> Result<Option<Allowed>, sqlx::Error> {
        let Some(value) = rule::entry(typed) else { return Ok(None) };
        store::allowed_as(&mut *self.pool().acquire().await?, &value).await
    }

    /// Lets an address, or all of a domain, sign up without asking.
    pub async fn allow(&self, by: Decider<'_>, typed: &str, reason: &Reason) -> Outcome<Allowed> {
        let by = by.require()?;
        let value =
            rule::entry(typed).ok_or(AdmissionError::Invalid("value", "an e-mail address or a domain"))?;
        let entry = Allowed {
            allowed_id: AllowedId::generate(self.ports().clock.as_ref(), self.ports().entropy.as_ref()),
            value: Masked::new(value),
            reason: reason.text().to_owned(),
            added_by: by.name.clone(),
            added_at: self.now(),
        };
        let mut tx = self.pool().begin().await?;
        let added = store::allow(&mut tx, &entry, MOST_ALLOWED).await;
        let added = added.map_err(|error| match db::violated_constraint(&error) {
            Some("admission_allowed_value_key") => AdmissionError::Held,
            _ => AdmissionError::Database(error),
        })?;
        if !added {
            return Err(AdmissionError::TooMany);
        }
        let about = ("admission_entry", entry.allowed_id.to_string());
        let after = Some(shown(&entry.value));
        self.record(&mut tx, &by, "admission.allowed", about, (None, after), reason).await?;
        tx.commit().await?;
        Ok(entry)
    }

    /// Takes an entry off the list. Who has signed up keeps the account.
    pub async fn disallow(&self, by: Decider<'_>, id: AllowedId, reason: &Reason) -> Outcome<()> {
        let by = by.require()?;
        let mut tx = self.pool().begin().await?;
        let value = store::disallow(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        let (about, before) = (("admission_entry", id.to_string()), Some(shown(&value)));
        self.record(&mut tx, &by, "admission.disallowed", about, (before, None), reason).await?;
        Ok(tx.commit().await?)
    }

    async fn record(
        &self,
        conn: &mut PgConnection,
        by: &Decided,
        action: &'static str,
        (kind, id): (&'static str, String),
        (before, after): (Option<Value>, Option<Value>),
        reason: &Reason,
    ) -> Result<(), sqlx::Error> {
        let entry = Entry {
            actor: by.actor.clone(),
            action,
            subject: Subject { kind, id },
            company_id: None,
            before,
            after,
            reason: Some(reason.text().to_owned()),
        };
        audit::store::record_in_tx(conn, self.now(), self.audit_id(), &by.origin, &entry).await
    }
}

/// An entry as the trail keeps it: a domain as it is, an address masked.
fn shown(value: &Masked<String>) -> Value {
    let text = value.expose();
    json!({"value": if text.contains('@') { masked(Kind::Email, text) } else { text.clone() }})
}
