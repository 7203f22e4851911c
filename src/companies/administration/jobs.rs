//! What was decided here is brought to Keycloak. Each job reads what is wanted at that moment, so it may
//! run twice, late, or for a decision that was taken back.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::{PgConnection, PgPool};

use super::{
    model::InvitationId,
    store::{self, InvitationRow},
};
use crate::{
    adapters::keycloak::{Invitee, Keycloak},
    companies::{
        CompanyId,
        organization_job::{ADMIN_ROLE, failed},
        store::companies_by_id,
    },
    platform::jobs::{self, Done, Failed, Handler, Job},
};

const MEMBER: &str = "companies.member";
const INVITATION: &str = "companies.invitation";
const RENAME: &str = "companies.rename";
const STANDING: &str = "people.standing";
const PASSWORD: &str = "people.password";

/// What every job has.
#[derive(Clone)]
pub struct JobPorts {
    /// Where is read what is wanted.
    pub pool: PgPool,
    /// Where it is brought.
    pub keycloak: Arc<dyn Keycloak>,
}

/// Brings Keycloak whether somebody is in a company, and as what.
pub struct MemberJob(pub JobPorts);
/// Sends an invitation, or takes it back.
pub struct InvitationJob(pub JobPorts);
/// Brings Keycloak the name of a company.
pub struct RenameJob(pub JobPorts);
/// Brings Keycloak whether somebody may sign in, and ends their sessions if not.
pub struct StandingJob(pub JobPorts);
/// Has Keycloak send somebody the link by which they choose a new password.
pub struct PasswordJob(pub JobPorts);

pub(super) async fn bring_member_in_tx(
    conn: &mut PgConnection,
    company_id: CompanyId,
    user_id: &str,
) -> Result<(), sqlx::Error> {
    jobs::enqueue_in_tx(conn, MEMBER, &[format!("{company_id} {user_id}")]).await
}

pub(super) async fn bring_invitations_in_tx(
    conn: &mut PgConnection,
    ids: &[InvitationId],
) -> Result<(), sqlx::Error> {
    let keys: Vec<String> = ids.iter().map(ToString::to_string).collect();
    jobs::enqueue_in_tx(conn, INVITATION, &keys).await
}

pub(super) async fn bring_name_in_tx(
    conn: &mut PgConnection,
    company_id: CompanyId,
) -> Result<(), sqlx::Error> {
    jobs::enqueue_in_tx(conn, RENAME, &[company_id.to_string()]).await
}

/// Has Keycloak hear whether somebody may sign in, as `person_blocks` says.
pub async fn bring_standing_in_tx(conn: &mut PgConnection, user_id: &str) -> Result<(), sqlx::Error> {
    jobs::enqueue_in_tx(conn, STANDING, &[user_id.to_owned()]).await
}

/// Has Keycloak send somebody the link by which they choose a new password.
pub async fn ask_new_password_in_tx(conn: &mut PgConnection, user_id: &str) -> Result<(), sqlx::Error> {
    jobs::enqueue_in_tx(conn, PASSWORD, &[user_id.to_owned()]).await
}

#[async_trait]
impl Handler for MemberJob {
    fn kind(&self) -> &'static str {
        MEMBER
    }

    async fn run(&self, job: &Job) -> Result<Done, Failed> {
        let (company_id, user_id) = job.key.split_once(' ').ok_or_else(unreadable)?;
        let company_id: CompanyId = company_id.parse().map_err(|_| unreadable())?;
        let mut conn = self.0.pool.acquire().await?;
        let company = companies_by_id(&mut conn, &[company_id]).await?.pop();
        let member = store::member_wanted(&mut conn, company_id, user_id).await?;
        let leads = store::leads_any(&mut conn, user_id).await?;
        drop(conn);
        let Some(company) = company.filter(|company| company.deleted_at.is_none()) else {
            return Ok(Done::Finished);
        };
        let organization = company
            .organization_id
            .ok_or_else(|| Failed::Retry("the company has no organisation yet".to_owned()))?;
        let keycloak = &self.0.keycloak;
        if let Some((_, false)) = member {
            keycloak.ensure_member(&organization, user_id).await.map_err(failed)?;
        } else {
            keycloak.remove_member(&organization, user_id).await.map_err(failed)?;
            store::forget_removed(&mut *self.0.pool.acquire().await?, company_id, user_id).await?;
        }
        // The role in the token says that somebody is an admin of a company, not of which.
        if leads {
            keycloak.ensure_role(user_id, ADMIN_ROLE).await.map_err(failed)?;
        } else {
            keycloak.remove_role(user_id, ADMIN_ROLE).await.map_err(failed)?;
        }
        Ok(Done::Finished)
    }
}

#[async_trait]
impl Handler for InvitationJob {
    fn kind(&self) -> &'static str {
        INVITATION
    }

    async fn run(&self, job: &Job) -> Result<Done, Failed> {
        let id: InvitationId = job.key.parse().map_err(|_| unreadable())?;
        let mut conn = self.0.pool.acquire().await?;
        let invitation = store::invitation(&mut conn, id).await?;
        drop(conn);
        // Accepted, or forgotten.
        let Some(invitation) = invitation else { return Ok(Done::Finished) };
        let InvitationRow { email, first_name, last_name, state, organization_id } = invitation;
        let organization =
            organization_id.ok_or_else(|| Failed::Retry("the company has no organisation yet".to_owned()))?;
        let keycloak = &self.0.keycloak;
        if state == "cancelled" {
            keycloak.cancel_invitation(&organization, &email).await.map_err(failed)?;
            store::forget_cancelled(&mut *self.0.pool.acquire().await?, id).await?;
        } else {
            let invitee = Invitee { email, first_name, last_name };
            keycloak.invite(&organization, &invitee).await.map_err(failed)?;
            store::invitation_sent(&mut *self.0.pool.acquire().await?, id).await?;
        }
        Ok(Done::Finished)
    }
}

#[async_trait]
impl Handler for RenameJob {
    fn kind(&self) -> &'static str {
        RENAME
    }

    async fn run(&self, job: &Job) -> Result<Done, Failed> {
        let company_id: CompanyId = job.key.parse().map_err(|_| unreadable())?;
        let wanted = store::wanted_name(&mut *self.0.pool.acquire().await?, company_id).await?;
        let Some((name, organization)) = wanted else { return Ok(Done::Finished) };
        let organization =
            organization.ok_or_else(|| Failed::Retry("the company has no organisation yet".to_owned()))?;
        self.0.keycloak.rename_organization(&organization, &name).await.map_err(failed)?;
        store::name_is_had(&mut *self.0.pool.acquire().await?, company_id, &name).await?;
        Ok(Done::Finished)
    }
}

#[async_trait]
impl Handler for StandingJob {
    fn kind(&self) -> &'static str {
        STANDING
    }

    async fn run(&self, job: &Job) -> Result<Done, Failed> {
        let stopped = store::is_stopped(&mut *self.0.pool.acquire().await?, &job.key).await?;
        self.0.keycloak.set_enabled(&job.key, !stopped).await.map_err(failed)?;
        if stopped {
            self.0.keycloak.end_sessions(&job.key).await.map_err(failed)?;
        }
        Ok(Done::Finished)
    }
}

#[async_trait]
impl Handler for PasswordJob {
    fn kind(&self) -> &'static str {
        PASSWORD
    }

    async fn run(&self, job: &Job) -> Result<Done, Failed> {
        self.0.keycloak.ask_new_password(&job.key).await.map_err(failed)?;
        Ok(Done::Finished)
    }
}

fn unreadable() -> Failed {
    Failed::Park("the key cannot be read".to_owned())
}
