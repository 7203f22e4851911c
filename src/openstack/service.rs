//! The use cases: wanting, planning, applying, approving.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::{
    Actual, CloudProject, CloudProjectId, CloudUser, CloudUserId, Finding, Grant, OpenStackConfig, Plan,
    RECONCILE, Repair, Wanted,
    apply::{Broken, Hand},
    difference, store,
};
use crate::{
    adapters::keystone::{Keystone, KeystoneError, QuotaService},
    audit::{self, Actor, AuditId, Entry, Origin, Subject},
    directory::PEOPLE_STREAM,
    platform::{changed_keys, clock::SharedClock, db, entropy::SharedEntropy, jobs, masked::Masked},
};

/// Projects and users in OpenStack. Cheap to clone.
#[derive(Clone)]
pub struct OpenStack(Arc<Inner>);

struct Inner {
    pool: PgPool,
    keystone: Arc<dyn Keystone>,
    config: OpenStackConfig,
    clock: SharedClock,
    entropy: SharedEntropy,
}

/// How often a run compares at most: project, user and limit may each have been made by another run meanwhile.
const ROUNDS: usize = 4;

/// A project that somebody wants.
#[derive(Debug, Clone)]
pub struct NewCloudProject {
    /// Whose it will be.
    pub company_id: Option<Uuid>,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Who answers for it.
    pub contact_name: Option<Masked<String>>,
    /// Where they are reached.
    pub contact_email: Option<Masked<String>>,
    /// When it ends.
    pub ends_at: Option<DateTime<Utc>>,
}

/// A user that somebody wants.
#[derive(Debug, Clone)]
pub struct NewCloudUser {
    /// Keycloak's id of the person, if they are one of its people.
    pub user_id: Option<String>,
    /// Whose domain they belong to.
    pub company_id: Option<Uuid>,
    /// The address, which is the name to sign in with.
    pub email: Masked<String>,
    /// The person's name.
    pub full_name: Masked<String>,
}

/// A quota that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewQuota {
    /// Which service.
    pub service: QuotaService,
    /// What of it.
    pub resource: String,
    /// How much; -1 is unlimited, RAM is in MB.
    pub wanted: i64,
    /// Whether more than that is fine, too: then it is raised, and never lowered.
    pub is_floor: bool,
    /// Until when; then what was before comes back. For good when there is none.
    pub until: Option<DateTime<Utc>>,
}

/// The name is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is one of that name already")]
pub struct Taken;

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What was planned before anything was done.
    pub plan: Plan,
    /// How many repairs were made.
    pub repaired: usize,
    /// Repairs that failed for good, with the reason.
    pub failed: Vec<(Repair, String)>,
    /// Why the rest was left for later.
    pub cut_off: Option<String>,
}

