//! What needs a second pair of eyes: asked by one, decided by another, and then done.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    BackOffice,
    model::{Approval, ApprovalId, ApprovalKind, BackOfficeError},
    service::{known, person_of},
    store,
};
use crate::{
    access::{Caller, Denied, Permission, Target},
    adapters::keycloak::Keycloak,
    companies::{
        CompanyId,
        administration::{Reason, appoint_in_tx},
    },
    otp,
    platform::{
        auth::sessions,
        db,
        jobs::{self, Done, Failed, Handler, Job},
    },
};

/// The work of taking a person's factors; its key is the user id.
const FACTORS: &str = "people.factors";

impl BackOffice {
    /// Asks for a second pair of eyes. An admin of the person's company may ask for a reset of factors too.
    pub async fn ask(
        &self,
        caller: &Caller,
        kind: ApprovalKind,
        user_id: &str,
        reason: &Reason,
    ) -> Result<ApprovalId, BackOfficeError> {
        let by = caller.require_person()?;
        let mut tx = self.pool().begin().await?;
        let companies: Vec<Uuid> =
            store::memberships(&mut tx, user_id).await?.into_iter().map(|it| it.company_id).collect();
        match kind {
            ApprovalKind::FactorReset if caller.may(Permission::FactorsReset, &Target::System) => {}
            ApprovalKind::FactorReset => caller.require_in_one_of(Permission::PeopleManage, &companies)?,
            ApprovalKind::OwnerChange(_) => caller.require(Permission::OwnersChange, Target::System)?,
        }
        known(&mut tx, user_id).await?;
        if let ApprovalKind::OwnerChange(company_id) = kind
            && !store::company_exists(&mut tx, company_id).await?
        {
            return Err(Denied::NotFound.into());
        }
        let id = ApprovalId::generate(self.clock().as_ref(), self.entropy().as_ref());
        let asked = store::ask(&mut tx, id, kind, user_id, reason.text(), (by, self.clock().now())).await;
        asked.map_err(|error| match db::violated_constraint(&error) {
            Some("approvals_open_idx") => BackOfficeError::AskedAlready,
            _ => BackOfficeError::Database(error),
        })?;
        let company_id = companies.first().copied();
        self.record(&mut tx, caller, "approval.asked", person_of(user_id), company_id, Some(reason)).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// What waits for a second pair of eyes, the eldest first.
    pub async fn approvals(
        &self,
        caller: &Caller,
        after: Option<(DateTime<Utc>, ApprovalId)>,
        limit: i64,
    ) -> Result<Vec<Approval>, BackOfficeError> {
        caller.require(Permission::DirectoryView, Target::System)?;
        let mut conn = self.pool().acquire().await?;
        Ok(store::waiting(&mut conn, after, limit).await?)
    }

    /// Decides what somebody else has asked for, and has it done.
    pub async fn decide(
        &self,
        caller: &Caller,
        id: ApprovalId,
        approve: bool,
    ) -> Result<(), BackOfficeError> {
        let by = caller.require_person()?;
        caller.require(Permission::FactorsReset, Target::System)?;
        caller.require(Permission::OwnersChange, Target::System)?;
        let now = self.clock().now();
        let mut tx = self.pool().begin().await?;
        let decided = store::decide(&mut tx, id, approve, (by, now)).await;
        let approval = decided.map_err(|error| match db::violated_constraint(&error) {
            Some("approvals_four_eyes") => BackOfficeError::SameEyes,
            _ => BackOfficeError::Database(error),
        })?;
        let approval = approval.ok_or(Denied::NotFound)?;
        if approve {
            carry_out(&mut tx, &approval, now).await?;
        }
        let action = if approve { "approval.given" } else { "approval.refused" };
        let subject = person_of(&approval.user_id);
        self.record(&mut tx, caller, action, subject, approval.company_id, None).await?;
        Ok(tx.commit().await?)
    }
}

/// Does what two have agreed on.
async fn carry_out(
    conn: &mut PgConnection,
    approval: &Approval,
    now: DateTime<Utc>,
) -> Result<(), BackOfficeError> {
    if let Some(company_id) = approval.company_id {
        return Ok(appoint_in_tx(conn, CompanyId(company_id), &approval.user_id, now).await?);
    }
    sessions::end_all_in_tx(conn, &approval.user_id, now).await?;
    otp::reset_all_in_tx(conn, &approval.user_id).await?;
    Ok(jobs::enqueue_in_tx(conn, FACTORS, std::slice::from_ref(&approval.user_id)).await?)
}

/// Takes every second factor from a person, and their sessions; they enrol anew at the next login.
pub struct FactorsJob(pub Arc<dyn Keycloak>);

#[async_trait]
impl Handler for FactorsJob {
    fn kind(&self) -> &'static str {
        FACTORS
    }

    async fn run(&self, job: &Job) -> Result<Done, Failed> {
        let retry = |error: crate::adapters::keycloak::KeycloakError| Failed::Retry(error.to_string());
        self.0.remove_factors(&job.key).await.map_err(retry)?;
        self.0.end_sessions(&job.key).await.map_err(retry)?;
        Ok(Done::Finished)
    }
}
