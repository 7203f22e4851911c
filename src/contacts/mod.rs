//! How people can be reached: e-mail addresses and phones, what each is for, and whether it is proven.
//!
//! The login address comes from Keycloak, the destinations of second factors from the one-time
//! codes; what else people and staff add stays untouched by either.

mod follow;
mod model;
mod store;

pub use follow::{Destination, Facts, Login, follow};
pub use model::{Contact, ContactId, Kind, Proof, Purpose, comparable_email};
pub use store::{contacts_of, follow_people_in_tx};
