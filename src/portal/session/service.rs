//! Begins, finds and ends sessions.

use chrono::TimeDelta;
use sqlx::PgPool;

use super::{
    Secret,
    store::{self, SessionRow},
};
use crate::{
    adapters::oidc::SignedIn,
    platform::{
        auth::{LogoutToken, Session, sessions},
        clock::SharedClock,
        entropy::SharedEntropy,
    },
    portal::PortalConfig,
};

/// How often a session in use is noted: a write for each request would be one too many.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// The sessions of the pages.
#[derive(Clone)]
pub struct Sessions {
    /// Where they are.
    pub pool: PgPool,
    /// What time it is.
    pub clock: SharedClock,
    /// Where secrets come from.
    pub entropy: SharedEntropy,
    idle: TimeDelta,
    life: TimeDelta,
}

/// A session in use.
#[derive(Clone)]
pub struct Visit {
    /// What the cookie holds.
    pub secret: Secret,
    /// Whose session it is, and which one of Keycloak's it hangs on.
    pub session: Session,
    /// Roles of the realm, as they were when it began.
    pub realm_roles: Vec<String>,
}

impl Sessions {
    /// Sessions as configured.
    #[must_use]
    pub fn new(pool: PgPool, clock: SharedClock, entropy: SharedEntropy, config: &PortalConfig) -> Self {
        let idle = TimeDelta::minutes(i64::from(config.idle_minutes));
        let life = TimeDelta::hours(i64::from(config.life_hours));
        Self { pool, clock, entropy, idle, life }
    }

    /// Begins a session under a new secret; the session that `before` named in this browser ends.
    pub async fn begin(&self, signed_in: &SignedIn, before: Option<&Secret>) -> Result<Secret, sqlx::Error> {
        let secret = Secret::generate(self.entropy.as_ref());
        let (now, session) = (self.clock.now(), &signed_in.session);
        let row = SessionRow {
            user_id: session.user_id.clone(),
            session_id: session.session_id.clone(),
            began_at: session.began_at,
            issued_at: session.issued_at,
            realm_roles: signed_in.realm_roles.clone(),
            created_at: now,
            seen_at: now,
        };
        let mut tx = self.pool.begin().await?;
        if let Some(before) = before {
            store::delete(&mut tx, &before.hash()).await?;
        }
        store::insert(&mut tx, &secret.hash(), &row).await?;
        tx.commit().await?;
        Ok(secret)
    }

    /// The session of a cookie, if it is still one.
    pub async fn find(&self, secret: Secret) -> Result<Option<Visit>, sqlx::Error> {
        let mut conn = self.pool.acquire().await?;
        let hash = secret.hash();
        let Some(row) = store::find(&mut conn, &hash).await? else { return Ok(None) };
        let now = self.clock.now();
        let session = Session {
            user_id: row.user_id,
            session_id: row.session_id,
            began_at: row.began_at,
            issued_at: row.issued_at,
        };
        let is_fresh = now - row.seen_at < self.idle && now - row.created_at < self.life;
        if !is_fresh || !sessions::admit(&mut conn, &session).await? {
            store::delete(&mut conn, &hash).await?;
            return Ok(None);
        }
        if now - row.seen_at >= NOTED_EVERY {
            store::touch(&mut conn, &hash, now).await?;
        }
        Ok(Some(Visit { secret, session, realm_roles: row.realm_roles }))
    }

    /// Ends what hangs on one of Keycloak's sessions, wherever it is used.
    pub async fn end_elsewhere(&self, session_id: &str) -> Result<(), sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        store::delete_of_session(&mut tx, session_id).await?;
        sessions::end_in_tx(&mut tx, session_id, self.clock.now()).await?;
        tx.commit().await
    }

    /// Ends what Keycloak says has ended. Saying it twice changes nothing.
    pub async fn follow_logout(&self, token: &LogoutToken) -> Result<(), sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        match (&token.session_id, &token.user_id) {
            (Some(session_id), _) => {
                store::delete_of_session(&mut tx, session_id).await?;
                sessions::end_in_tx(&mut tx, session_id, self.clock.now()).await?;
            }
            (None, Some(user_id)) => {
                store::delete_of_person(&mut tx, user_id).await?;
                sessions::end_all_in_tx(&mut tx, user_id, self.clock.now()).await?;
            }
            (None, None) => {}
        }
        tx.commit().await
    }

    /// Deletes what can no longer be used.
    pub(super) async fn clean(&self) -> Result<u64, sqlx::Error> {
        let mut conn = self.pool.acquire().await?;
        store::delete_unseen(&mut conn, self.clock.now() - self.idle.max(self.life)).await
    }
}
