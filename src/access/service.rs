//! The use cases of access, each in one transaction.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::{
    Caller, Denied, GrantId, Held, Level, Permission, Power, Reason, Scope, Source, StaffRole, Target, Who,
    store::{self, GrantRow},
};
use crate::{
    audit::{self, AuditId, Entry, Origin, Subject},
    platform::{
        auth::{Bearer, Identity, Session, sessions},
        clock::SharedClock,
        db,
        entropy::SharedEntropy,
    },
};

/// Who may do what. Cheap to clone.
#[derive(Clone)]
pub struct Access(Arc<Inner>);

struct Inner {
    pool: PgPool,
    realm: String,
    clock: SharedClock,
    entropy: SharedEntropy,
}

/// Why a use case was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The holder is not associated with the company, or not with the system.
    #[error("not associated")]
    NotAssociated,
    /// It ends before it begins.
    #[error("the end is in the past")]
    Over,
    /// A system looks, and changes nothing.
    #[error("a system may only look")]
    OnlyLooks,
    /// The database did not do its part.
    #[error("the database did not do its part")]
    Database(#[from] sqlx::Error),
}

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

/// A person as access sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonAccess {
    /// The companies they are in.
    pub companies: Vec<Uuid>,
    /// What they hold. Roles of the realm are known only of the caller, and of whoever was seen with them.
    pub held: Vec<Held>,
}

impl Access {
    /// The feature for the people of one realm.
    pub fn new(pool: PgPool, realm: impl Into<String>, clock: SharedClock, entropy: SharedEntropy) -> Self {
        Self(Arc::new(Inner { pool, realm: realm.into(), clock, entropy }))
    }

    /// The caller behind an access token; none when its session is over or they may not act at all.
    pub async fn caller(&self, bearer: Bearer, origin: Origin) -> Result<Option<Caller>, sqlx::Error> {
        let origin = Origin { client_id: Some(bearer.client_id.clone()), ..origin };
        match &bearer.identity {
            Identity::Person(session) => self.person(session, &bearer.realm_roles, origin).await,
            Identity::System => self.system(&bearer, origin).await,
        }
    }

    /// The human behind a session, in the portal or by token.
    pub async fn person(
        &self,
        session: &Session,
        realm_roles: &[String],
        origin: Origin,
    ) -> Result<Option<Caller>, sqlx::Error> {
        let mut conn = self.0.pool.acquire().await?;
        if !sessions::admit(&mut conn, session).await?
            || !store::standing(&mut conn, &session.user_id).await?.is_open
        {
            return Ok(None);
        }
        let mut access = self.held_by(&mut conn, &session.user_id).await?;
        access.held.extend(staff_roles(realm_roles));
        let who = Who::Person { user_id: session.user_id.clone(), session_id: session.session_id.clone() };
        let realm = self.0.realm.clone();
        Ok(Some(Caller { who, realm, origin, companies: access.companies, held: access.held }))
    }

    async fn system(&self, bearer: &Bearer, origin: Origin) -> Result<Option<Caller>, sqlx::Error> {
        let mut conn = self.0.pool.acquire().await?;
        let registered = store::system(&mut conn, &bearer.client_id).await?;
        let staff: Vec<Held> = staff_roles(&bearer.realm_roles).collect();
        // A client that nobody registered counts only by a role that Keycloak's administrator gave it.
        let companies = match registered {
            Some(company) => company.into_iter().collect(),
            None if !staff.is_empty() => Vec::new(),
            None => return Ok(None),
        };
        let now = self.0.clock.now();
        let grants = store::grants_of(&mut conn, None, Some(&bearer.client_id), now).await?;
        let held = grants.iter().filter_map(GrantRow::held).chain(staff).collect();
        let who = Who::System { client_id: bearer.client_id.clone() };
        Ok(Some(Caller { who, realm: self.0.realm.clone(), origin, companies, held }))
    }

