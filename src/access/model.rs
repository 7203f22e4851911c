//! Who holds what, where, and since which decision.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Level, Permission, Scope, StaffRole};

crate::typed_id! {
    /// One decision that somebody may do something.
    GrantId
}

/// What something is asked for or about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The whole system.
    System,
    /// A company.
    Company(Uuid),
    /// A deployment of a company.
    Deployment {
        /// Whose it is.
        company: Uuid,
        /// Its id.
        deployment: Uuid,
    },
}

impl Target {
    /// How far it reaches.
    #[must_use]
    pub const fn scope(&self) -> Scope {
        match self {
            Self::System => Scope::System,
            Self::Company(_) => Scope::Customer,
            Self::Deployment { .. } => Scope::Deployment,
        }
    }

    /// Whether whatever is held here is also held there.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::System, _) => true,
            (Self::Company(mine), Self::Company(asked) | Self::Deployment { company: asked, .. }) => {
                mine == asked
            }
            _ => self == other,
        }
    }

    /// The company it belongs to.
    #[must_use]
    pub const fn company(&self) -> Option<Uuid> {
        match self {
            Self::System => None,
            Self::Company(company) | Self::Deployment { company, .. } => Some(*company),
        }
    }
}

/// What is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// Everything of a type, and of the types below it, in the place it is held for.
    Role(Level),
    /// What a role of staff gives.
    Staff(StaffRole),
    /// One permission.
    Direct(Permission),
}

/// Where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Being an admin of the company.
    CompanyAdmin,
    /// A role of the realm in Keycloak.
    RealmRole,
    /// A grant.
    Grant {
        /// Which one.
        grant_id: GrantId,
        /// Who gave it: a user id, or a client id.
        granted_by: String,
        /// When.
        granted_at: DateTime<Utc>,
    },
}

/// Something that somebody holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// What.
    pub power: Power,
    /// Where.
    pub place: Target,
    /// By which decision.
    pub source: Source,
    /// Until when, if not for good.
    pub ends_at: Option<DateTime<Utc>>,
}

impl Held {
    /// Whether it allows this there.
    #[must_use]
    pub fn gives(&self, permission: Permission, target: &Target) -> bool {
        self.place.covers(target)
            && permission.scope() <= self.place.scope()
            && match self.power {
                Power::Role(level) => permission.level() <= level,
                Power::Staff(role) => role.gives(permission),
                Power::Direct(held) => held == permission,
            }
    }

    /// The permissions it gives in its place.
    pub fn permissions(&self) -> impl Iterator<Item = Permission> + '_ {
        Permission::ALL.iter().copied().filter(|permission| self.gives(*permission, &self.place))
    }
}

/// One reason why somebody may do something, from the decision to the place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reason {
    /// `company-admin`, `realm-role` or `grant`.
    pub by: &'static str,
    /// The grant, when it is one.
    pub grant_id: Option<Uuid>,
    /// Who gave it, when it is a grant.
    pub granted_by: Option<String>,
    /// When it was given, when it is a grant.
    pub granted_at: Option<DateTime<Utc>>,
    /// Until when.
    pub ends_at: Option<DateTime<Utc>>,
    /// What was given: `ADMIN`, `customer-service` or the permission itself.
    pub gives: &'static str,
    /// Where: `SYSTEM`, `CUSTOMER` or `DEPLOYMENT`.
    pub scope: &'static str,
    /// The company of that place.
    pub company_id: Option<Uuid>,
    /// The deployment of that place.
    pub deployment_id: Option<Uuid>,
    /// The permission that follows.
    pub permission: &'static str,
}

impl Reason {
    /// Why `held` gives the permission.
    #[must_use]
    pub fn of(held: &Held, permission: Permission) -> Self {
        let (by, grant) = match &held.source {
            Source::CompanyAdmin => ("company-admin", None),
            Source::RealmRole => ("realm-role", None),
            Source::Grant { grant_id, granted_by, granted_at } => {
                ("grant", Some((grant_id.0, granted_by.clone(), *granted_at)))
            }
        };
        let (grant_id, granted_by, granted_at) = match grant {
            Some((id, who, when)) => (Some(id), Some(who), Some(when)),
            None => (None, None, None),
        };
        Self {
            by,
            grant_id,
            granted_by,
            granted_at,
            ends_at: held.ends_at,
            gives: match held.power {
                Power::Role(level) => level.name(),
                Power::Staff(role) => role.name(),
                Power::Direct(permission) => permission.name(),
            },
            scope: held.place.scope().name(),
            company_id: held.place.company(),
            deployment_id: match held.place {
                Target::Deployment { deployment, .. } => Some(deployment),
                _ => None,
            },
            permission: permission.name(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(power: Power, place: Target) -> Held {
        Held { power, place, source: Source::CompanyAdmin, ends_at: None }
    }

    #[test]
    fn a_wider_place_covers_the_narrower_and_no_other() {
        let (mine, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let deployment = |company, id| Target::Deployment { company, deployment: Uuid::from_u128(id) };
        let everything = [
            Target::System,
            Target::Company(mine),
            Target::Company(other),
            deployment(mine, 11),
            deployment(mine, 12),
            deployment(other, 13),
        ];
        let covered =
            |place: Target| everything.iter().map(|target| place.covers(target)).collect::<Vec<_>>();
        assert_eq!(covered(Target::System), [true; 6]);
        assert_eq!(covered(Target::Company(mine)), [false, true, false, true, true, false]);
        assert_eq!(covered(deployment(mine, 11)), [false, false, false, true, false, false]);
    }

    #[test]
    fn a_role_gives_its_type_and_those_below_in_its_scope() {
        let company = Target::Company(Uuid::from_u128(1));
        for level in Level::ALL {
            let role = held(Power::Role(level), company);
            for permission in Permission::ALL {
                let expected = permission.level() <= level && permission.scope() <= Scope::Customer;
                assert_eq!(role.gives(*permission, &company), expected, "{level:?} {permission:?}");
            }
        }
    }

    #[test]
    fn a_permission_held_directly_gives_no_other() {
        let company = Target::Company(Uuid::from_u128(1));
        let direct = held(Power::Direct(Permission::BillingManage), company);
        assert_eq!(direct.permissions().collect::<Vec<_>>(), [Permission::BillingManage]);
    }
}
