//! The catalogue: what can be allowed at all, of which type, and for how much at least.
//!
//! Roles hold no lists. A role is a type and a place, and gives whatever the catalogue has of that type
//! and the types below it; a permission that is added here is in every role at once.

use serde::{Deserialize, Serialize};

/// The type of a role or a permission; a higher one includes the lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// Look.
    View,
    /// Change what is there.
    Manage,
    /// Decide who may.
    Admin,
    /// Decide who decides. No role of this type exists by itself.
    Super,
}

/// How far something reaches; a wider one includes the narrower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Scope {
    /// One deployment of a customer.
    Deployment,
    /// A customer with all its deployments, also later ones.
    Customer,
    /// Everything.
    System,
}

/// Declares the catalogue: a permission with its name, its type and its scope a line.
macro_rules! catalogue {
    ($($(#[$meta:meta])* $permission:ident = $name:literal, $level:ident, $scope:ident;)*) => {
        /// Something that can be allowed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission { $($(#[$meta])* $permission,)* }

        impl Permission {
            /// Every permission there is.
            pub const ALL: &[Self] = &[$(Self::$permission,)*];

            /// The name in the API and the database; it never changes.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$permission => $name,)* }
            }

            /// Its type.
            #[must_use]
            pub const fn level(self) -> Level {
                match self { $(Self::$permission => Level::$level,)* }
            }

            /// The narrowest scope it can be held for.
            #[must_use]
            pub const fn scope(self) -> Scope {
                match self { $(Self::$permission => Scope::$scope,)* }
            }
        }
    };
}

catalogue! {
    /// See a deployment and what it uses.
    DeploymentView = "deployment.view", View, Deployment;
    /// Change a deployment.
    DeploymentManage = "deployment.manage", Manage, Deployment;
    /// Say who may do what in a deployment.
    DeploymentAccess = "deployment.access", Admin, Deployment;

    /// See a company's profile.
    CompanyView = "company.view", View, Customer;
    /// See a company's people.
    PeopleView = "people.view", View, Customer;
    /// See who may do what in a company, and why.
    AccessView = "access.view", View, Customer;
    /// See a company's billing profile.
    BillingView = "billing.view", View, Customer;
    /// See what was done in a company.
    CompanyAuditView = "company.audit.view", View, Customer;
    /// Change a company's billing profile.
    BillingManage = "billing.manage", Manage, Customer;
    /// Change a company's contacts.
    ContactsManage = "contacts.manage", Manage, Customer;
    /// Ask for deployments.
    DeploymentsRequest = "deployments.request", Manage, Customer;
    /// Change a company's profile.
    CompanyManage = "company.manage", Admin, Customer;
    /// Invite, disable and remove a company's people.
    PeopleManage = "people.manage", Admin, Customer;
    /// Say who may do what in a company.
    AccessManage = "access.manage", Admin, Customer;
    /// Make and revoke a company's systems.
    SystemsManage = "systems.manage", Admin, Customer;

    /// Find all people and companies.
    DirectoryView = "directory.view", View, System;
    /// See the messages that were sent, and their fate.
    MessagesView = "messages.view", View, System;
    /// See the audit trail of everybody.
    AuditView = "audit.view", View, System;
    /// Compare one's copy of all records with what was published.
    RecordsView = "records.view", View, System;
    /// See jobs and parked records.
    JobsView = "jobs.view", View, System;
    /// See personal data unmasked, which is recorded.
    PeopleUnmask = "people.unmask", Manage, System;
    /// Write notes about people and companies.
    NotesManage = "notes.manage", Manage, System;
    /// Block and unblock people.
    PeopleBlock = "people.block", Manage, System;
    /// Unlock second factors, and send messages again.
    FactorsManage = "factors.manage", Manage, System;
    /// Decide requests to sign up or for resources.
    RequestsManage = "requests.manage", Manage, System;
    /// Reset the factors of a person, with a second pair of eyes.
    FactorsReset = "factors.reset", Manage, System;
    /// Say how taxes apply to a company, who sells to it, and that its currency stays.
    BillingSetByStaff = "billing.set_by_staff", Manage, System;
    /// Give a company another admin, with a second pair of eyes.
    OwnersChange = "owners.change", Manage, System;
    /// Suspend companies.
    CompaniesSuspend = "companies.suspend", Manage, System;
    /// Run jobs and parked records again, set limits.
    JobsManage = "jobs.manage", Admin, System;
    /// Decide requests that nobody decided in time, or that somebody handed up.
    RequestsOverrule = "requests.overrule", Admin, System;
    /// Say who belongs to the system, and what they may do.
    SystemAccess = "system.access", Super, System;
}

impl Permission {
    /// The permission of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.name() == name)
    }
}

impl Level {
    /// Every type, the lowest first.
    pub const ALL: [Self; 4] = [Self::View, Self::Manage, Self::Admin, Self::Super];

    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::View => "VIEW",
            Self::Manage => "MANAGE",
            Self::Admin => "ADMIN",
            Self::Super => "SUPER",
        }
    }

    /// The type of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

impl Scope {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deployment => "DEPLOYMENT",
            Self::Customer => "CUSTOMER",
            Self::System => "SYSTEM",
        }
    }

    /// The scope of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Deployment, Self::Customer, Self::System].into_iter().find(|scope| scope.name() == name)
    }
}

/// The roles of staff, which are roles of the realm in Keycloak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StaffRole {
    /// Helps customers.
    CustomerService,
    /// Runs the service.
    Operator,
    /// Looks, and changes nothing.
    Auditor,
}

impl StaffRole {
    /// The role of the realm.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CustomerService => "customer-service",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
        }
    }

    /// The staff role of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::CustomerService, Self::Operator, Self::Auditor].into_iter().find(|role| role.name() == name)
    }

    /// The type of SYSTEM role it is, and by that what it gives. Who helps customers also decides for
    /// them, but not about jobs and staff.
    #[must_use]
    pub fn gives(self, permission: Permission) -> bool {
        match self {
            Self::Auditor => permission.level() <= Level::View,
            Self::Operator => true,
            Self::CustomerService => {
                permission.level() <= Level::Manage
                    || permission.level() <= Level::Admin && permission.scope() < Scope::System
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_lead_back() {
        let names: BTreeSet<&str> = Permission::ALL.iter().map(|permission| permission.name()).collect();
        assert_eq!(names.len(), Permission::ALL.len());
        for permission in Permission::ALL {
            assert_eq!(Permission::named(permission.name()), Some(*permission));
        }
    }

    #[test]
    fn an_auditor_changes_nothing() {
        for permission in Permission::ALL {
            assert_eq!(StaffRole::Auditor.gives(*permission), permission.level() == Level::View);
        }
    }

    #[test]
    fn customer_service_touches_neither_jobs_nor_staff() {
        assert!(!StaffRole::CustomerService.gives(Permission::JobsManage));
        assert!(!StaffRole::CustomerService.gives(Permission::RequestsOverrule));
        assert!(!StaffRole::CustomerService.gives(Permission::SystemAccess));
        assert!(StaffRole::CustomerService.gives(Permission::PeopleManage));
    }
}
