//! Time is up: what nobody decided goes one step up, and whoever it is for then is told.

use sqlx::PgConnection;

use super::{Act, By, Intake, Request, letters, store};
use crate::{
    directory, notices,
    platform::{language::Language, masked::Masked},
};

/// Why it went up, in the record and in the mail.
const NOBODY: &str = "nobody decided in time";
const ASSIGNEE: &str = "whoever it was handed to did not decide in time";

impl Intake {
    /// Moves up what nobody decided in time, since it came or since it was handed on. Returns how many these are.
    ///
    /// # Errors
    /// When the database is away; then nothing is moved.
    pub async fn escalate_overdue(&self) -> Result<usize, sqlx::Error> {
        let (undecided, handed) = self.config().decision_waits();
        let now = self.now();
        let mut tx = self.pool().begin().await?;
        let overdue = store::lock_overdue(&mut tx, now - undecided, now - handed).await?;
        for request in &overdue {
            let is_handed = request.assigned_at.is_some_and(|at| at <= now - handed);
            let reason = if is_handed { ASSIGNEE } else { NOBODY };
            let (id, by, act) =
                (request.request_id, By::service("gatehouse"), Act::Escalate(reason.to_owned()));
            let home = self.home(&mut tx, &request.ask.email).await?;
            store::escalate(&mut tx, id, now).await?;
            store::record(&mut tx, id, "escalated", "gatehouse", Some(reason), now).await?;
            self.tell_of_escalation(&mut tx, request, reason).await?;
            self.record_act(&mut tx, request, (&act, request.state()), &by, &home).await?;
        }
        tx.commit().await?;
        Ok(overdue.len())
    }

    /// Tells whoever decides last; the help desk, when nobody is named.
    pub(super) async fn tell_of_escalation(
        &self,
        conn: &mut PgConnection,
        request: &Request,
        reason: &str,
    ) -> Result<(), sqlx::Error> {
        let config = self.config();
        let Some(to) = config.escalate_to.as_ref().or(config.help_desk.as_ref()) else { return Ok(()) };
        let notice = letters::escalated(self.notice_id(), to, request, reason);
        notices::store::enqueue_in_tx(conn, &[notice]).await.map(drop)
    }

    /// Tells whom a request was handed to, if we know how to reach them.
    pub(super) async fn tell_assignee(
        &self,
        conn: &mut PgConnection,
        request: &Request,
        to: &str,
    ) -> Result<(), sqlx::Error> {
        let person = directory::people_by_id(conn, &[to.to_owned()]).await?.pop();
        let Some(person) = person.filter(directory::PersonRow::is_alive) else { return Ok(()) };
        let Some(email) = person.email.filter(|_| person.email_verified) else { return Ok(()) };
        let language = Language::of(person.locale.as_deref().unwrap_or_default());
        let name = person.first_name.unwrap_or_else(|| Masked::new(String::new()));
        let notice = letters::assigned(self.notice_id(), &email, language, &name, request);
        notices::store::enqueue_in_tx(conn, &[notice]).await.map(drop)
    }

    /// Tells the help desk that something could not be brought about.
    pub(super) async fn tell_of_failure(
        &self,
        conn: &mut PgConnection,
        request: &Request,
        reason: &str,
    ) -> Result<(), sqlx::Error> {
        let Some(help_desk) = &self.config().help_desk else { return Ok(()) };
        let notice = letters::failed(self.notice_id(), help_desk, request, reason);
        notices::store::enqueue_in_tx(conn, &[notice]).await.map(drop)
    }
}