    /// What a person holds by their companies and by grants.
    async fn held_by(&self, conn: &mut PgConnection, user_id: &str) -> Result<PersonAccess, sqlx::Error> {
        let associations = store::associations(conn, user_id).await?;
        let open: Vec<Uuid> = associations.iter().filter(|it| it.is_open).map(|it| it.company_id).collect();
        let admin = associations.iter().filter(|it| it.is_admin && it.is_open).map(|it| Held {
            power: Power::Role(Level::Admin),
            place: Target::Company(it.company_id),
            source: Source::CompanyAdmin,
            ends_at: None,
        });
        let grants = store::grants_of(conn, Some(user_id), None, self.0.clock.now()).await?;
        let granted = grants
            .iter()
            .filter_map(GrantRow::held)
            .filter(|held| held.place.company().is_none_or(|company| open.contains(&company)));
        let held = admin.chain(granted).collect();
        Ok(PersonAccess { companies: associations.iter().map(|it| it.company_id).collect(), held })
    }

    /// The companies of a person; none when there is no such person.
    pub async fn companies_of(&self, user_id: &str) -> Result<Option<Vec<Uuid>>, sqlx::Error> {
        let mut conn = self.0.pool.acquire().await?;
        if !store::standing(&mut conn, user_id).await?.is_known {
            return Ok(None);
        }
        let associations = store::associations(&mut conn, user_id).await?;
        Ok(Some(associations.into_iter().map(|it| it.company_id).collect()))
    }

    /// What a person may do: everything they hold in places that the caller may look at.
    pub async fn access_of(&self, caller: &Caller, user_id: &str) -> Result<PersonAccess, AccessError> {
        let mut conn = self.0.pool.acquire().await?;
        let is_own = caller.user_id() == Some(user_id);
        if !store::standing(&mut conn, user_id).await?.is_known && !is_own {
            return Err(Denied::NotFound.into());
        }
        let mut access = self.held_by(&mut conn, user_id).await?;
        if is_own {
            access.held.clone_from(&caller.held);
            return Ok(access);
        }
        caller.require_in_one_of(Permission::AccessView, &access.companies)?;
        let may_see = |company| caller.may(Permission::AccessView, &Target::Company(company));
        access.companies.retain(|company| may_see(*company));
        access.held.retain(|held| caller.may(Permission::AccessView, &held.place));
        Ok(access)
    }

    /// Why a person may do something: every chain from a decision to the permission in that place. No
    /// chain means that they may not.
    pub async fn why(
        &self,
        caller: &Caller,
        user_id: &str,
        permission: Permission,
        target: Target,
    ) -> Result<Vec<Reason>, AccessError> {
        let access = self.access_of(caller, user_id).await?;
        let given = access.held.iter().filter(|held| held.gives(permission, &target));
        Ok(given.map(|held| Reason::of(held, permission)).collect())
    }

    /// Grants a role or a permission. Nobody grants what they do not hold themselves, and nobody holds
    /// anything where they are not associated.
    pub async fn grant(&self, caller: &Caller, new: &NewGrant) -> Result<GrantRow, AccessError> {
        caller.require_person()?;
        caller.require(manager_of(&new.place), new.place)?;
        let now = self.0.clock.now();
        let mut grant = self.row_of(caller, new, now);
        require_all_of(caller, &grant)?;
        if new.ends_at.is_some_and(|end| end <= now) {
            return Err(AccessError::Over);
        }
        if matches!(new.holder, Holder::System(_)) && !only_looks(new.power) {
            return Err(AccessError::OnlyLooks);
        }
        let mut tx = self.0.pool.begin().await?;
        if !self.is_associated(&mut tx, new).await? {
            return Err(AccessError::NotAssociated);
        }
        grant.grant_id = store::put_grant(&mut tx, &grant).await.map_err(not_associated)?;
        self.record(&mut tx, caller, "access.granted", &grant, new.reason.clone()).await?;
        tx.commit().await?;
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
        let mut tx = self.0.pool.begin().await?;
        let grant = store::lock_grant(&mut tx, grant_id, company_id).await?.ok_or(Denied::NotFound)?;
        require_all_of(caller, &grant)?;
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
        let mut conn = self.0.pool.acquire().await?;
        Ok(store::grants_in(&mut conn, company_id, self.0.clock.now(), after, limit).await?)
    }

