//! Giving, and taking away.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Access, AccessError, Caller, Denied, GrantId, Level, Permission, Power, Target,
    store::{self, GrantRow},
};
use crate::{
    audit::{Entry, Subject},
    platform::db,
};

/// Who is to hold something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// A person, by Keycloak's id.
    Person(String),
    /// A system, by its client.
    System(String),
}

/// What is to be granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGrant {
    /// To whom.
    pub holder: Holder,
    /// What: a role by its type, or one permission.
    pub power: Power,
    /// Where.
    pub place: Target,
    /// Until when, if not for good.
    pub ends_at: Option<DateTime<Utc>>,
    /// Why.
    pub reason: Option<String>,
}

impl Access {
    /// Grants a role or a permission. Nobody grants what they do not hold themselves, or for longer, and
    /// nobody holds anything where they are not associated.
    pub async fn grant(&self, caller: &Caller, new: &NewGrant) -> Result<GrantRow, AccessError> {
        caller.require_person()?;
        caller.require(manager_of(&new.place), new.place)?;
        let mut tx = self.pool().begin().await?;
        let grant = self.give_in_tx(&mut tx, caller, new).await?;
        tx.commit().await?;
        Ok(grant)
    }

    /// The same in the caller's transaction, for whoever may make the holder.
    pub(super) async fn give_in_tx(
        &self,
        conn: &mut PgConnection,
        caller: &Caller,
        new: &NewGrant,
    ) -> Result<GrantRow, AccessError> {
        let now = self.clock().now();
        let mut grant = self.row_of(caller, new, now);
        if !caller.holds_all(new.power, new.place) {
            return Err(Denied::Forbidden.into());
        }
        if !caller.may_give(new.power, new.place, new.ends_at) {
            return Err(AccessError::Longer);
        }
        if new.ends_at.is_some_and(|end| end <= now) {
            return Err(AccessError::Over);
        }
        if matches!(new.holder, Holder::System(_)) && !only_looks(new.power) {
            return Err(AccessError::OnlyLooks);
        }
        if !self.is_associated(conn, new).await? {
            return Err(AccessError::NotAssociated);
        }
        grant.grant_id = store::put_grant(conn, &grant).await.map_err(not_associated)?;
        self.record(conn, caller, "access.granted", &grant, new.reason.clone()).await?;
        Ok(grant)
    }

