//! Who may do what: one place decides, and nobody gets past it.
//!
//! Somebody is associated with a company, or with the system, and only then holds something there: a
//! role, which is a type and a place and gives what the catalogue has of it, or a permission by itself.
//! Admins of a company hold its ADMIN role; staff hold what their role in Keycloak gives. Whoever is
//! associated and holds nothing is a basic user: they see themselves.
//!
//! Use cases take a [`Caller`] and begin by asking it. Routes of the API cannot be added without saying
//! who may pass ([`http::Routes`]).

mod caller;
mod granting;
pub mod http;
mod model;
mod permission;
mod reads;
mod service;
mod staff;
mod store;
pub mod systems;

pub use caller::{Caller, Denied, Who};
pub use granting::{Holder, NewGrant};
pub use model::{GrantId, Held, Power, Reason, Source, Target};
pub use permission::{Level, Permission, Scope, StaffRole};
pub use service::{Access, AccessError, PersonAccess};
pub use staff::may_in_system;
pub use store::{GrantRow, blocked_among, delete_grants_in_tx};
