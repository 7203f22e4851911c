//! People and organisations as Keycloak knows them.
//!
//! Keycloak's records carry the whole state, and a sequence that grows per key: applying one means
//! replacing what is held, unless what is held is newer. Applying a record twice, or an old one
//! late, changes nothing.

pub mod commands;
mod config;
mod model;
mod resync;
mod status;
mod store;

pub use config::DirectoryConfig;
pub use model::{Change, OrganizationRow, PersonRow, PersonUpdate, fold};
pub use resync::{Counts, RESYNC, Report, Resync, ResyncError, ResyncJob};
pub use status::{SecondFactor, Status, second_factors, status};
pub use store::{
    PeopleApplied, apply_organizations_in_tx, apply_people_in_tx, lock_person_in_tx, mark_all_people_in_tx,
    members_of, memberships_of, organizations_by_id, people_by_id, people_named, person_by_email,
};

/// The stream of records about people; their key is the user id.
pub const PEOPLE_STREAM: &str = "users";
