//! The use cases of access, each in one transaction.

use std::sync::Arc;

use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::{
    Caller, Denied, Held, Level, Permission, Power, Reason, Scope, Source, Target, Who,
    staff::{note_seen, staff_roles},
    store::{self, GrantRow},
};
use crate::{
    audit::{self, AuditId, Entry, Origin, Subject},
    platform::{
        auth::{Bearer, Identity, Session, sessions},
        clock::SharedClock,
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
    /// The giver's own hold on it ends before.
    #[error("nobody gives for longer than they hold")]
    Longer,
    /// A system looks, and changes nothing.
    #[error("a system may only look")]
    OnlyLooks,
    /// The database did not do its part.
    #[error("the database did not do its part")]
    Database(#[from] sqlx::Error),
}

/// A person as access sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonAccess {
    /// The companies they are in.
    pub companies: Vec<Uuid>,
    /// What they hold. Roles of the realm are known only of the caller, and of whoever was seen with them.
    pub held: Vec<Held>,
    /// Whether they may act at all: neither stopped here nor disabled in Keycloak.
    pub may_act: bool,
}

impl PersonAccess {
    /// What they hold and may use now: nothing while they are stopped.
    #[must_use]
    pub fn in_force(&self) -> &[Held] {
        if self.may_act { &self.held } else { &[] }
    }
}

impl Access {
    /// The feature for the people of one realm.
    pub fn new(pool: PgPool, realm: impl Into<String>, clock: SharedClock, entropy: SharedEntropy) -> Self {
        Self(Arc::new(Inner { pool, realm: realm.into(), clock, entropy }))
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    pub(super) fn clock(&self) -> &SharedClock {
        &self.0.clock
    }

    pub(super) fn entropy(&self) -> &SharedEntropy {
        &self.0.entropy
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
        if !sessions::admit(&mut conn, session).await? {
            return Ok(None);
        }
        let standing = store::standing(&mut conn, &session.user_id).await?;
        if !standing.is_open {
            return Ok(None);
        }
        note_seen(&mut conn, session, realm_roles, &standing).await?;
        let (companies, mut held) = self.held_by(&mut conn, &session.user_id).await?;
        held.extend(staff_roles(realm_roles));
        let who = Who::Person { user_id: session.user_id.clone(), session_id: session.session_id.clone() };
        let realm = self.0.realm.clone();
        Ok(Some(Caller { who, realm, origin, companies, held }))
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

    /// The companies of a person, and what they hold by these and by grants.
    async fn held_by(
        &self,
        conn: &mut PgConnection,
        user_id: &str,
    ) -> Result<(Vec<Uuid>, Vec<Held>), sqlx::Error> {
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
        Ok((associations.iter().map(|it| it.company_id).collect(), held))
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

    /// What a person holds in places that the caller may look at, and whether they may use it now.
    pub async fn access_of(&self, caller: &Caller, user_id: &str) -> Result<PersonAccess, AccessError> {
        let mut conn = self.0.pool.acquire().await?;
        let is_own = caller.user_id() == Some(user_id);
        let standing = store::standing(&mut conn, user_id).await?;
        if !standing.is_known && !is_own {
            return Err(Denied::NotFound.into());
        }
        let (companies, held) = self.held_by(&mut conn, user_id).await?;
        let mut access = PersonAccess { companies, held, may_act: standing.is_open };
        if is_own {
            access.held.clone_from(&caller.held);
            return Ok(access);
        }
        access.held.extend(staff_roles(&standing.staff_roles));
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
        let given = access.in_force().iter().filter(|held| held.gives(permission, &target));
        Ok(given.map(|held| Reason::of(held, permission)).collect())
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

    pub(super) async fn write(
        &self,
        conn: &mut PgConnection,
        caller: &Caller,
        entry: &Entry,
    ) -> Result<(), sqlx::Error> {
        let id = AuditId::generate(self.0.clock.as_ref(), self.0.entropy.as_ref());
        audit::store::record_in_tx(conn, self.0.clock.now(), id, &caller.origin, entry).await
    }
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
