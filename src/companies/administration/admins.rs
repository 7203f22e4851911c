//! The last admin of a company stays, and nobody is made an admin by who holds less: no path leads past this file.
//!
//! An admin counts while they can act: a member who is not on the way out, whom Keycloak lets sign in, and
//! whom nobody here has stopped. The lock on the company decides between two who go at the same moment.

use sqlx::PgConnection;
use uuid::Uuid;

use super::{Companies, CompaniesError, WithoutAdmin, service::lock_in_tx, store};
use crate::{
    access::{Caller, Level, Permission, Power, Target},
    companies::{CompanyId, Role},
};

/// What being an admin gives.
const ADMIN: Power = Power::Role(Level::Admin);

/// Goes on only if the caller could give this role: who is made an admin holds all of it for good, so must who makes them.
pub(super) fn require_to_make(
    caller: &Caller,
    company_id: CompanyId,
    role: Role,
) -> Result<(), CompaniesError> {
    let may = role == Role::User || caller.may_give(ADMIN, Target::Company(company_id.0), None);
    if may { Ok(()) } else { Err(CompaniesError::BeyondOwn) }
}

/// Goes on only if the caller holds what somebody of this role holds: who holds less neither demotes nor stops nor takes
/// out an admin.
pub(super) fn require_to_stop(
    caller: &Caller,
    company_id: CompanyId,
    role: Role,
) -> Result<(), CompaniesError> {
    let may = role == Role::User || caller.holds_all(ADMIN, Target::Company(company_id.0));
    if may { Ok(()) } else { Err(CompaniesError::BeyondOwn) }
}

/// Goes on only if the company has an admin beside this person, or the person is none. It locks the
/// company; what follows in the same transaction is decided on this.
pub async fn require_another_admin_in_tx(
    conn: &mut PgConnection,
    company_id: CompanyId,
    user_id: &str,
) -> Result<(), CompaniesError> {
    lock_in_tx(conn, company_id).await?;
    let admins = store::admins_who_act(conn, company_id).await?;
    let is_last = admins.iter().any(|admin| admin == user_id) && admins.len() == 1;
    if is_last { Err(CompaniesError::LastAdmin) } else { Ok(()) }
}

/// The same for every company that the person leads: asked before an account is disabled, blocked or
/// deleted.
pub async fn companies_led_by_in_tx(
    conn: &mut PgConnection,
    user_id: &str,
) -> Result<Vec<CompanyId>, CompaniesError> {
    // In one order for everybody, so that nobody waits in a circle.
    let companies = store::companies_led_by(conn, user_id).await?;
    for company in &companies {
        require_another_admin_in_tx(conn, *company, user_id).await?;
    }
    Ok(companies)
}

impl Companies {
    /// Companies in use without an admin who can act, for staff, by name, at most `limit` after a place. It cannot come about here; what a hand does
    /// in Keycloak itself is not asked about before.
    pub async fn without_admin(
        &self,
        caller: &Caller,
        after: Option<(String, Uuid)>,
        limit: i64,
    ) -> Result<Vec<WithoutAdmin>, CompaniesError> {
        caller.require(Permission::DirectoryView, Target::System)?;
        Ok(store::without_admin(&mut *self.pool().acquire().await?, after.as_ref(), limit).await?)
    }
}

/// How many companies in use have no admin who can act, for whoever watches the service.
pub async fn count_without_admin(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    store::count_without_admin(conn).await
}
