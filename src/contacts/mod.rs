//! How people can be reached: e-mail addresses and phones, what each is for, and whether it is proven.
//!
//! The login address comes from Keycloak, the destinations of second factors from the one-time
//! codes; what else people and staff add stays untouched by either.

mod cleaning;
mod edit;
mod follow;
pub mod http;
mod model;
mod phone;
mod service;
mod store;

pub use cleaning::FORGET_PENDING;
pub use edit::{MAX_OF_KIND, Unchanged, own_purposes};
pub use follow::{Destination, Facts, Login, follow};
pub use model::{Contact, ContactId, Kind, Proof, Purpose, comparable_email, masked};
pub use phone::{LineType, PhoneFacts};
pub use service::{ContactError, Contacts, Owner};
pub use store::{Pending, PendingId, contacts_of, follow_people_in_tx};
