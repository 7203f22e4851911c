//! The use cases: deciding, cancelling, handing on, reminding.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::{IntakeConfig, PROVISION, Request, RequestId, State, letters, store};
use crate::{
    adapters::{mail::Mailer, sheets::Sheets},
    audit::{self, Actor, AuditId, Entry, Origin, Subject},
    companies, directory,
    notices::{self, NoticeId},
    openstack::OpenStack,
    passwords::{Keys, Passwords, Pin, Sealed},
    platform::{clock::SharedClock, entropy::SharedEntropy, jobs, masked::Masked},
};

/// The world that requests need.
#[derive(Clone)]
pub struct IntakePorts {
    /// Time.
    pub clock: SharedClock,
    /// Chance.
    pub entropy: SharedEntropy,
    /// Mail servers, the first asked first.
    pub mailers: Vec<Arc<dyn Mailer>>,
    /// Google Sheets, if there are any.
    pub sheets: Option<Arc<dyn Sheets>>,
    /// Where projects and users are wanted.
    pub openstack: OpenStack,
    /// Where first passwords are made.
    pub passwords: Passwords,
}

/// Requests. Cheap to clone.
#[derive(Clone)]
pub struct Intake(Arc<Inner>);

struct Inner {
    pool: PgPool,
    config: IntakeConfig,
    realm: String,
    service_name: String,
    ports: IntakePorts,
}

/// What can be done with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Lets it be brought about.
    Approve,
    /// Ends it, with a reason that the person is told.
    Reject(String),
    /// Ends it because whoever asked wants it no longer.
    Cancel,
    /// Names who is to decide.
    Delegate(String),
    /// Tries again what failed.
    Retry,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// There is no such request.
    #[error("there is no such request")]
    Unknown,
    /// Its state does not allow it.
    #[error("a request that is {} cannot be treated so", .0.name())]
    State(State),
    /// Our database is away.
    #[error("{}", crate::platform::db::describe(.0))]
    Database(#[from] sqlx::Error),
}

/// Who somebody is to us, and in which domain they belong.
pub(super) struct Home {
    pub user_id: Option<String>,
    pub company_id: Option<Uuid>,
    pub domain: String,
}

