//! Who may sign up.
//!
//! In the open mode everybody may. In the closed one Keycloak asks at the registration form, and an address
//! may sign up when a company has invited it, when it or its domain stands on the list of those who are
//! allowed, or when staff have approved its request. Whoever may not is noted as a request, once an address,
//! and hears by mail what staff decide. A stranger is told the same in every case.

mod config;
pub mod http;
mod letters;
mod model;
mod rule;
mod service;
mod staff;
mod store;
mod words;

pub use config::AdmissionConfig;
pub use letters::AdmissionLetters;
pub use model::{AdmissionError, AdmissionId, Allowed, AllowedId, Asked, Asking, Decider, Decision};
pub use rule::{Mode, Standing};
pub use service::{Admission, AdmissionPorts};
pub use store::forget_addresses_in_tx;
