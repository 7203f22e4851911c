//! Deciding: approving, rejecting, handing on, moving up. Each is one transaction, recorded with who, when and why.

use serde_json::{Value, json};
use sqlx::PgConnection;

use super::{Intake, PROVISION, Request, RequestId, State, letters, service::Home, store};
use crate::{
    access::{self, Caller, Denied, Permission, Target},
    audit::{self, Actor, Entry, Origin, Subject},
    directory, notices,
    platform::jobs,
};

/// What can be done with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Lets it be brought about.
    Approve,
    /// Ends it, with a reason that the person is told.
    Reject(String),
    /// Ends it because whoever asked wants it no longer.
    Cancel,
    /// Hands it to somebody of staff who may decide it, named by id, user name or address, whose it is from then on.
    Delegate(String),
    /// Hands it one step up, and why.
    Escalate(String),
    /// Tries again what failed.
    Retry,
}

impl Act {
    /// What it is called in the audit trail.
    const fn action(&self) -> &'static str {
        match self {
            Self::Approve => "request.approved",
            Self::Reject(_) => "request.rejected",
            Self::Cancel => "request.cancelled",
            Self::Delegate(_) => "request.delegated",
            Self::Escalate(_) => "request.escalated",
            Self::Retry => "request.retried",
        }
    }

    const fn reason(&self) -> Option<&String> {
        match self {
            Self::Reject(reason) | Self::Escalate(reason) => Some(reason),
            _ => None,
        }
    }
}

/// Who does something with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    actor: Actor,
    origin: Origin,
    /// As the steps know them.
    name: String,
    /// Whether they decide what went one step up.
    may_overrule: bool,
    /// Why they act in the place of whom it was handed to.
    on_behalf: Option<String>,
}

impl By {
    /// Somebody at the command line, who is trusted with the database.
    #[must_use]
    pub fn operator(name: &str) -> Self {
        let actor = Actor::Operator { name: name.to_owned() };
        let (name, origin) = (name.to_owned(), Origin::default());
        Self { actor, origin, name, may_overrule: true, on_behalf: None }
    }

    /// Somebody of staff.
    ///
    /// # Errors
    /// When they are none, or a system.
    pub fn staff(caller: &Caller) -> Result<Self, Denied> {
        let name = caller.require_person()?.to_owned();
        caller.require(Permission::RequestsManage, Target::System)?;
        let may_overrule = caller.may(Permission::RequestsOverrule, &Target::System);
        let (actor, origin) = (caller.actor(), caller.origin.clone());
        Ok(Self { actor, origin, name, may_overrule, on_behalf: None })
    }

    /// Whoever asked, about what they asked for.
    pub(super) fn requester(caller: &Caller) -> Self {
        let name = caller.user_id().map_or_else(|| caller.key(), str::to_owned);
        let (actor, origin) = (caller.actor(), caller.origin.clone());
        Self { actor, origin, name, may_overrule: false, on_behalf: None }
    }

    /// The same in the place of whom it was handed to, and why.
    #[must_use]
    pub fn on_behalf(self, why: Option<String>) -> Self {
        Self { on_behalf: why, ..self }
    }

