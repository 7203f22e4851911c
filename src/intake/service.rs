//! What all use cases share, and reminding.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::{IntakeConfig, RequestId, letters, store};
use crate::{
    adapters::{mail::Mailer, sheets::Sheets},
    audit::AuditId,
    companies, directory,
    notices::{self, NoticeId},
    openstack::OpenStack,
    passwords::{Keys, Passwords, Pin, Sealed},
    platform::{clock::SharedClock, entropy::SharedEntropy, language::Language, masked::Masked},
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

    pub(super) fn realm(&self) -> &str {
        &self.0.realm
    }

    pub(super) fn audit_id(&self) -> AuditId {
        AuditId::generate(self.0.ports.clock.as_ref(), self.0.ports.entropy.as_ref())
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

    /// The language of mails to an address: that of the person, and the site's where nobody is known by it.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn language_of(
        &self,
        conn: &mut PgConnection,
        address: &Masked<String>,
    ) -> Result<Language, sqlx::Error> {
        let person = directory::person_by_email(conn, &self.0.realm, address).await?;
        let locale = person.and_then(|person| person.locale);
        Ok(locale.map_or_else(|| self.0.config.language(), |locale| Language::of(&locale)))
    }

    /// Reminds the help desk, in one mail, of all requests that have waited long enough, and tells people of ends.
    /// Returns how many requests they are.
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
        self.tell_of_ends(&mut tx).await?;
        tx.commit().await?;
        Ok(due.len())
    }
}
