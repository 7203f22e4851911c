//! Tells of what ends: of projects and quotas before, and of quotas once the former values are back.

use serde_json::{Map, Value, json};
use sqlx::PgConnection;

use super::{Intake, letters};
use crate::{
    audit::{self, Actor, Entry, Origin, Subject},
    notices::{self, Notice},
    openstack::{self, EndingQuotas},
};

impl Intake {
    /// Queues the mails about ends, each once.
    pub(super) async fn tell_of_ends(&self, conn: &mut PgConnection) -> Result<(), sqlx::Error> {
        let openstack = &self.ports().openstack;
        let mut notices = Vec::new();
        for project in openstack.take_ending_in_tx(conn).await? {
            let Some(to) = &project.contact_email else { continue };
            let language = self.language_of(conn, to).await?;
            notices.extend(letters::ending(self.notice_id(), &project, language));
        }
        for ending in openstack.take_quotas_ending_in_tx(conn).await? {
            notices.extend(self.to_everybody(conn, letters::QUOTA_ENDING, &ending).await?);
        }
        for ended in openstack.take_quotas_returned_in_tx(conn).await? {
            notices.extend(self.to_everybody(conn, letters::QUOTA_BACK, &ended).await?);
            self.record_return(conn, &ended).await?;
        }
        notices::store::enqueue_in_tx(conn, &notices).await.map(drop)
    }

    /// The same mail for everybody who has a task in the project, as with any change of its quotas.
    async fn to_everybody(
        &self,
        conn: &mut PgConnection,
        kind: &'static str,
        ending: &EndingQuotas,
    ) -> Result<Vec<Notice>, sqlx::Error> {
        let people = openstack::store::people_of_project(conn, ending.project.cloud_project_id).await?;
        let mut notices = Vec::new();
        for (to, name) in people {
            let language = self.language_of(conn, &to).await?;
            notices.push(letters::quotas_end(self.notice_id(), kind, (&to, &name), ending, language));
        }
        Ok(notices)
    }

    async fn record_return(&self, conn: &mut PgConnection, ended: &EndingQuotas) -> Result<(), sqlx::Error> {
        let values = |value: fn(&openstack::QuotaChange) -> Value| -> Map<String, Value> {
            ended.changes.iter().map(|change| (change.0.clone(), value(change))).collect()
        };
        let entry = Entry {
            actor: Actor::Service,
            action: "cloud_quota.returned",
            subject: Subject { kind: "cloud_project", id: ended.project.cloud_project_id.to_string() },
            company_id: ended.project.company_id,
            before: Some(values(|(_, before, _)| json!(before)).into()),
            after: Some(values(|(.., after)| json!(after)).into()),
            reason: Some(format!("the time until {} is over", ended.until.format("%Y-%m-%dT%H:%MZ"))),
        };
        audit::store::record_in_tx(conn, self.now(), self.audit_id(), &Origin::default(), &entry).await
    }
}