    /// What nobody does: time is up, or the sheet says so.
    pub(super) fn service(name: &str) -> Self {
        let (actor, origin) = (Actor::Service, Origin::default());
        Self { actor, origin, name: name.to_owned(), may_overrule: true, on_behalf: None }
    }
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// They may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such request.
    #[error("there is no such request")]
    Unknown,
    /// Its state does not allow it.
    #[error("a request that is {} cannot be treated so", .0.name())]
    State(State),
    /// Nobody approves what they asked for themselves.
    #[error("somebody else has to approve what one asks for")]
    Own,
    /// It was handed to somebody else.
    #[error("it was handed to somebody else; say why you act in their place")]
    Assigned,
    /// It went one step up.
    #[error("it went one step up, and is decided there")]
    Escalated,
    /// Nobody can be found by that name.
    #[error("there is nobody of that name")]
    NoSuchPerson,
    /// They are not of staff as far as we know, or may not decide this.
    #[error("they are not of staff, may not decide this, or have not signed in here yet")]
    NotStaff,
    /// Our database is away.
    #[error("{}", crate::platform::db::describe(.0))]
    Database(#[from] sqlx::Error),
}

impl Intake {
    /// Does something with a request, in one transaction, recorded with who, when and why.
    ///
    /// # Errors
    /// Says why not; nothing is changed then.
    pub async fn act(&self, id: RequestId, act: &Act, by: &By) -> Result<State, Refused> {
        let mut tx = self.pool().begin().await?;
        let request = store::lock(&mut tx, id).await?.ok_or(Refused::Unknown)?;
        let next = next_state(&request, act)?;
        let home = self.home(&mut tx, &request.ask.email).await?;
        may_decide(&request, act, by, &home)?;
        let act = &match act {
            Act::Delegate(to) => Act::Delegate(self.who_decides(&mut tx, &request, to, &home).await?),
            act => act.clone(),
        };
        self.carry_out(&mut tx, &request, (act, next), by).await?;
        if let Some(why) = stands_in(&request, act, by) {
            store::record(&mut tx, id, "on_behalf", &by.name, Some(why), self.now()).await?;
        }
        self.record_act(&mut tx, &request, (act, next), by, &home).await?;
        tx.commit().await?;
        Ok(next)
    }

    /// The id of whom a request is to be handed to: somebody else of staff, who may decide it as it stands now.
    async fn who_decides(
        &self,
        conn: &mut PgConnection,
        request: &Request,
        name: &str,
        home: &Home,
    ) -> Result<String, Refused> {
        let named = [name.trim().to_lowercase()];
        let mut found = directory::people_named(conn, self.realm(), &named).await?;
        let (Some(person), true) = (found.pop(), found.is_empty()) else { return Err(Refused::NoSuchPerson) };
        if home.user_id.as_ref() == Some(&person.user_id) {
            return Err(Refused::Own);
        }
        let is_up = request.escalated_at.is_some();
        let needed = if is_up { Permission::RequestsOverrule } else { Permission::RequestsManage };
        if !access::may_in_system(conn, &person.user_id, needed, self.now()).await? {
            return Err(Refused::NotStaff);
        }
        Ok(person.user_id)
    }

    async fn carry_out(
        &self,
        conn: &mut PgConnection,
        request: &Request,
        (act, next): (&Act, State),
        by: &By,
    ) -> Result<(), sqlx::Error> {
        let (id, now) = (request.request_id, self.now());
        match act {
            Act::Delegate(to) => {
                store::assign(conn, id, to, now).await?;
                store::record(conn, id, "delegated", &by.name, Some(to), now).await?;
                self.tell_assignee(conn, request, to).await
            }
            Act::Escalate(reason) => {
                store::escalate(conn, id, now).await?;
                store::record(conn, id, "escalated", &by.name, Some(reason), now).await?;
                self.tell_of_escalation(conn, request, reason).await
            }
            Act::Approve | Act::Retry => {
                store::step(conn, id, next, &by.name, None, now).await?;
                jobs::enqueue_in_tx(conn, PROVISION, &[id.to_string()]).await
            }
            Act::Reject(reason) => {
                store::step(conn, id, next, &by.name, Some(reason), now).await?;
                let notice = letters::rejected(self.notice_id(), &request.ask, reason);
                notices::store::enqueue_in_tx(conn, &[notice]).await.map(drop)
            }
            Act::Cancel => store::step(conn, id, next, &by.name, None, now).await,
        }
    }

    /// What a sheet says counts as its keeper's word, once the help desk was told.
    pub(super) async fn approve_at_source(
        &self,
        conn: &mut PgConnection,
        id: RequestId,
        is_notified: bool,
        source: &str,
    ) -> Result<(), sqlx::Error> {
        store::note_approved_at_source(conn, id).await?;
        if is_notified { self.approve_by_source(conn, id, source).await } else { Ok(()) }
    }

