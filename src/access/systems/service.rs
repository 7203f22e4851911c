//! The use cases of systems, each in one transaction.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{NewSystem, System, SystemsError, jobs::bring_in_tx, store};
use crate::{
    access::{Access, Caller, Denied, GrantRow, Holder, NewGrant, Permission, Target, store::grants_of},
    adapters::keycloak::Keycloak,
    audit::{Entry, Subject},
    platform::ids::uuid_v7,
};

/// The most systems of one company, or of the operator.
const MOST: i64 = 50;
/// The longest name, in characters.
const LONGEST_NAME: usize = 100;

/// The systems. Cheap to clone. In each use case a company that is none stands for the cloud's operator.
#[derive(Clone)]
pub struct Systems {
    access: Access,
    keycloak: Arc<dyn Keycloak>,
}

impl Systems {
    /// The systems whose grants `access` holds, and whose secrets `keycloak` makes.
    #[must_use]
    pub fn new(access: Access, keycloak: Arc<dyn Keycloak>) -> Self {
        Self { access, keycloak }
    }

    /// The systems of a company, the eldest first: at most 50, for there are no more.
    pub async fn list(&self, caller: &Caller, company_id: Option<Uuid>) -> Result<Vec<System>, SystemsError> {
        require_manager(caller, company_id)?;
        Ok(store::list(&mut *self.access.pool().acquire().await?, company_id, MOST).await?)
    }

    /// A system and what it was granted.
    pub async fn find(
        &self,
        caller: &Caller,
        company_id: Option<Uuid>,
        client_id: &str,
    ) -> Result<(System, Vec<GrantRow>), SystemsError> {
        require_manager(caller, company_id)?;
        let mut tx = self.access.pool().begin().await?;
        let system = store::lock(&mut tx, company_id, client_id).await?.ok_or(Denied::NotFound)?;
        let grants = grants_of(&mut tx, None, Some(client_id), self.access.clock().now()).await?;
        Ok((system, grants))
    }

    /// Makes a system that may look at what it is given; nobody gives what they do not hold.
    pub async fn make(
        &self,
        caller: &Caller,
        company_id: Option<Uuid>,
        new: &NewSystem,
    ) -> Result<System, SystemsError> {
        let by = require_manager(caller, company_id)?;
        let name = new.name.trim();
        if !(1..=LONGEST_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(SystemsError::Invalid("name", "1 to 100 characters"));
        }
        let id = uuid_v7(self.access.clock().as_ref(), self.access.entropy().as_ref());
        let system = System {
            client_id: format!("system-{}", id.simple()),
            name: name.to_owned(),
            created_by: by.to_owned(),
            created_at: self.access.clock().now(),
            made_at: None,
            secret_at: None,
        };
        let mut tx = self.access.pool().begin().await?;
        if !store::put(&mut tx, company_id, &system, MOST).await? {
            return Err(SystemsError::TooMany);
        }
        self.record(&mut tx, caller, "system.made", (company_id, &system)).await?;
        for power in &new.powers {
            let grant = NewGrant {
                holder: Holder::System(system.client_id.clone()),
                power: *power,
                place: company_id.map_or(Target::System, Target::Company),
                ends_at: None,
                reason: None,
            };
            self.access.give_in_tx(&mut tx, caller, &grant).await?;
        }
        bring_in_tx(&mut tx, &system.client_id).await?;
        tx.commit().await?;
        Ok(system)
    }

    /// Has Keycloak make another secret, to be shown once. The one before is over.
    pub async fn renew_secret(
        &self,
        caller: &Caller,
        company_id: Option<Uuid>,
        client_id: &str,
    ) -> Result<SecretString, SystemsError> {
        require_manager(caller, company_id)?;
        let mut tx = self.access.pool().begin().await?;
        let system = store::lock(&mut tx, company_id, client_id).await?.ok_or(Denied::NotFound)?;
        if system.made_at.is_none() {
            return Err(SystemsError::NotYet);
        }
        // Written first: a secret that nobody wrote down must not be out in the world.
        store::secret_made(&mut tx, client_id, self.access.clock().now()).await?;
        self.record(&mut tx, caller, "system.secret_renewed", (company_id, &system)).await?;
        tx.commit().await?;
        self.keycloak.renew_system_secret(client_id).await.map_err(|error| {
            tracing::warn!(%error, client_id, "a system's secret could not be made");
            SystemsError::Unavailable
        })
    }

    /// Revokes a system: its tokens are refused at once, and its client goes.
    pub async fn revoke(
        &self,
        caller: &Caller,
        company_id: Option<Uuid>,
        client_id: &str,
    ) -> Result<(), SystemsError> {
        require_manager(caller, company_id)?;
        let mut tx = self.access.pool().begin().await?;
        let system = store::lock(&mut tx, company_id, client_id).await?.ok_or(Denied::NotFound)?;
        store::revoke(&mut tx, client_id, self.access.clock().now()).await?;
        self.record(&mut tx, caller, "system.revoked", (company_id, &system)).await?;
        bring_in_tx(&mut tx, client_id).await?;
        Ok(tx.commit().await?)
    }

    async fn record(
        &self,
        conn: &mut PgConnection,
        caller: &Caller,
        action: &'static str,
        (company_id, system): (Option<Uuid>, &System),
    ) -> Result<(), sqlx::Error> {
        let entry = Entry {
            actor: caller.actor(),
            action,
            subject: Subject { kind: "system", id: system.client_id.clone() },
            company_id,
            before: None,
            after: Some(json!({"name": system.name})),
            reason: None,
        };
        self.access.write(conn, caller, &entry).await
    }
}

/// Goes on only for a human who manages the systems of that place, and says who.
fn require_manager(caller: &Caller, company_id: Option<Uuid>) -> Result<&str, Denied> {
    match company_id {
        Some(company) => caller.require(Permission::SystemsManage, Target::Company(company))?,
        None => caller.require(Permission::SystemAccess, Target::System)?,
    }
    caller.require_person()
}
