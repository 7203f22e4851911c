//! Requests as staff see them: what waits, masked, and one whole, which is recorded.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Act, Ask, By, Intake, Refused, Request, RequestId, State, Step, store};
use crate::{
    access::{Caller, Denied, Permission, Target},
    audit::{self, Entry, Subject},
    contacts,
};

/// A request in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Waiting {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub request_id: RequestId,
    /// `access` or `quota`.
    pub kind: String,
    /// How it stands.
    pub state: String,
    /// The address of whoever asks, masked.
    pub account: String,
    /// The project it is about.
    pub project: String,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// Whom it was handed to.
    pub assignee: Option<String>,
    /// When it is due: then it goes one step up by itself. None when it has, or is decided.
    pub due_at: Option<DateTime<Utc>>,
    /// When it went one step up.
    pub escalated_at: Option<DateTime<Utc>>,
    /// Why it was rejected, or failed.
    pub reason: Option<String>,
}

impl Intake {
    /// The requests in a state, or all that wait for somebody; the eldest first.
    ///
    /// # Errors
    /// For those who are not of staff.
    pub async fn waiting(
        &self,
        caller: &Caller,
        state: Option<State>,
        after: Option<(DateTime<Utc>, RequestId)>,
        limit: i64,
    ) -> Result<Vec<Waiting>, Refused> {
        caller.require(Permission::DirectoryView, Target::System)?;
        let open = [State::Received, State::Notified, State::Failed].map(State::name);
        let states = state.map_or_else(|| open.to_vec(), |state| vec![state.name()]);
        let mut conn = self.pool().acquire().await?;
        let page = store::page(&mut conn, &states, after, limit).await?;
        Ok(page.iter().map(|request| self.masked(request)).collect())
    }

    fn masked(&self, request: &Request) -> Waiting {
        let (undecided, handed) = self.config().decision_waits();
        let is_open = request.state().is_undecided() && request.escalated_at.is_none();
        let due = request.received_at + undecided;
        let due = request.assigned_at.map_or(due, |at| due.min(at + handed));
        Waiting {
            request_id: request.request_id,
            kind: request.kind.clone(),
            state: request.state.clone(),
            account: contacts::masked(contacts::Kind::Email, request.ask.email.expose()),
            project: request.ask.project.name().to_owned(),
            received_at: request.received_at,
            assignee: request.assignee.clone(),
            due_at: Some(due).filter(|_| is_open),
            escalated_at: request.escalated_at,
            reason: request.reason.clone(),
        }
    }

    /// Everything about a request but its PIN, for those who decide: that they looked is recorded.
    ///
    /// # Errors
    /// For those who may not decide, and when there is no such request.
    pub async fn open(&self, caller: &Caller, id: RequestId) -> Result<(Waiting, Ask, Vec<Step>), Refused> {
        caller.require_person()?;
        caller.require(Permission::RequestsManage, Target::System)?;
        let mut tx = self.pool().begin().await?;
        let request = store::find(&mut tx, id).await?.ok_or(Refused::Unknown)?;
        let home = self.home(&mut tx, &request.ask.email).await?;
        let entry = Entry {
            actor: caller.actor(),
            action: "request.opened",
            subject: Subject { kind: "request", id: id.to_string() },
            company_id: home.company_id,
            before: None,
            after: None,
            reason: None,
        };
        audit::store::record_in_tx(&mut tx, self.now(), self.audit_id(), &caller.origin, &entry).await?;
        let steps = store::steps(&mut tx, id).await?;
        tx.commit().await?;
        Ok((self.masked(&request), request.ask.0, steps))
    }

    /// Decides, or hands on, as somebody of staff.
    ///
    /// # Errors
    /// Says why not; nothing is changed then.
    pub async fn decide(
        &self,
        caller: &Caller,
        id: RequestId,
        act: Act,
        on_behalf: Option<String>,
    ) -> Result<State, Refused> {
        let by = By::staff(caller)?.on_behalf(on_behalf);
        // Only whoever asked calls it off.
        if act == Act::Cancel {
            return Err(Denied::Forbidden.into());
        }
        self.act(id, &act, &by).await
    }
}