    /// The help desk was told, and the source says that it is approved.
    pub(super) async fn approve_by_source(
        &self,
        conn: &mut PgConnection,
        id: RequestId,
        source: &str,
    ) -> Result<(), sqlx::Error> {
        let Some(request) = store::lock(conn, id).await? else { return Ok(()) };
        let (by, decision) = (By::service(source), (&Act::Approve, State::Approved));
        let home = self.home(conn, &request.ask.email).await?;
        self.carry_out(conn, &request, decision, &by).await?;
        self.record_act(conn, &request, decision, &by, &home).await
    }

    pub(super) async fn record_act(
        &self,
        conn: &mut PgConnection,
        request: &Request,
        (act, next): (&Act, State),
        by: &By,
        home: &Home,
    ) -> Result<(), sqlx::Error> {
        let stands_in = stands_in(request, act, by);
        let mut after = json!({"state": next.name()});
        match act {
            Act::Delegate(to) => after["assignee"] = json!(to),
            Act::Escalate(_) => after["assignee"] = Value::Null,
            _ => {}
        }
        if stands_in.is_some() {
            after["on_behalf_of"] = json!(request.assignee);
        }
        let source = matches!(by.actor, Actor::Service).then_some(&by.name);
        let entry = Entry {
            actor: by.actor.clone(),
            action: act.action(),
            subject: Subject { kind: "request", id: request.request_id.to_string() },
            company_id: home.company_id,
            before: Some(json!({"state": request.state, "assignee": request.assignee})),
            after: Some(after),
            reason: act.reason().or(source).cloned().or(stands_in.map(str::to_owned)),
        };
        audit::store::record_in_tx(conn, self.now(), self.audit_id(), &by.origin, &entry).await
    }
}

/// Where a request is after this, if it may happen now.
fn next_state(request: &Request, act: &Act) -> Result<State, Refused> {
    let state = request.state();
    match (act, state) {
        (Act::Approve, State::Notified) | (Act::Retry, State::Failed) => Ok(State::Approved),
        (Act::Reject(_), State::Received | State::Notified) => Ok(State::Rejected),
        (Act::Cancel, State::Received | State::Notified) => Ok(State::Cancelled),
        (Act::Delegate(_), State::Received | State::Notified) => Ok(state),
        (Act::Escalate(_), State::Received | State::Notified) if request.escalated_at.is_none() => Ok(state),
        (Act::Escalate(_), State::Received | State::Notified) => Err(Refused::Escalated),
        _ => Err(Refused::State(state)),
    }
}

/// Whether this is theirs to decide. Whoever asked may always call it off.
fn may_decide(request: &Request, act: &Act, by: &By, home: &Home) -> Result<(), Refused> {
    let person = match &by.actor {
        Actor::Person { user_id } => Some(user_id),
        _ => None,
    };
    match act {
        Act::Approve if person.is_some() && person == home.user_id.as_ref() => return Err(Refused::Own),
        Act::Approve | Act::Reject(_) | Act::Delegate(_)
            if request.escalated_at.is_some() && !by.may_overrule =>
        {
            return Err(Refused::Escalated);
        }
        _ => {}
    }
    let is_anothers = request.assignee.as_ref().is_some_and(|assignee| *assignee != by.name);
    if is_decision(act) && is_anothers && by.on_behalf.is_none() {
        return Err(Refused::Assigned);
    }
    Ok(())
}

/// Why somebody acts in another's place, if they do.
fn stands_in<'a>(request: &Request, act: &Act, by: &'a By) -> Option<&'a str> {
    let is_anothers = request.assignee.as_ref().is_some_and(|assignee| *assignee != by.name);
    by.on_behalf.as_deref().filter(|_| is_anothers && is_decision(act))
}

const fn is_decision(act: &Act) -> bool {
    matches!(act, Act::Approve | Act::Reject(_))
}