    /// Takes a grant of a company away; of the system when the company is none. Nobody takes away what
    /// they could not have given.
    pub async fn revoke(
        &self,
        caller: &Caller,
        company_id: Option<Uuid>,
        grant_id: GrantId,
        reason: Option<String>,
    ) -> Result<(), AccessError> {
        caller.require_person()?;
        let place = company_id.map_or(Target::System, Target::Company);
        caller.require(manager_of(&place), place)?;
        let mut tx = self.pool().begin().await?;
        let grant = store::lock_grant(&mut tx, grant_id, company_id).await?.ok_or(Denied::NotFound)?;
        let held = grant.held().ok_or(Denied::Forbidden)?;
        if !caller.holds_all(held.power, held.place) {
            return Err(Denied::Forbidden.into());
        }
        store::delete_grant(&mut tx, grant_id).await?;
        self.record(&mut tx, caller, "access.revoked", &grant, reason).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The grants of a company, the eldest first, at most `limit` after the one at `after`.
    pub async fn grants(
        &self,
        caller: &Caller,
        company_id: Uuid,
        after: Option<(DateTime<Utc>, GrantId)>,
        limit: i64,
    ) -> Result<Vec<GrantRow>, AccessError> {
        caller.require(Permission::AccessView, Target::Company(company_id))?;
        let mut conn = self.pool().acquire().await?;
        Ok(store::grants_in(&mut conn, company_id, self.clock().now(), after, limit).await?)
    }

    fn row_of(&self, caller: &Caller, new: &NewGrant, now: DateTime<Utc>) -> GrantRow {
        let (user_id, client_id) = match &new.holder {
            Holder::Person(user_id) => (Some(user_id.clone()), None),
            Holder::System(client_id) => (None, Some(client_id.clone())),
        };
        let (level, permission) = match new.power {
            Power::Role(level) => (Some(level.name().to_owned()), None),
            Power::Direct(permission) => (None, Some(permission.name().to_owned())),
            // Staff roles are Keycloak's; the constraint on powers refuses a grant of one.
            Power::Staff(_) => (None, None),
        };
        GrantRow {
            grant_id: GrantId::generate(self.clock().as_ref(), self.entropy().as_ref()),
            user_id,
            client_id,
            scope: new.place.scope().name().to_owned(),
            company_id: new.place.company(),
            deployment_id: match new.place {
                Target::Deployment { deployment, .. } => Some(deployment),
                _ => None,
            },
            level,
            permission,
            granted_by: caller.user_id().unwrap_or_default().to_owned(),
            granted_at: now,
            ends_at: new.ends_at,
        }
    }

    /// Whether the holder is associated where the grant is for. For people the foreign keys decide in
    /// the end; this also knows of somebody who is on the way out, and of a system's company.
    async fn is_associated(&self, conn: &mut PgConnection, new: &NewGrant) -> Result<bool, sqlx::Error> {
        match (&new.holder, new.place.company()) {
            (Holder::Person(user_id), Some(company)) => {
                Ok(store::associations(conn, user_id).await?.iter().any(|it| it.company_id == company))
            }
            (Holder::Person(_), None) => Ok(true),
            (Holder::System(client_id), company) => {
                // A system of the cloud's operator may look into any company.
                let found = store::system(conn, client_id).await?;
                Ok(found.is_some_and(|its| its.is_none() || its == company))
            }
        }
    }

    async fn record(
        &self,
        conn: &mut PgConnection,
        caller: &Caller,
        action: &'static str,
        grant: &GrantRow,
        reason: Option<String>,
    ) -> Result<(), sqlx::Error> {
        let subject = match (&grant.user_id, &grant.client_id) {
            (Some(user_id), _) => Subject::person(user_id),
            (None, client_id) => Subject { kind: "system", id: client_id.clone().unwrap_or_default() },
        };
        let what = Some(shown(grant));
        let (before, after) = if action == "access.granted" { (None, what) } else { (what, None) };
        let company_id = grant.company_id;
        let entry = Entry { actor: caller.actor(), action, subject, company_id, before, after, reason };
        self.write(conn, caller, &entry).await
    }
}

/// The permission to say who may do what in a place.
const fn manager_of(place: &Target) -> Permission {
    match place {
        Target::System => Permission::SystemAccess,
        Target::Company(_) => Permission::AccessManage,
        Target::Deployment { .. } => Permission::DeploymentAccess,
    }
}

fn only_looks(power: Power) -> bool {
    match power {
        Power::Role(level) => level == Level::View,
        Power::Direct(permission) => permission.level() == Level::View,
        Power::Staff(_) => false,
    }
}

/// The constraints know it too, whoever comes between the look and the write; and which deployments a company has.
fn not_associated(error: sqlx::Error) -> AccessError {
    match db::violated_constraint(&error) {
        Some(
            "access_grants_member_fkey" | "access_grants_system_member_fkey" | "access_grants_client_fkey",
        ) => AccessError::NotAssociated,
        Some("access_grants_deployment_fkey") => Denied::NotFound.into(),
        _ => AccessError::Database(error),
    }
}

fn shown(grant: &GrantRow) -> Value {
    json!({
        "grant_id": grant.grant_id,
        "scope": grant.scope,
        "deployment_id": grant.deployment_id,
        "gives": grant.level.as_ref().or(grant.permission.as_ref()),
        "ends_at": grant.ends_at,
    })
}
