//! What every use case shares.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};

use super::{CompaniesError, store};
use crate::{
    access::{Caller, Denied, Permission, Target},
    audit::{self, AuditId, Entry, Subject},
    companies::{COMPANIES_STREAM, Company, CompanyId, Status},
    directory::PEOPLE_STREAM,
    platform::{changed_keys, clock::SharedClock, entropy::SharedEntropy},
};

/// The administration of companies. Cheap to clone.
#[derive(Clone)]
pub struct Companies(Arc<Inner>);

struct Inner {
    pool: PgPool,
    clock: SharedClock,
    entropy: SharedEntropy,
}

impl Companies {
    /// The feature over `pool`.
    pub fn new(pool: PgPool, clock: SharedClock, entropy: SharedEntropy) -> Self {
        Self(Arc::new(Inner { pool, clock, entropy }))
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    pub(super) fn clock(&self) -> &SharedClock {
        &self.0.clock
    }

    pub(super) fn entropy(&self) -> &SharedEntropy {
        &self.0.entropy
    }

    /// Goes on only for a human who may manage the people of the company, and locks it.
    pub(super) async fn managed_in_tx(
        &self,
        conn: &mut PgConnection,
        caller: &Caller,
        company_id: CompanyId,
    ) -> Result<Company, CompaniesError> {
        caller.require_person()?;
        caller.require(Permission::PeopleManage, Target::Company(company_id.0))?;
        lock_in_tx(conn, company_id).await
    }

    /// Writes the entry of a change to a person of a company.
    pub(super) async fn record_person(
        &self,
        conn: &mut PgConnection,
        caller: &Caller,
        action: &'static str,
        company_id: CompanyId,
        user_id: &str,
        change: (Option<Value>, Option<Value>, Option<String>),
    ) -> Result<(), sqlx::Error> {
        let (before, after, reason) = change;
        let entry = Entry {
            actor: caller.actor(),
            action,
            subject: Subject::person(user_id),
            company_id: Some(company_id.0),
            before,
            after,
            reason,
        };
        self.record(conn, caller, &entry).await
    }

    pub(super) async fn record(
        &self,
        conn: &mut PgConnection,
        caller: &Caller,
        entry: &Entry,
    ) -> Result<(), sqlx::Error> {
        let id = AuditId::generate(self.0.clock.as_ref(), self.0.entropy.as_ref());
        audit::store::record_in_tx(conn, self.now(), id, &caller.origin, entry).await
    }
}

/// The company, locked: whoever changes who is in it, or leads it, takes this lock first.
pub(super) async fn lock_in_tx(
    conn: &mut PgConnection,
    company_id: CompanyId,
) -> Result<Company, CompaniesError> {
    let company = store::lock_company(conn, company_id).await?;
    let company = company.filter(|company| company.deleted_at.is_none()).ok_or(Denied::NotFound)?;
    if company.status == Status::Pending { Err(CompaniesError::NotInUse) } else { Ok(company) }
}

/// Billing hears of both.
pub(super) async fn mark_in_tx(
    conn: &mut PgConnection,
    company_id: CompanyId,
    user_id: &str,
) -> Result<(), sqlx::Error> {
    let marks = [(PEOPLE_STREAM, user_id.to_owned()), (COMPANIES_STREAM, company_id.to_string())];
    changed_keys::mark(conn, marks).await
}
