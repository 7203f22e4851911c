//! Brings about what was approved. It may be cut off anywhere: each part is one transaction, or a call that is safe to
//! repeat, and the next run goes on where the last one ended.

use async_trait::async_trait;
use secrecy::ExposeSecret as _;
use sqlx::PgConnection;

use super::{
    Ask, Intake, Kind, PROVISION, ProjectAsk, QuotaAsk, Request, RequestId, State, TIME_IS_OVER,
    letters::{self, QuotaNews},
    store,
};
use crate::{
    notices,
    openstack::{self, CloudProjectId, CloudUserId, Grant, NewCloudProject, NewCloudUser, NewQuota},
    passwords::{Begin, Occasion, Pin, Recipient, Sealed},
    platform::jobs::{Done, Failed, Handler, Job},
};

/// Does the work.
pub struct ProvisionJob(pub Intake);

#[async_trait]
impl Handler for ProvisionJob {
    fn kind(&self) -> &'static str {
        PROVISION
    }

    fn max_attempts(&self) -> i32 {
        i32::MAX // an OpenStack that is away costs nothing but time
    }

    fn time_limit(&self) -> std::time::Duration {
        std::time::Duration::from_mins(5)
    }

    async fn run(&self, job: &Job) -> Result<Done, Failed> {
        let id: RequestId =
            job.key.parse().map_err(|_| Failed::Park("the key is no request's id".to_owned()))?;
        let Some(project) = self.want(id).await? else { return Ok(Done::Finished) };
        let report = self.0.ports().openstack.apply(Some(project)).await;
        let report = report.map_err(|error| Failed::Retry(error.to_string()))?;
        if let Some(reason) = report.cut_off {
            return Err(Failed::Retry(reason));
        }
        let finding = report.plan.findings.iter().find(|finding| finding.stops_provisioning());
        let failure = report.failed.first().map(|(_, reason)| reason.clone());
        // What was found in the way is the cause of what failed after it.
        if let Some(reason) = finding.map(ToString::to_string).or(failure) {
            self.fail(id, &reason).await?;
            return Ok(Done::Finished);
        }
        self.finish(id).await?;
        Ok(Done::Finished)
    }
}

impl ProvisionJob {
    /// Wants everything that is asked for, once. Returns the project, if there is work to do.
    async fn want(&self, id: RequestId) -> Result<Option<CloudProjectId>, Failed> {
        let intake = &self.0;
        let mut tx = intake.pool().begin().await?;
        let Some(request) = store::lock(&mut tx, id).await? else { return Ok(None) };
        let state = request.state();
        if !matches!(state, State::Approved | State::Provisioning) {
            return Ok(None);
        }
        if self.is_too_late(&mut tx, &request).await? {
            self.fail_in_tx(&mut tx, &request, TIME_IS_OVER).await?;
            tx.commit().await?;
            return Ok(None);
        }
        if request.ask.is_over(intake.now()) {
            // It was set in time. A run now would take it back before anybody was told of it.
            tx.rollback().await?;
            self.finish(id).await?;
            return Ok(None);
        }
        if state == State::Provisioning {
            return Ok(request.cloud_project_id);
        }
        let wanted = match request.cloud_project_id {
            // It failed once and is tried again: what was wanted is wanted still.
            Some(project) => Ok((project, request.cloud_user_id)),
            None => self.want_all(&mut tx, &request).await?,
        };
        match wanted {
            Ok((project, user)) => {
                store::note_wanted(&mut tx, id, project, user).await?;
                let now = intake.now();
                store::step(&mut tx, id, State::Provisioning, "gatehouse", None, now).await?;
                tx.commit().await?;
                Ok(Some(project))
            }
            Err(reason) => {
                tx.rollback().await?;
                self.fail(id, reason).await?;
                Ok(None)
            }
        }
    }