    /// Associates a person with the system, which is needed before any grant there.
    pub async fn join_system(&self, caller: &Caller, user_id: &str) -> Result<(), AccessError> {
        let by = caller.require_person()?;
        caller.require(Permission::SystemAccess, Target::System)?;
        let mut tx = self.0.pool.begin().await?;
        if !store::standing(&mut tx, user_id).await?.is_known {
            return Err(Denied::NotFound.into());
        }
        store::put_system_member(&mut tx, user_id, by, self.0.clock.now()).await?;
        self.record_about(&mut tx, caller, "system.joined", user_id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends a person's association with the system, and with it every grant there.
    pub async fn leave_system(&self, caller: &Caller, user_id: &str) -> Result<(), AccessError> {
        caller.require_person()?;
        caller.require(Permission::SystemAccess, Target::System)?;
        let mut tx = self.0.pool.begin().await?;
        if !store::delete_system_member(&mut tx, user_id).await? {
            return Err(Denied::NotFound.into());
        }
        self.record_about(&mut tx, caller, "system.left", user_id).await?;
        tx.commit().await?;
        Ok(())
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
            grant_id: GrantId::generate(self.0.clock.as_ref(), self.0.entropy.as_ref()),
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

    async fn record_about(
        &self,
        conn: &mut PgConnection,
        caller: &Caller,
        action: &'static str,
        user_id: &str,
    ) -> Result<(), sqlx::Error> {
        let entry = Entry {
            actor: caller.actor(),
            action,
            subject: Subject::person(user_id),
            company_id: None,
            before: None,
            after: None,
            reason: None,
        };
        self.write(conn, caller, &entry).await
    }

    async fn write(
        &self,
        conn: &mut PgConnection,
        caller: &Caller,
        entry: &Entry,
    ) -> Result<(), sqlx::Error> {
        let id = AuditId::generate(self.0.clock.as_ref(), self.0.entropy.as_ref());
        audit::store::record_in_tx(conn, self.0.clock.now(), id, &caller.origin, entry).await
    }
}

/// The roles of staff among the roles of the realm.
fn staff_roles(realm_roles: &[String]) -> impl Iterator<Item = Held> {
    realm_roles.iter().filter_map(|name| StaffRole::named(name)).map(|role| Held {
        power: Power::Staff(role),
        place: Target::System,
        source: Source::RealmRole,
        ends_at: None,
    })
}

/// The permission to say who may do what in a place.
const fn manager_of(place: &Target) -> Permission {
    match place {
        Target::System => Permission::SystemAccess,
        Target::Company(_) => Permission::AccessManage,
        Target::Deployment { .. } => Permission::DeploymentAccess,
    }
}

/// Nobody gives, or takes, more than they hold, nor what means nothing in its place.
fn require_all_of(caller: &Caller, grant: &GrantRow) -> Result<(), Denied> {
    let held = grant.held().filter(|held| held.permissions().next().is_some()).ok_or(Denied::Forbidden)?;
    let is_super = matches!(held.power, Power::Role(Level::Super));
    let holds_all = held.permissions().all(|permission| caller.may(permission, &held.place));
    // SUPER exists by itself nowhere but in the system, also where it gives no more than ADMIN today.
    let may_super = !is_super || caller.may(Permission::SystemAccess, &Target::System);
    if holds_all && may_super { Ok(()) } else { Err(Denied::Forbidden) }
}

fn only_looks(power: Power) -> bool {
    match power {
        Power::Role(level) => level == Level::View,
        Power::Direct(permission) => permission.level() == Level::View,
        Power::Staff(_) => false,
    }
}

/// The constraints know it too, whoever comes between the look and the write.
fn not_associated(error: sqlx::Error) -> AccessError {
    match db::violated_constraint(&error) {
        Some(
            "access_grants_member_fkey" | "access_grants_system_member_fkey" | "access_grants_client_fkey",
        ) => AccessError::NotAssociated,
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

impl Scope {
    /// The place of this scope with these ids, if they fit.
    #[must_use]
    pub const fn place(self, company: Option<Uuid>, deployment: Option<Uuid>) -> Option<Target> {
        match (self, company, deployment) {
            (Self::System, None, None) => Some(Target::System),
            (Self::Customer, Some(company), None) => Some(Target::Company(company)),
            (Self::Deployment, Some(company), Some(deployment)) => {
                Some(Target::Deployment { company, deployment })
            }
            _ => None,
        }
    }
}
