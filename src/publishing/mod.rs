//! The records that billing reads: whole, current, one a key, in compacted topics.
//!
//! Changes mark keys; the publisher builds each record from the state of one snapshot and sends it.
//! See [`Publisher`] for what is promised and why it holds.

mod billing;
mod cloud_events;
mod config;
mod draft;
pub mod http;
mod parity;
mod publisher;
mod record;
mod restored;
mod store;

pub use billing::{Billing, BillingContact, InvoiceRecipient, Order, Readiness};
pub use config::PublishingConfig;
pub use parity::{Kind, Parity, range_of};
pub use publisher::Publisher;
pub use record::{CompanyOfUser, CompanyRecord, EmailEntry, Name, PhoneEntry, Project, Region, UserRecord};
pub use restored::{Adopted, AfterRestore, AfterRestoreError};
pub use store::{mark_everything_in_tx, mark_keys_in_tx};
