//! Brings a company and its admins to Keycloak: the organisation, its members, and their role.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::PgPool;

use super::{CREATE_ORGANIZATION, Company, CompanyId, Role, Status, store};
use crate::{
    adapters::keycloak::{Keycloak, KeycloakError},
    platform::jobs::{Done, Failed, Handler, Job},
};

/// The role of a company's admin, of the people's client.
pub(super) const ADMIN_ROLE: &str = "company-admin";

/// Does the work. What it makes comes back as events, and only then counts.
pub struct OrganizationJob {
    /// Where companies are.
    pub pool: PgPool,
    /// Where they are brought.
    pub keycloak: Arc<dyn Keycloak>,
}

#[async_trait]
impl Handler for OrganizationJob {
    fn kind(&self) -> &'static str {
        CREATE_ORGANIZATION
    }

    async fn run(&self, job: &Job) -> Result<Done, Failed> {
        let id: CompanyId =
            job.key.parse().map_err(|_| Failed::Park("the key is no company id".to_owned()))?;
        let mut conn = self.pool.acquire().await?;
        let companies = store::companies_by_id(&mut conn, &[id]).await?;
        let members = store::members_of_company(&mut conn, id).await?;
        drop(conn);
        let Some(company) = companies.into_iter().find(is_wanted) else { return Ok(Done::Finished) };
        let organization = match &company.organization_id {
            Some(organization) => organization.clone(),
            None => {
                self.keycloak.ensure_organization(&id.to_string(), &company.name).await.map_err(failed)?
            }
        };
        for admin in members.iter().filter(|member| member.role == Role::Admin) {
            self.keycloak.ensure_member(&organization, &admin.user_id).await.map_err(failed)?;
            self.keycloak.ensure_role(&admin.user_id, ADMIN_ROLE).await.map_err(failed)?;
        }
        Ok(Done::Finished)
    }
}

/// A company may have ended, or passed on, since the work was asked for.
fn is_wanted(company: &Company) -> bool {
    company.deleted_at.is_none() && company.status == Status::Active
}

pub(super) fn failed(error: KeycloakError) -> Failed {
    match error {
        // A person who was deleted meanwhile: their event takes them out, and the next run succeeds.
        // A name that is taken: the event of that organisation makes it the company's.
        KeycloakError::Unreachable | KeycloakError::NotFound | KeycloakError::Conflict => {
            Failed::Retry(error.to_string())
        }
        KeycloakError::Refused(status) if status >= 500 => Failed::Retry(error.to_string()),
        // Rights and secrets are put right by people, but then nobody should have to repeat the work.
        KeycloakError::Forbidden(_) => Failed::Retry(error.to_string()),
        KeycloakError::Refused(_) | KeycloakError::Unreadable => Failed::Park(error.to_string()),
    }
}
