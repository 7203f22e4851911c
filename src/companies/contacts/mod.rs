//! Whom to ask at a company: people who need no account, with what each is for.
//!
//! They are the company's to keep, and go with it. Those for billing stand in the records that billing
//! systems read; the others leave this service only for who may see the company's people.

pub mod http;
mod model;
mod service;
mod store;

pub use model::{CompanyContact, CompanyContactError, CompanyContactId, ContactField, ContactInput, Matter};
pub use service::{CompanyContacts, MOST};
pub use store::billing_contacts_of;
pub(super) use store::forget_in_tx;
