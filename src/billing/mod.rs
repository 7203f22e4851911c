//! What an invoice to a company needs, and what of it is still missing.
//!
//! The profile is saved as a whole against the revision that was read, so two who edit at once never
//! overwrite each other; every revision is kept.

mod cleaning;
pub mod http;
mod input;
mod model;
mod readiness;
mod recipients;
mod service;
mod store;
mod tax_id;
mod trail;

pub use cleaning::FORGET_RECIPIENTS;
pub use input::{
    BillingField, BillingInput, COUNTRIES, CURRENCIES, MAX_ORDERS, MAX_TAX_IDS, PROVINCES, TIME_ZONES,
};
pub use model::{
    Address, BillingProfile, PartyType, PaymentMethod, PaymentTerms, PurchaseOrder, Recipient, Tax, Treatment,
};
pub use readiness::{Missing, Readiness, Who};
pub use recipients::{PendingRecipient, RecipientId};
pub use service::{Billing, BillingError, Editor, Saved, SetByStaff};
pub use store::{Version, profiles_of};
pub use tax_id::{CheckMethod, TaxId, TaxIdKind, TaxIdStatus};
