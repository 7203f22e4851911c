//! What Keycloak asks at the registration form, and what is done by itself: reminding and forgetting.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use sqlx::{PgConnection, PgPool};

use super::{AdmissionConfig, AdmissionId, Asking, Mode, letters, rule::domain_of, store};
use crate::{
    audit::AuditId,
    notices::{self, NoticeId},
    platform::{
        clock::SharedClock,
        entropy::SharedEntropy,
        http::client_address::network,
        jobs::Rounds,
        problem::{Problem, StatusCode},
        webhook::{
            SignedRequest,
            answers::{self, Answer, Keeping},
        },
    },
};

/// After how many seconds a caller may try again who was not noted for want of room.
const LATER: u64 = 3600;

/// The world that admission needs.
#[derive(Clone)]
pub struct AdmissionPorts {
    /// Time.
    pub clock: SharedClock,
    /// Chance.
    pub entropy: SharedEntropy,
}

/// Who may sign up. Cheap to clone.
#[derive(Clone)]
pub struct Admission(Arc<Inner>);

struct Inner {
    pool: PgPool,
    config: AdmissionConfig,
    realm: String,
    ports: AdmissionPorts,
}

impl Admission {
    /// For the people of `realm`.
    #[must_use]
    pub fn new(pool: PgPool, config: &AdmissionConfig, realm: &str, ports: AdmissionPorts) -> Self {
        let (config, realm) = (config.clone(), realm.to_owned());
        Self(Arc::new(Inner { pool, config, realm, ports }))
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    pub(super) fn realm(&self) -> &str {
        &self.0.realm
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.0.ports.clock.now()
    }

    pub(super) fn ports(&self) -> &AdmissionPorts {
        &self.0.ports
    }

    pub(super) fn notice_id(&self) -> NoticeId {
        NoticeId::generate(self.0.ports.clock.as_ref(), self.0.ports.entropy.as_ref())
    }

    pub(super) fn audit_id(&self) -> AuditId {
        AuditId::generate(self.0.ports.clock.as_ref(), self.0.ports.entropy.as_ref())
    }

    /// Whether there is something here for staff: the launch is closed, or somebody waits who asked while it was.
    pub async fn needs_staff(&self) -> Result<bool, sqlx::Error> {
        if self.0.config.mode == Mode::Closed {
            return Ok(true);
        }
        store::is_waited(&mut *self.0.pool.acquire().await?, self.realm()).await
    }

    /// Says whether somebody may sign up; who may not is noted. A repeated call has one effect and one answer.
    pub async fn ask(&self, request: &SignedRequest, asking: &Asking) -> Answer {
        match self.answered(request, asking).await {
            Ok(answer) => answer,
            Err(error) => Problem::of_database(&error).into(),
        }
    }

    async fn answered(&self, request: &SignedRequest, asking: &Asking) -> Result<Answer, sqlx::Error> {
        if self.0.config.mode == Mode::Open {
            return Ok(admitted(true));
        }
        // Whoever asks is counted, admitted or not, so that nobody tries addresses at leisure.
        let client = Sha256::digest(network(asking.ip_address));
        let (one, all) = self.0.config.per_address();
        let full_at = store::take(&self.0.pool, &client, self.now(), (one, all)).await?;
        if let Some(wait) = full_at.map(|full_at| full_at + one - all - self.now()) {
            count("limited");
            let title = "Too many people ask from this address for now";
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "admission/rate-limited", title);
            return Ok(problem.with_retry_after(wait.num_seconds().unsigned_abs() + 1).into());
        }
        let mut tx = self.0.pool.begin().await?;
        let (answer, outcome) = self.judged(&mut tx, asking).await?;
        if !answers::keep(&mut tx, &Keeping { request, answer: &answer }).await? {
            tx.rollback().await?;
            return answers::given(&mut *self.0.pool.acquire().await?, request).await;
        }
        tx.commit().await?;
        count(outcome);
        Ok(answer)
    }

    /// The answer, and its name in metrics.
    async fn judged(
        &self,
        conn: &mut PgConnection,
        asking: &Asking,
    ) -> Result<(Answer, &'static str), sqlx::Error> {
        let (realm, now) = (self.realm(), self.now());
        let key = asking.email.expose().to_lowercase();
        let standing = store::standing(conn, realm, (&key, &domain_of(&key)), now).await?;
        if standing.is_admitted() {
            return Ok((admitted(true), "admitted"));
        }
        if standing.is_noted() {
            let id = AdmissionId::generate(self.0.ports.clock.as_ref(), self.0.ports.entropy.as_ref());
            let most = self.0.config.most_waiting.into();
            if !store::note(conn, id, (realm, asking), now, most).await? {
                tracing::warn!("a request to sign up was not noted: too many wait");
                let problem = Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "admission/full",
                    "No more requests are taken for now",
                );
                return Ok((problem.with_retry_after(LATER).into(), "full"));
            }
        }
        Ok((admitted(false), "noted"))
    }

    /// Reminds staff, in one mail, once a request has waited long enough. Returns how many wait then.
    pub async fn remind(&self) -> Result<usize, sqlx::Error> {
        let Some(staff) = &self.0.config.staff else { return Ok(0) };
        let (after, every) = self.0.config.reminder_waits();
        let (now, waits) = (self.now(), (after.as_seconds_f64(), every.as_seconds_f64()));
        let mut tx = self.0.pool.begin().await?;
        let waiting = store::take_due(&mut tx, self.realm(), now, waits).await?;
        if let Some(eldest) = waiting.iter().min() {
            let hours = (now - *eldest).num_hours();
            let notice = letters::digest(self.notice_id(), staff, waiting.len(), hours);
            notices::store::enqueue_in_tx(&mut tx, &[notice]).await?;
        }
        tx.commit().await?;
        Ok(waiting.len())
    }

    /// Forgets requests that are too old, and limits of which nothing is taken any more.
    pub async fn forget(&self) -> Result<(), sqlx::Error> {
        let mut conn = self.0.pool.acquire().await?;
        store::forget_limits(&mut conn, self.now()).await?;
        store::forget(&mut conn, self.now() - self.0.config.kept()).await
    }
}

fn admitted(yes: bool) -> Answer {
    Answer::json(StatusCode::OK, &json!({"admitted": yes}))
}

fn count(outcome: &'static str) {
    metrics::counter!("gatehouse_admission_asked_total", "outcome" => outcome).increment(1);
}

#[async_trait]
impl Rounds for Admission {
    const KIND: &'static str = "admission.rounds";
    const EVERY: TimeDelta = TimeDelta::minutes(5);

    async fn round(&self) -> Result<DateTime<Utc>, sqlx::Error> {
        self.remind().await?;
        self.forget().await?;
        Ok(self.now())
    }
}
