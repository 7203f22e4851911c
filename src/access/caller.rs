//! Whoever asks for something, with what they hold.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Held, Level, Permission, Power, Reason, Source, Target};
use crate::audit::{Actor, Origin};

/// Who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A human in a session.
    Person {
        /// Keycloak's id of the person.
        user_id: String,
        /// Keycloak's id of the session.
        session_id: String,
    },
    /// A system by its own credentials. It looks, and changes nothing.
    System {
        /// Its client.
        client_id: String,
    },
}

/// Whoever asks for something. Use cases take it, and begin by asking it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who it is.
    pub who: Who,
    /// The realm they belong to.
    pub realm: String,
    /// From where they ask.
    pub origin: Origin,
    /// The companies they are associated with.
    pub companies: Vec<Uuid>,
    /// What they hold.
    pub held: Vec<Held>,
}

/// Why something is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// They may know of it, and may not do this.
    #[error("not allowed")]
    Forbidden,
    /// They may not even know of it.
    #[error("not found")]
    NotFound,
}

impl Caller {
    /// Whether this is allowed there.
    #[must_use]
    pub fn may(&self, permission: Permission, target: &Target) -> bool {
        self.why(permission, target).next().is_some()
    }

    /// Every reason why this is allowed there; none means that it is not.
    pub fn why(&self, permission: Permission, target: &Target) -> impl Iterator<Item = Reason> {
        let is_open = self.user_id().is_some() || permission.level() == Level::View;
        let given = self.held.iter().filter(move |held| is_open && held.gives(permission, target));
        given.map(move |held| Reason::of(held, permission))
    }

    /// Whether they hold all of this there themselves: nobody gives, or takes away, more than they hold.
    #[must_use]
    pub fn holds_all(&self, power: Power, place: Target) -> bool {
        self.holds_each(power, place, |_| true)
    }

    /// Whether they hold all of this there themselves, and until `end` at least; an end that is none is for good. Nobody
    /// gives something for longer than they hold it.
    #[must_use]
    pub fn may_give(&self, power: Power, place: Target, end: Option<DateTime<Utc>>) -> bool {
        self.holds_each(power, place, |held| match (held.ends_at, end) {
            (None, _) => true,
            (Some(held), Some(asked)) => held >= asked,
            (Some(_), None) => false,
        })
    }

    fn holds_each(&self, power: Power, place: Target, counts: impl Fn(&Reason) -> bool) -> bool {
        let holds = |permission, place: &Target| self.why(permission, place).any(|reason| counts(&reason));
        let given = Held { power, place, source: Source::CompanyAdmin, ends_at: None };
        let means_something = given.permissions().next().is_some();
        // SUPER exists by itself nowhere but in the system, also where it gives no more than ADMIN today.
        let is_super = matches!(power, Power::Role(Level::Super));
        means_something
            && given.permissions().all(|permission| holds(permission, &place))
            && (!is_super || holds(Permission::SystemAccess, &Target::System))
    }

    /// Goes on only if this is allowed there.
    ///
    /// # Errors
    /// `NotFound` for what the caller may not know of: a company they have nothing to do with.
    pub fn require(&self, permission: Permission, target: Target) -> Result<(), Denied> {
        if self.may(permission, &target) {
            Ok(())
        } else if self.may_know(&target) {
            Err(Denied::Forbidden)
        } else {
            Err(Denied::NotFound)
        }
    }

    /// Goes on only if this is allowed in one of these companies, or everywhere: the way to what
    /// belongs to a person, who belongs to them.
    pub fn require_in_one_of(&self, permission: Permission, companies: &[Uuid]) -> Result<(), Denied> {
        let mut targets = companies.iter().map(|company| Target::Company(*company));
        if self.may(permission, &Target::System) || targets.any(|target| self.may(permission, &target)) {
            Ok(())
        } else if self.is_staff() || companies.iter().any(|company| self.companies.contains(company)) {
            Err(Denied::Forbidden)
        } else {
            Err(Denied::NotFound)
        }
    }

    /// Goes on only for a human, and says which.
    pub fn require_person(&self) -> Result<&str, Denied> {
        self.user_id().ok_or(Denied::Forbidden)
    }

    /// The human, if it is one.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        match &self.who {
            Who::Person { user_id, .. } => Some(user_id),
            Who::System { .. } => None,
        }
    }

    /// As whom the audit trail knows them.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match &self.who {
            Who::Person { user_id, .. } => Actor::Person { user_id: user_id.clone() },
            Who::System { client_id } => Actor::System { client_id: client_id.clone() },
        }
    }

    /// A name that is theirs alone, for limits and repeated requests.
    #[must_use]
    pub fn key(&self) -> String {
        match &self.who {
            Who::Person { user_id, .. } => format!("person:{user_id}"),
            Who::System { client_id } => format!("system:{client_id}"),
        }
    }

    /// Whether they may look at everybody.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        self.may(Permission::DirectoryView, &Target::System)
    }

    fn may_know(&self, target: &Target) -> bool {
        target.company().is_none_or(|company| self.is_staff() || self.companies.contains(&company))
    }
}