impl Intake {
    /// Requests over this database and world; people are those of `realm`.
    #[must_use]
    pub fn new(
        pool: PgPool,
        config: &IntakeConfig,
        realm: &str,
        service_name: &str,
        ports: IntakePorts,
    ) -> Self {
        Self(Arc::new(Inner {
            pool,
            config: config.clone(),
            realm: realm.to_owned(),
            service_name: service_name.to_owned(),
            ports,
        }))
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    pub(super) fn config(&self) -> &IntakeConfig {
        &self.0.config
    }

    pub(super) fn ports(&self) -> &IntakePorts {
        &self.0.ports
    }

    pub(super) fn service_name(&self) -> &str {
        &self.0.service_name
    }

    pub(super) fn keys(&self) -> &Keys {
        self.0.ports.passwords.keys()
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.0.ports.clock.now()
    }

    pub(super) fn new_id(&self) -> RequestId {
        RequestId::generate(self.0.ports.clock.as_ref(), self.0.ports.entropy.as_ref())
    }

    pub(super) fn notice_id(&self) -> NoticeId {
        NoticeId::generate(self.0.ports.clock.as_ref(), self.0.ports.entropy.as_ref())
    }

    pub(super) fn seal_pin(&self, id: RequestId, pin: &Pin) -> Option<Sealed> {
        let digits = SecretString::from(pin.digits().expose().clone());
        self.keys().seal(self.0.ports.entropy.as_ref(), &id.to_string(), &digits)
    }

    /// Finds out who an address belongs to.
    pub(super) async fn home(
        &self,
        conn: &mut PgConnection,
        email: &Masked<String>,
    ) -> Result<Home, sqlx::Error> {
        let person = directory::person_by_email(conn, &self.0.realm, email).await?;
        let user_id = person.map(|person| person.user_id);
        let mut company_id = None;
        if let Some(user_id) = &user_id {
            let found = companies::companies_of_people(conn, std::slice::from_ref(user_id)).await?;
            company_id = found.get(user_id).map(|(company, _)| company.company_id.0);
        }
        let domain = self.0.ports.openstack.domain_of(company_id);
        Ok(Home { user_id, company_id, domain })
    }

    /// Does something with a request, in one transaction, recorded with who, when and why.
    pub async fn act(&self, id: RequestId, act: &Act, by: &str) -> Result<State, Refused> {
        let mut tx = self.0.pool.begin().await?;
        let request = store::lock(&mut tx, id).await?.ok_or(Refused::Unknown)?;
        let state = request.state();
        let next = match (act, state) {
            (Act::Approve, State::Notified) | (Act::Retry, State::Failed) => State::Approved,
            (Act::Reject(_), State::Received | State::Notified) => State::Rejected,
            (Act::Cancel, State::Received | State::Notified) => State::Cancelled,
            (Act::Delegate(_), State::Received | State::Notified) => state,
            _ => return Err(Refused::State(state)),
        };
        let reason = match act {
            Act::Reject(reason) => Some(reason.as_str()),
            _ => None,
        };
        if let Act::Delegate(to) = act {
            store::assign(&mut tx, id, to).await?;
            store::record(&mut tx, id, "delegated", by, Some(to), self.now()).await?;
        } else {
            store::step(&mut tx, id, next, by, reason, self.now()).await?;
        }
        match next {
            State::Approved => jobs::enqueue_in_tx(&mut tx, PROVISION, &[id.to_string()]).await?,
            State::Rejected => {
                let notice = letters::rejected(self.notice_id(), &request.ask, reason.unwrap_or_default());
                notices::store::enqueue_in_tx(&mut tx, &[notice]).await?;
            }
            _ => {}
        }
        self.audit(&mut tx, &request, next, by, reason).await?;
        tx.commit().await?;
        Ok(next)
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
        if is_notified {
            store::step(conn, id, State::Approved, source, None, self.now()).await?;
            jobs::enqueue_in_tx(conn, PROVISION, &[id.to_string()]).await?;
        }
        Ok(())
    }

    async fn audit(
        &self,
        conn: &mut PgConnection,
        request: &Request,
        next: State,
        by: &str,
        reason: Option<&str>,
    ) -> Result<(), sqlx::Error> {
        let entry = Entry {
            actor: Actor::Operator { name: by.to_owned() },
            action: "request.decided",
            subject: Subject { kind: "request", id: request.request_id.to_string() },
            company_id: None,
            before: Some(request.state.as_str().into()),
            after: Some(next.name().into()),
            reason: reason.map(str::to_owned),
        };
        let id = AuditId::generate(self.0.ports.clock.as_ref(), self.0.ports.entropy.as_ref());
        audit::store::record_in_tx(conn, self.now(), id, &Origin::default(), &entry).await
    }

    /// Reminds the help desk, in one mail, of all requests that have waited long enough. Returns how many they are.
    pub async fn remind(&self) -> Result<usize, sqlx::Error> {
        let (after, every) = self.0.config.reminder_waits();
        let Some(help_desk) = &self.0.config.help_desk else { return Ok(0) };
        let mut tx = self.0.pool.begin().await?;
        let seconds = |wait: chrono::TimeDelta| wait.as_seconds_f64();
        let due = store::take_due(&mut tx, self.now(), seconds(after), seconds(every)).await?;
        if !due.is_empty() {
            let is_late = due.iter().any(|request| request.reminders >= 3);
            let to = self.0.config.escalate_to.iter().filter(|_| is_late).chain([help_desk]);
            let digest = letters::digest_facts(&due, &self.0.config, self.now());
            let notices: Vec<_> =
                to.map(|to| letters::digest(self.notice_id(), to, digest.clone())).collect();
            notices::store::enqueue_in_tx(&mut tx, &notices).await?;
        }
        // Ends that come near are told here, too.
        for project in self.0.ports.openstack.take_ending_in_tx(&mut tx).await? {
            if let Some(notice) = letters::ending(self.notice_id(), &project, self.0.config.language()) {
                notices::store::enqueue_in_tx(&mut tx, &[notice]).await?;
            }
        }
        tx.commit().await?;
        Ok(due.len())
    }
}
