//! The administrators of a company give tasks in its projects, and take them back. Keystone has it within seconds.

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{CloudProject, CloudProjectId, CloudUserId, Grant, NewCloudUser, OpenStack, RECONCILE, store};
use crate::{
    access::{Caller, Permission, Target},
    audit::{self, Entry, Subject},
    companies, directory,
    platform::{db, jobs, masked::Masked},
};

/// Who manages the projects of a company.
#[derive(Debug, Clone)]
pub struct Manager {
    /// As whom they call.
    pub caller: Caller,
    /// Whose projects they manage.
    pub company_id: Uuid,
}

/// A task that somebody has in a project.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HeldTask {
    /// Where.
    pub cloud_project_id: CloudProjectId,
    /// Who.
    pub cloud_user_id: CloudUserId,
    /// How they are called.
    pub full_name: Masked<String>,
    /// The name of their account.
    pub name: Masked<String>,
    /// What: a key of `openstack.tasks`.
    pub task: String,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum TaskRefused {
    /// The company has no such project, nobody of that name, or the task does not exist.
    #[error("there is no such project, person or task")]
    Unknown,
    /// The person has no account in OpenStack, and must ask for one, with a PIN.
    #[error("the person has no account in OpenStack yet")]
    NoAccount,
    /// Our database is away.
    #[error("{}", db::describe(.0))]
    Database(#[from] sqlx::Error),
}

impl OpenStack {
    /// The tasks that can be given.
    pub fn tasks(&self) -> impl Iterator<Item = &str> {
        self.config().tasks.keys().map(String::as_str)
    }

    /// The projects of a company by name, with the tasks that people have in them.
    pub async fn projects_of(
        &self,
        company_id: Uuid,
    ) -> Result<(Vec<CloudProject>, Vec<HeldTask>), sqlx::Error> {
        let mut conn = self.pool().acquire().await?;
        let projects = store::of_company(&mut conn, company_id).await?;
        Ok((projects, store::tasks_of_company(&mut conn, company_id).await?))
    }

    /// The quotas for a time that run in the projects of a company: the resource, how much, and until when.
    pub async fn quotas_for_a_time(
        &self,
        company_id: Uuid,
    ) -> Result<Vec<(CloudProjectId, String, i64, DateTime<Utc>)>, sqlx::Error> {
        let mut conn = self.pool().acquire().await?;
        store::for_a_time_in_company(&mut conn, company_id, self.now()).await
    }

    /// Gives a member of the company a task in one of its projects.
    pub async fn give_task(
        &self,
        manager: &Manager,
        project: CloudProjectId,
        user_id: &str,
        task: &str,
    ) -> Result<(), TaskRefused> {
        let mut tx = self.pool().begin().await?;
        self.require_project(&mut tx, manager, project).await?;
        if !self.config().tasks.contains_key(task) {
            return Err(TaskRefused::Unknown);
        }
        let found = companies::companies_of_people(&mut tx, &[user_id.to_owned()]).await?;
        if found.get(user_id).is_none_or(|(company, _)| company.company_id.0 != manager.company_id) {
            return Err(TaskRefused::Unknown);
        }
        let user = self.account_of(&mut tx, manager.company_id, user_id).await?;
        self.set_task(&mut tx, manager, (project, user, task), true).await?;
        Ok(tx.commit().await?)
    }

    /// Takes a task back from whoever has it, also when they have left the company.
    pub async fn take_task_back(
        &self,
        manager: &Manager,
        project: CloudProjectId,
        user: CloudUserId,
        task: &str,
    ) -> Result<(), TaskRefused> {
        let mut tx = self.pool().begin().await?;
        self.require_project(&mut tx, manager, project).await?;
        let held = store::tasks_of_company(&mut tx, manager.company_id).await?;
        let is_held = |held: &HeldTask| {
            held.cloud_project_id == project && held.cloud_user_id == user && held.task == task
        };
        if !held.iter().any(is_held) {
            return Err(TaskRefused::Unknown);
        }
        self.set_task(&mut tx, manager, (project, user, task), false).await?;
        Ok(tx.commit().await?)
    }

    async fn require_project(
        &self,
        conn: &mut PgConnection,
        manager: &Manager,
        project: CloudProjectId,
    ) -> Result<(), TaskRefused> {
        let target = Target::Deployment { company: manager.company_id, deployment: project.0 };
        if manager.caller.require(Permission::DeploymentAccess, target).is_err() {
            return Err(TaskRefused::Unknown);
        }
        let found = store::project_by_id(conn, project).await?;
        let is_theirs = found.is_some_and(|found| found.company_id == Some(manager.company_id));
        if is_theirs { Ok(()) } else { Err(TaskRefused::Unknown) }
    }

    /// The account of a person of Keycloak; who signs in by Keycloak gets one at once.
    async fn account_of(
        &self,
        conn: &mut PgConnection,
        company_id: Uuid,
        user_id: &str,
    ) -> Result<CloudUserId, TaskRefused> {
        let people = directory::people_by_id(conn, &[user_id.to_owned()]).await?;
        let person = people.into_iter().find(|person| person.is_alive() && person.enabled);
        let person = person.ok_or(TaskRefused::Unknown)?;
        let email = person.email.ok_or(TaskRefused::NoAccount)?;
        let domain = self.domain_of(Some(company_id));
        let held = store::users_named(conn, &domain, &[email.expose().clone()]).await?;
        if let Some(held) = held.first() {
            return Ok(held.cloud_user_id);
        }
        if !self.knows_by_federation(Some(user_id)) {
            return Err(TaskRefused::NoAccount);
        }
        let names = [person.first_name, person.last_name].map(Option::unwrap_or_default);
        let full_name = format!("{} {}", names[0].expose(), names[1].expose()).trim().to_owned();
        let new = NewCloudUser {
            user_id: Some(user_id.to_owned()),
            company_id: Some(company_id),
            email,
            full_name: Masked::new(full_name),
        };
        self.want_user_in_tx(conn, new).await?.map_err(|_| TaskRefused::Unknown)
    }

    async fn set_task(
        &self,
        conn: &mut PgConnection,
        manager: &Manager,
        (cloud_project_id, cloud_user_id, task): (CloudProjectId, CloudUserId, &str),
        is_wanted: bool,
    ) -> Result<(), TaskRefused> {
        let grant = Grant { cloud_project_id, cloud_user_id, task: task.to_owned(), is_wanted };
        self.put_grant_in_tx(conn, &grant).await?;
        jobs::enqueue_in_tx(conn, RECONCILE, &[cloud_project_id.to_string()]).await?;
        let what = json!({"cloud_user_id": cloud_user_id, "task": task});
        let entry = Entry {
            actor: manager.caller.actor(),
            action: if is_wanted { "cloud_task.given" } else { "cloud_task.taken_back" },
            subject: Subject { kind: "cloud_project", id: cloud_project_id.to_string() },
            company_id: Some(manager.company_id),
            before: (!is_wanted).then(|| what.clone()),
            after: is_wanted.then_some(what),
            reason: None,
        };
        let id = self.new_audit_id();
        Ok(audit::store::record_in_tx(conn, self.now(), id, &manager.caller.origin, &entry).await?)
    }
}
