//! What the admins of a company do with its people.
//!
//! Whatever changes an identity is noted here in one transaction and brought to Keycloak by a job, which
//! reads what is wanted at that moment; it comes back as an event. The row of the company is locked first:
//! so two who act at once follow one another, and the last admin stays.

mod admins;
mod csv;
pub mod http;
mod invitations;
mod jobs;
mod model;
mod people;
mod profile;
mod service;
mod store;

pub use admins::{companies_led_by_in_tx, count_without_admin, require_another_admin_in_tx};
pub use invitations::InvitationOutcome;
pub(super) use invitations::accept_invitations_in_tx;
pub use jobs::{
    InvitationJob, JobPorts, MemberJob, PasswordJob, RenameJob, StandingJob, ask_new_password_in_tx,
    bring_standing_in_tx,
};
pub use model::{
    CompaniesError, InvitationId, JoinRequestListed, NewInvitation, PeopleFilter, PersonListed, Profile,
    Reason, WithoutAdmin,
};
pub use people::{Stop, Stopped, appoint_in_tx, stop_in_tx};
pub use service::Companies;
