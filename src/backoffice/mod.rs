//! The back office: staff help all customers.
//!
//! Staff see personal data masked until they ask for it, and asking is written into the trail that the
//! customer sees. What could do harm needs a second pair of eyes.

pub mod http;
mod mask;
mod model;
mod service;
mod store;

pub use model::{
    Approval, ApprovalId, ApprovalKind, BackOfficeError, ContactShown, Extended, FoundCompany, FoundPerson,
    Membership, Note, NoteId, ParkedJob, Query,
};
pub use service::{BackOffice, FactorsJob};