    async fn want_all(
        &self,
        conn: &mut PgConnection,
        request: &Request,
    ) -> Result<Result<(CloudProjectId, Option<CloudUserId>), &'static str>, sqlx::Error> {
        let openstack = &self.0.ports().openstack;
        let ask = &request.ask.0;
        let home = self.0.home(conn, &ask.email).await?;
        let held = openstack::store::users_named(conn, &home.domain, &[ask.email.expose().clone()]).await?;
        let user = match (ask.is_new_user, held.first()) {
            (true, None) => {
                let new = NewCloudUser {
                    user_id: home.user_id.clone(),
                    company_id: home.company_id,
                    email: ask.email.clone(),
                    full_name: ask.full_name(),
                };
                match openstack.want_user_in_tx(conn, new).await? {
                    Ok(id) => Some(id),
                    Err(_) => return Ok(Err("there is an account of that name already")),
                }
            }
            (true, Some(_)) => return Ok(Err("there is an account of that name already")),
            (false, held) => held.map(|user| user.cloud_user_id),
        };
        let project = match self.want_project(conn, ask, home.company_id, &home.domain).await? {
            Ok(project) => project,
            Err(reason) => return Ok(Err(reason)),
        };
        let mut members: Vec<CloudUserId> =
            if request.kind() == Kind::Access { user.into_iter().collect() } else { Vec::new() };
        if let ProjectAsk::New { extra_users, .. } = &ask.project {
            let names: Vec<String> = extra_users.iter().map(|name| name.expose().clone()).collect();
            let extra = openstack::store::users_named(conn, &home.domain, &names).await?;
            members.extend(extra.into_iter().map(|user| user.cloud_user_id));
        }
        for cloud_user_id in members {
            let task = self.0.config().task.clone();
            let grant = Grant { cloud_project_id: project, cloud_user_id, task, is_wanted: true };
            openstack.put_grant_in_tx(conn, &grant).await?;
        }
        let quota = |quota: &QuotaAsk| NewQuota {
            service: quota.service,
            resource: quota.resource.clone(),
            wanted: quota.value,
            is_floor: quota.is_floor,
            // A project that ends takes its quotas along.
            until: ask.ends_at().filter(|_| request.kind() == Kind::Quota),
        };
        let quotas: Vec<_> = ask.quotas.iter().map(quota).collect();
        openstack.want_quotas_in_tx(conn, project, &quotas).await?;
        Ok(Ok((project, user.filter(|_| ask.is_new_user))))
    }

    async fn want_project(
        &self,
        conn: &mut PgConnection,
        ask: &Ask,
        company_id: Option<uuid::Uuid>,
        domain: &str,
    ) -> Result<Result<CloudProjectId, &'static str>, sqlx::Error> {
        let ProjectAsk::New { name, description, .. } = &ask.project else {
            let held = openstack::store::project_named(conn, domain, ask.project.name()).await?;
            return Ok(held
                .map(|project| project.cloud_project_id)
                .ok_or("there is no project of that name"));
        };
        let new = NewCloudProject {
            company_id,
            name: name.clone(),
            description: description.clone(),
            contact_name: Some(ask.full_name()),
            contact_email: Some(ask.email.clone()),
            ends_at: ask.ends_at(),
        };
        let wanted = self.0.ports().openstack.want_project_in_tx(conn, new).await?;
        Ok(wanted.map_err(|_| "there is a project of that name already"))
    }

    /// Everything is there: the link is begun, the mails are queued, and the request is done, in one transaction.
    async fn finish(&self, id: RequestId) -> Result<(), Failed> {
        let intake = &self.0;
        let mut conn = intake.pool().acquire().await?;
        let Some(request) = store::find(&mut conn, id).await? else { return Ok(()) };
        drop(conn);
        // Hashing takes its time, and holds no transaction.
        let pin = match self.pin(&request) {
            Some(pin) => Some(intake.ports().passwords.hash_pin(pin).await.map_err(unavailable)?),
            None => None,
        };
        let mut tx = intake.pool().begin().await?;
        let Some(request) = store::lock(&mut tx, id).await? else { return Ok(()) };
        if request.state() != State::Provisioning {
            return Ok(());
        }
        if self.is_too_late(&mut tx, &request).await? {
            self.fail_in_tx(&mut tx, &request, TIME_IS_OVER).await?;
            return Ok(tx.commit().await?);
        }
        let ask = &request.ask.0;
        let user = match request.cloud_user_id {
            Some(user) => openstack::store::user_by_id(&mut tx, user).await?,
            None => None,
        };
        // Whoever signs in by Keycloak has a password there, and a second factor.
        let has_link = user.as_ref().is_some_and(|user| !intake.ports().openstack.is_federated(user));
        if request.cloud_user_id.is_some() && has_link {
            let keystone_id = user.and_then(|user| user.keystone_id);
            let (Some(user_id), Some(pin)) = (keystone_id, pin) else {
                return Err(Failed::Park("the account, or its PIN, is not there".to_owned()));
            };
            let to = Recipient {
                address: ask.email.clone(),
                name: ask.full_name(),
                language: ask.language,
                occasion: Occasion::First,
            };
            let begin = Begin { user_id, pin, to };
            intake.ports().passwords.begin_in_tx(&mut tx, begin).await.map_err(unavailable)?;
        }
        let quotas = match request.cloud_project_id.filter(|_| !ask.quotas.is_empty()) {
            Some(project) => Some(self.quota_news(&mut tx, project, ask).await?),
            None => None,
        };
        let notices = letters::done(intake, &request, quotas.as_ref(), has_link);
        notices::store::enqueue_in_tx(&mut tx, &notices).await?;
        store::step(&mut tx, id, State::Done, "gatehouse", None, intake.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What became of the quotas that were asked for, and everybody in the project, who is told.
    async fn quota_news(
        &self,
        conn: &mut PgConnection,
        project: CloudProjectId,
        ask: &Ask,
    ) -> Result<QuotaNews, sqlx::Error> {
        let mut to = Vec::new();
        for (address, name) in openstack::store::people_of_project(conn, project).await? {
            let language = self.0.language_of(conn, &address).await?;
            to.push((address, name, language));
        }
        let mut changes = openstack::store::quota_changes(conn, project).await?;
        // What earlier requests changed is no news.
        changes.retain(|(resource, ..)| ask.quotas.iter().any(|quota| quota.resource == *resource));
        Ok(QuotaNews { changes, to })
    }

    /// Whether the time that it was asked for is over, and it was not brought about in that time.
    async fn is_too_late(&self, conn: &mut PgConnection, request: &Request) -> Result<bool, sqlx::Error> {
        if !request.ask.is_over(self.0.now()) {
            return Ok(false);
        }
        match request.cloud_project_id.zip(request.ask.ends_at()).filter(|_| request.kind() == Kind::Quota) {
            Some((project, end)) => Ok(!openstack::store::was_set_until(conn, project, end).await?),
            None => Ok(true),
        }
    }

    fn pin(&self, request: &Request) -> Option<Pin> {
        let (bytes, version) = request.sealed_pin.clone().zip(request.pin_version)?;
        let opened = self.0.keys().open(&request.request_id.to_string(), &Sealed { version, bytes })?;
        Pin::parse(opened.expose_secret())
    }

    async fn fail(&self, id: RequestId, reason: &str) -> Result<(), sqlx::Error> {
        let mut tx = self.0.pool().begin().await?;
        let Some(request) = store::lock(&mut tx, id).await? else { return Ok(()) };
        self.fail_in_tx(&mut tx, &request, reason).await?;
        tx.commit().await
    }

    async fn fail_in_tx(
        &self,
        conn: &mut PgConnection,
        request: &Request,
        reason: &str,
    ) -> Result<(), sqlx::Error> {
        let id = request.request_id;
        store::step(conn, id, State::Failed, "gatehouse", Some(reason), self.0.now()).await?;
        self.0.tell_of_failure(conn, request, reason).await
    }
}

fn unavailable(refusal: crate::passwords::Refusal) -> Failed {
    Failed::Retry(format!("the first password could not be begun: {refusal:?}"))
}
