//! What every use case shares.

use sqlx::{PgConnection, PgPool};

use crate::{
    audit::{self, Actor, AuditId, Entry, Origin, Subject},
    directory::commands::Commands,
    otp::Otp,
    platform::{clock::SharedClock, entropy::SharedEntropy},
};

/// The use cases. Cheap to clone.
#[derive(Clone)]
pub struct Account {
    /// Where things are kept.
    pub pool: PgPool,
    /// What time it is.
    pub clock: SharedClock,
    /// Where ids come from.
    pub entropy: SharedEntropy,
    /// By which addresses are proven.
    pub otp: Otp,
    /// What Keycloak is asked for.
    pub commands: Commands,
}

impl Account {
    pub(super) async fn record(
        &self,
        conn: &mut PgConnection,
        actor: Actor,
        action: &'static str,
        user_id: &str,
        origin: &Origin,
        (before, after): (Option<serde_json::Value>, Option<serde_json::Value>),
    ) -> Result<(), sqlx::Error> {
        let subject = Subject::person(user_id);
        let entry = Entry { actor, action, subject, company_id: None, before, after, reason: None };
        let id = AuditId::generate(self.clock.as_ref(), self.entropy.as_ref());
        audit::store::record_in_tx(conn, self.clock.now(), id, origin, &entry).await
    }
}
