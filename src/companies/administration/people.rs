//! Who is in a company, and as what.

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::PgConnection;

use super::{
    Companies, CompaniesError, PeopleFilter, PersonListed, Reason,
    admins::{companies_led_by_in_tx, require_another_admin_in_tx, require_to_make, require_to_stop},
    jobs::{self, bring_member_in_tx, bring_standing_in_tx},
    service::{lock_in_tx, mark_in_tx},
    store,
};
use crate::{
    access::{self, Caller, Denied, Permission, Target},
    companies::{CompanyId, Member, Role},
    directory::PEOPLE_STREAM,
    platform::{auth::sessions, changed_keys},
};

/// By whom somebody was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// By staff.
    Blocked,
    /// By an admin of their company.
    Disabled,
}

/// Why, by whom and when somebody is stopped.
#[derive(Debug, Clone, Copy)]
pub struct Stop<'a> {
    /// Why.
    pub reason: &'a Reason,
    /// Who did it.
    pub by: &'a str,
    /// When.
    pub at: DateTime<Utc>,
}

/// Stops somebody everywhere, or lets them go on as far as nobody else has stopped them; says whether that
/// changed anything. Sessions and tokens are over at once, and Keycloak hears of it.
pub async fn stop_in_tx(
    conn: &mut PgConnection,
    user_id: &str,
    kind: Stopped,
    stop: Option<Stop<'_>>,
) -> Result<bool, CompaniesError> {
    if stop.is_some() {
        companies_led_by_in_tx(conn, user_id).await?;
    }
    let kind = match kind {
        Stopped::Blocked => "blocked",
        Stopped::Disabled => "disabled",
    };
    let block = stop.map(|stop| (stop.reason.text(), stop.by, stop.at));
    if !store::set_block(conn, user_id, kind, block).await? {
        return Ok(false);
    }
    if let Some(stop) = stop {
        sessions::end_all_in_tx(conn, user_id, stop.at).await?;
    }
    bring_standing_in_tx(conn, user_id).await?;
    changed_keys::mark(conn, [(PEOPLE_STREAM, user_id)]).await?;
    Ok(true)
}

/// Makes somebody an admin of a company by the word of staff; they need not be in it before.
pub async fn appoint_in_tx(
    conn: &mut PgConnection,
    company_id: CompanyId,
    user_id: &str,
    at: DateTime<Utc>,
) -> Result<(), CompaniesError> {
    lock_in_tx(conn, company_id).await?;
    store::put_member(conn, company_id, user_id, at).await?;
    store::set_role(conn, company_id, user_id, Role::Admin).await?;
    bring_member_in_tx(conn, company_id, user_id).await?;
    Ok(mark_in_tx(conn, company_id, user_id).await?)
}

impl Companies {
    /// The people of a company and those on the way into it, the eldest first, at most `limit`.
    pub async fn people(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        filter: &PeopleFilter,
        limit: i64,
    ) -> Result<Vec<PersonListed>, CompaniesError> {
        caller.require(Permission::PeopleView, Target::Company(company_id.0))?;
        let mut conn = self.pool().acquire().await?;
        Ok(store::people(&mut conn, company_id, filter, self.now(), limit).await?)
    }

    /// One of them, by user id or by the id of the invitation.
    pub async fn person(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        id: &str,
    ) -> Result<PersonListed, CompaniesError> {
        let filter = PeopleFilter { id: Some(id.to_owned()), ..PeopleFilter::default() };
        let found = self.people(caller, company_id, &filter, 1).await?;
        Ok(found.into_iter().next().ok_or(Denied::NotFound)?)
    }

    /// Makes somebody an admin, or a basic user again.
    pub async fn set_role(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        user_id: &str,
        role: Role,
    ) -> Result<(), CompaniesError> {
        caller.require(Permission::AccessManage, Target::Company(company_id.0))?;
        let mut tx = self.pool().begin().await?;
        self.managed_in_tx(&mut tx, caller, company_id).await?;
        let member = member_of(&mut tx, company_id, user_id).await?;
        if member.role == role {
            return Ok(());
        }
        require_to_make(caller, company_id, role)?;
        require_to_stop(caller, company_id, member.role)?;
        if role == Role::User {
            require_another_admin_in_tx(&mut tx, company_id, user_id).await?;
        }
        store::set_role(&mut tx, company_id, user_id, role).await?;
        bring_member_in_tx(&mut tx, company_id, user_id).await?;
        mark_in_tx(&mut tx, company_id, user_id).await?;
        let change = (Some(json!({"role": member.role})), Some(json!({"role": role})), None);
        self.record_person(&mut tx, caller, "person.role_changed", company_id, user_id, change).await?;
        Ok(tx.commit().await?)
    }