impl OpenStack {
    /// Over this database and Keystone.
    #[must_use]
    pub fn new(
        pool: PgPool,
        keystone: Arc<dyn Keystone>,
        config: &OpenStackConfig,
        clock: SharedClock,
        entropy: SharedEntropy,
    ) -> Self {
        Self(Arc::new(Inner { pool, keystone, config: config.clone(), clock, entropy }))
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    pub(super) fn keystone(&self) -> &dyn Keystone {
        self.0.keystone.as_ref()
    }

    pub(super) fn config(&self) -> &OpenStackConfig {
        &self.0.config
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    /// The domain of a company's projects and users.
    #[must_use]
    pub fn domain_of(&self, company_id: Option<Uuid>) -> String {
        match company_id.filter(|_| self.0.config.domain_per_company) {
            Some(company) => format!("company-{company}"),
            None => self.0.config.domain.clone(),
        }
    }

    /// Whether a user signs in by Keycloak, and has no password of its own.
    #[must_use]
    pub fn is_federated(&self, user: &CloudUser) -> bool {
        self.knows_by_federation(user.user_id.as_deref())
    }

    /// Whether this person of Keycloak, if they are one, signs in by Keycloak.
    #[must_use]
    pub fn knows_by_federation(&self, user_id: Option<&str>) -> bool {
        !self.0.config.federation.federated(user_id).is_empty()
    }

    pub(super) fn new_audit_id(&self) -> AuditId {
        AuditId::generate(self.0.clock.as_ref(), self.0.entropy.as_ref())
    }

    /// Wants a project. The next run makes it.
    pub async fn want_project_in_tx(
        &self,
        conn: &mut PgConnection,
        new: NewCloudProject,
    ) -> Result<Result<CloudProjectId, Taken>, sqlx::Error> {
        let id = CloudProjectId::generate(self.0.clock.as_ref(), self.0.entropy.as_ref());
        let project = CloudProject {
            cloud_project_id: id,
            company_id: new.company_id,
            domain: self.domain_of(new.company_id),
            name: new.name,
            description: new.description,
            contact_name: new.contact_name,
            contact_email: new.contact_email,
            enabled: true,
            ends_at: new.ends_at,
            keystone_id: None,
            failure: None,
        };
        if store::project_named(conn, &project.domain, &project.name).await?.is_some() {
            return Ok(Err(Taken)); // said kindly; the index decides when two come at once
        }
        store::insert_project(conn, &project, self.now()).await?;
        if let Some(end) = project.ends_at {
            self.expect_end_in_tx(conn, end).await?;
        }
        Ok(Ok(id))
    }

    /// Wants a user. It is made by the next run over a project in which it has a task, or by the next pass.
    pub async fn want_user_in_tx(
        &self,
        conn: &mut PgConnection,
        new: NewCloudUser,
    ) -> Result<Result<CloudUserId, Taken>, sqlx::Error> {
        let id = CloudUserId::generate(self.0.clock.as_ref(), self.0.entropy.as_ref());
        let domain = self.domain_of(new.company_id);
        if !store::users_named(conn, &domain, &[new.email.expose().clone()]).await?.is_empty() {
            return Ok(Err(Taken));
        }
        let user = CloudUser {
            cloud_user_id: id,
            user_id: new.user_id,
            domain,
            name: new.email.clone(),
            email: new.email,
            full_name: new.full_name,
            enabled: true,
            keystone_id: None,
            failure: None,
        };
        store::insert_user(conn, &user, self.now()).await?;
        Ok(Ok(id))
    }

    /// Gives a task in a project, or takes it back. The next run brings it to Keystone.
    pub async fn put_grant_in_tx(&self, conn: &mut PgConnection, grant: &Grant) -> Result<(), sqlx::Error> {
        store::put_grant(conn, grant, self.now()).await?;
        let people = store::person_of(conn, grant.cloud_user_id).await?;
        changed_keys::mark(conn, people.into_iter().map(|user| (PEOPLE_STREAM, user))).await
    }

    /// Wants quotas of a project, for good or for a time; what is not named stays. What is wanted for good ends what
    /// was wanted for a time.
    pub async fn want_quotas_in_tx(
        &self,
        conn: &mut PgConnection,
        project: CloudProjectId,
        quotas: &[NewQuota],
    ) -> Result<(), sqlx::Error> {
        if let Some(end) = quotas.iter().filter_map(|quota| quota.until).min() {
            self.expect_end_in_tx(conn, end).await?;
        }
        for quota in quotas {
            match quota.until {
                None => store::put_quota(conn, project, quota).await?,
                Some(until) => store::put_quota_for_a_time(conn, project, quota, until).await?,
            }
        }
        Ok(())
    }

    /// What a run would do; nothing is changed. Of one project, or of everything.
    pub async fn plan(&self, only: Option<CloudProjectId>) -> Result<Plan, RunError> {
        let (wanted, actual) = self.both(only).await?;
        Ok(difference(&wanted, &actual, &self.0.config, only.is_none()))
    }

    /// Compares, reports, and repairs. It may be cut off anywhere and run again.
    ///
    /// A conflict may mean that another run made the same thing meanwhile: it is compared again, and only a name that
    /// is still in the way then is a failure.
    pub async fn apply(&self, only: Option<CloudProjectId>) -> Result<Report, RunError> {
        let mut repaired = 0;
        for _ in 1..ROUNDS {
            let (report, conflict) = self.round(only, true).await?;
            repaired += report.repaired;
            if !conflict {
                return Ok(Report { repaired, ..report });
            }
        }
        let (report, _) = self.round(only, false).await?;
        Ok(Report { repaired: repaired + report.repaired, ..report })
    }

    /// One comparison with its repairs. Says whether it ended at a conflict, if it is to end there.
    async fn round(
        &self,
        only: Option<CloudProjectId>,
        ends_at_conflict: bool,
    ) -> Result<(Report, bool), RunError> {
        let (wanted, actual) = self.both(only).await?;
        let plan = difference(&wanted, &actual, &self.0.config, only.is_none());
        self.report(&plan, only.is_none()).await?;
        let mut hand = Hand::new(self, &wanted, &actual);
        let mut report = Report { plan, ..Report::default() };
        for repair in report.plan.repairs.clone() {
            match hand.make(&repair).await {
                Ok(()) => report.repaired += 1,
                Err(Broken::OpenStack(KeystoneError::Conflict)) if ends_at_conflict => {
                    return Ok((report, true));
                }
                Err(broken) if broken.is_transient() => {
                    report.cut_off = Some(broken.to_string());
                    break;
                }
                Err(broken) => {
                    self.note_failure(&repair, &broken).await?;
                    report.failed.push((repair, broken.to_string()));
                }
            }
        }
        Ok((report, false))
    }

    /// Drift is told before it is repaired.
    async fn report(&self, plan: &Plan, is_whole: bool) -> Result<(), sqlx::Error> {
        if is_whole {
            tracing::info!(
                repairs = plan.repairs.len(),
                findings = plan.findings.len(),
                "OpenStack was compared"
            );
            metrics::gauge!("gatehouse_openstack_drift", "of" => "repairs").set(count(plan.repairs.len()));
            metrics::gauge!("gatehouse_openstack_drift", "of" => "findings").set(count(plan.findings.len()));
        }
        let mut tx = self.0.pool.begin().await?;
        store::note_findings(&mut tx, &plan.findings, is_whole, self.now()).await?;
        tx.commit().await
    }

    async fn both(&self, only: Option<CloudProjectId>) -> Result<(Wanted, Actual), RunError> {
        let mut conn = self.0.pool.acquire().await?;
        let wanted = store::wanted(&mut conn, only, self.now()).await?;
        drop(conn);
        let keystone = self.keystone();
        let actual = match only {
            None => Actual::everything(keystone).await?,
            Some(_) => Actual::around(keystone, &wanted).await?,
        };
        Ok((wanted, actual))
    }

    async fn note_failure(&self, repair: &Repair, broken: &Broken) -> Result<(), sqlx::Error> {
        let subject = match repair {
            Repair::CreateProject { project, .. }
            | Repair::ChangeProject { project, .. }
            | Repair::Grant { project, .. }
            | Repair::CreateGroup { project, .. }
            | Repair::GrantToGroup { project, .. }
            | Repair::Join { project, .. }
            | Repair::SetQuotas { project, .. } => project.0,
            Repair::SetLimit(limit) => limit.project.0,
            Repair::CreateUser { user } | Repair::ChangeUser { user } => user.0,
            _ => return Ok(()),
        };
        let mut conn = self.0.pool.acquire().await?;
        store::note_failure(&mut conn, subject, &broken.to_string()).await
    }

    /// Approves the end of what was found; the next pass, at once, brings it about.
    pub async fn approve(&self, finding: i64, by: &str) -> Result<bool, sqlx::Error> {
        let mut tx = self.0.pool.begin().await?;
        let approved = store::approve(&mut tx, finding, by, self.now()).await?;
        if let Some(found) = &approved {
            self.audit_approval(&mut tx, finding, &found.0, by).await?;
            jobs::enqueue_in_tx(&mut tx, RECONCILE, &[super::EVERYTHING.to_owned()]).await?;
        }
        tx.commit().await?;
        Ok(approved.is_some())
    }

    async fn audit_approval(
        &self,
        conn: &mut PgConnection,
        number: i64,
        finding: &Finding,
        by: &str,
    ) -> Result<(), sqlx::Error> {
        let entry = Entry {
            actor: Actor::Operator { name: by.to_owned() },
            action: "cloud_finding.approved",
            subject: Subject { kind: "cloud_finding", id: number.to_string() },
            company_id: None,
            before: serde_json::to_value(finding).ok(),
            after: None,
            reason: None,
        };
        let id = self.new_audit_id();
        audit::store::record_in_tx(conn, self.now(), id, &Origin::default(), &entry).await
    }
}

#[expect(clippy::cast_precision_loss, reason = "a gauge; exact up to 2^53")]
fn count(count: usize) -> f64 {
    count as f64
}

/// Why there was no run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// OpenStack does not answer as it should.
    #[error(transparent)]
    OpenStack(#[from] KeystoneError),
    /// Our database is away.
    #[error("{}", db::describe(.0))]
    Database(#[from] sqlx::Error),
}
