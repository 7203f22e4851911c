//! What staff look at: the trail, work that is stuck, and what reached a person.

use super::{
    BackOffice,
    model::{BackOfficeError, MessageSent, ParkedJob, ParkedRecord, SessionSeen},
    service::{known, person_of},
    store,
};
use crate::{
    access::{Caller, Denied, Permission, Target},
    audit::{self, Subject},
    companies::administration::ask_new_password_in_tx,
    platform::jobs,
};

/// The most sessions that are shown.
const MAX_SESSIONS: i64 = 20;

impl BackOffice {
    /// Whether staff have blocked a person.
    pub async fn is_blocked(&self, caller: &Caller, user_id: &str) -> Result<bool, BackOfficeError> {
        caller.require(Permission::DirectoryView, Target::System)?;
        Ok(store::is_blocked(&mut *self.pool().acquire().await?, user_id).await?)
    }

    /// A person's sessions of the pages, the newest first, at most 20.
    pub async fn sessions(
        &self,
        caller: &Caller,
        user_id: &str,
    ) -> Result<Vec<SessionSeen>, BackOfficeError> {
        caller.require(Permission::DirectoryView, Target::System)?;
        Ok(store::sessions(&mut *self.pool().acquire().await?, user_id, MAX_SESSIONS).await?)
    }

    /// The messages to a person with their fate, the newest first, at most `limit`.
    pub async fn messages(
        &self,
        caller: &Caller,
        user_id: &str,
        limit: i64,
    ) -> Result<Vec<MessageSent>, BackOfficeError> {
        caller.require(Permission::MessagesView, Target::System)?;
        Ok(store::messages(&mut *self.pool().acquire().await?, user_id, limit).await?)
    }

    /// Has Keycloak send a person the link by which they choose a new password.
    pub async fn send_password_link(&self, caller: &Caller, user_id: &str) -> Result<(), BackOfficeError> {
        caller.require_person()?;
        caller.require(Permission::FactorsManage, Target::System)?;
        let mut tx = self.pool().begin().await?;
        known(&mut tx, user_id).await?;
        ask_new_password_in_tx(&mut tx, user_id).await?;
        let action = "person.password_reset_started";
        self.record(&mut tx, caller, action, person_of(user_id), None, None).await?;
        Ok(tx.commit().await?)
    }

    /// Records that could not be read and wait to be sent on, the newest first, at most `limit`.
    pub async fn parked_records(
        &self,
        caller: &Caller,
        limit: i64,
    ) -> Result<Vec<ParkedRecord>, BackOfficeError> {
        caller.require(Permission::JobsView, Target::System)?;
        Ok(store::parked_records(&mut *self.pool().acquire().await?, limit).await?)
    }

    /// Jobs that nobody gets done, by kind and key.
    pub async fn parked_jobs(
        &self,
        caller: &Caller,
        after: Option<(String, String)>,
        limit: i64,
    ) -> Result<Vec<ParkedJob>, BackOfficeError> {
        caller.require(Permission::JobsView, Target::System)?;
        let mut conn = self.pool().acquire().await?;
        Ok(store::parked_jobs(&mut conn, after.as_ref(), limit).await?)
    }

    /// Has a parked job tried again.
    pub async fn retry_job(&self, caller: &Caller, kind: &str, key: &str) -> Result<(), BackOfficeError> {
        caller.require_person()?;
        caller.require(Permission::JobsManage, Target::System)?;
        let mut tx = self.pool().begin().await?;
        if !jobs::unpark(&mut tx, kind, key).await? {
            return Err(Denied::NotFound.into());
        }
        let subject = Subject { kind: "job", id: format!("{kind} {key}") };
        self.record(&mut tx, caller, "job.retried", subject, None, None).await?;
        Ok(tx.commit().await?)
    }

    /// The trail of everybody, or of one company for those who may look there.
    pub async fn trail(
        &self,
        caller: &Caller,
        search: &audit::Search,
        limit: i64,
    ) -> Result<Vec<audit::Recorded>, BackOfficeError> {
        may_look(caller, search)?;
        let mut conn = self.pool().acquire().await?;
        Ok(audit::store::search(&mut conn, search, limit).await?)
    }

    /// The same, all of it, as lines of JSON.
    pub fn export_trail(
        &self,
        caller: &Caller,
        search: audit::Search,
    ) -> Result<impl futures::Stream<Item = Result<String, sqlx::Error>> + Send + use<>, BackOfficeError>
    {
        may_look(caller, &search)?;
        Ok(audit::store::export(self.pool().clone(), search))
    }
}

fn may_look(caller: &Caller, search: &audit::Search) -> Result<(), Denied> {
    match search.company_id {
        Some(company) => caller.require(Permission::CompanyAuditView, Target::Company(company)),
        None => caller.require(Permission::AuditView, Target::System),
    }
}
