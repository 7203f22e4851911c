//! The back office: staff help all customers.
//!
//! Staff see personal data masked until they ask for it, and asking is written into the trail that the
//! customer sees. What could do harm needs a second pair of eyes.

mod approvals;
pub mod http;
mod model;
mod service;
mod sight;
mod store;

pub use approvals::FactorsJob;
pub use model::{
    Approval, ApprovalId, ApprovalKind, BackOfficeError, ContactShown, Extended, FoundCompany, FoundPerson,
    Membership, MessageSent, Note, NoteId, ParkedJob, ParkedRecord, Query, SessionSeen,
};
pub use service::BackOffice;
pub use store::forget_people_in_tx;