    /// Takes somebody out of the company, with all they were granted there. Their account stays.
    pub async fn remove(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        user_id: &str,
        reason: Option<&Reason>,
    ) -> Result<(), CompaniesError> {
        let mut tx = self.pool().begin().await?;
        self.managed_in_tx(&mut tx, caller, company_id).await?;
        self.take_out(&mut tx, caller, company_id, user_id, ("person.removed", reason)).await?;
        Ok(tx.commit().await?)
    }

    /// Leaves a company.
    pub async fn leave(&self, caller: &Caller, company_id: CompanyId) -> Result<(), CompaniesError> {
        let user_id = caller.require_person()?;
        let mut tx = self.pool().begin().await?;
        lock_in_tx(&mut tx, company_id).await?;
        self.take_out(&mut tx, caller, company_id, user_id, ("person.left", None)).await?;
        Ok(tx.commit().await?)
    }

    async fn take_out(
        &self,
        conn: &mut PgConnection,
        caller: &Caller,
        company_id: CompanyId,
        user_id: &str,
        (action, reason): (&'static str, Option<&Reason>),
    ) -> Result<(), CompaniesError> {
        let member = member_of(conn, company_id, user_id).await?;
        if caller.user_id() != Some(user_id) {
            require_to_stop(caller, company_id, member.role)?;
        }
        require_another_admin_in_tx(conn, company_id, user_id).await?;
        store::remove_member(conn, company_id, user_id, self.now()).await?;
        access::delete_grants_in_tx(conn, company_id.0, user_id).await?;
        bring_member_in_tx(conn, company_id, user_id).await?;
        mark_in_tx(conn, company_id, user_id).await?;
        let reason = reason.map(|reason| reason.text().to_owned());
        let change = (Some(json!({"role": member.role})), None, reason);
        Ok(self.record_person(conn, caller, action, company_id, user_id, change).await?)
    }

    /// Stops somebody from signing in; their sessions are over at once. Only for an account that belongs
    /// to this company alone.
    pub async fn disable(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        user_id: &str,
        reason: &Reason,
    ) -> Result<(), CompaniesError> {
        let mut tx = self.pool().begin().await?;
        self.managed_in_tx(&mut tx, caller, company_id).await?;
        let member = member_of(&mut tx, company_id, user_id).await?;
        require_to_stop(caller, company_id, member.role)?;
        if store::is_elsewhere(&mut tx, company_id, user_id).await? {
            return Err(CompaniesError::InAnotherCompany);
        }
        let stop = Stop { reason, by: caller.require_person()?, at: self.now() };
        if stop_in_tx(&mut tx, user_id, Stopped::Disabled, Some(stop)).await? {
            let change = (None, None, Some(reason.text().to_owned()));
            self.record_person(&mut tx, caller, "person.disabled", company_id, user_id, change).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Lets somebody sign in again whom an admin of the company had stopped.
    pub async fn enable(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        user_id: &str,
    ) -> Result<(), CompaniesError> {
        let mut tx = self.pool().begin().await?;
        self.managed_in_tx(&mut tx, caller, company_id).await?;
        member_of(&mut tx, company_id, user_id).await?;
        if stop_in_tx(&mut tx, user_id, Stopped::Disabled, None).await? {
            let change = (None, None, None);
            self.record_person(&mut tx, caller, "person.enabled", company_id, user_id, change).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Has Keycloak send somebody the link by which they choose a new password. Nobody chooses for them.
    pub async fn start_password_reset(
        &self,
        caller: &Caller,
        company_id: CompanyId,
        user_id: &str,
    ) -> Result<(), CompaniesError> {
        let mut tx = self.pool().begin().await?;
        self.managed_in_tx(&mut tx, caller, company_id).await?;
        member_of(&mut tx, company_id, user_id).await?;
        jobs::ask_new_password_in_tx(&mut tx, user_id).await?;
        let change = (None, None, None);
        self.record_person(&mut tx, caller, "person.password_reset_started", company_id, user_id, change)
            .await?;
        Ok(tx.commit().await?)
    }
}

pub(super) async fn member_of(
    conn: &mut PgConnection,
    company_id: CompanyId,
    user_id: &str,
) -> Result<Member, CompaniesError> {
    Ok(store::member(conn, company_id, user_id).await?.ok_or(Denied::NotFound)?)
}
