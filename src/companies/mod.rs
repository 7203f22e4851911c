//! Companies: who is in which, who may do what in it, and who asks to be let in.
//!
//! A company begins with the first person who signs up with its name, or with an organisation that
//! an administrator made in Keycloak. Members of the organisation are members of the company.

pub mod administration;
pub mod contacts;
mod follow;
mod ledger;
mod model;
mod name;
mod organization_job;
mod rule;
mod store;

pub use follow::{Followed, Follower};
pub use ledger::PersonNow;
pub use model::{Company, CompanyId, JoinRequest, Member, Role, Status};
pub use name::comparable_name;
pub use organization_job::OrganizationJob;
pub use rule::{Claim, Decision, Held, decide};
pub use store::{
    companies_by_id, companies_of_people, hold_in_tx, join_requests_of, mark_all_in_tx, mark_billing_in_tx,
    member_counts, members_of_company, suspended_among,
};

/// The stream of records about companies; their key is the company id.
pub const COMPANIES_STREAM: &str = "companies";

/// The work of bringing a company and its admin to Keycloak; its key is the company id.
pub const CREATE_ORGANIZATION: &str = "companies.create_organization";
