//! Keycloak's stream, parsed: strict about what we rest on, indifferent to what we do not know.

mod deed;
mod parse;
mod state;

pub use deed::{Deed, Device};
pub use parse::{Event, Subject, Unreadable, parse};
pub use state::{Factor, Organization, OrganizationRef, Person};

/// The most bytes an id may have: Keycloak's own are UUIDs, those of federated users are longer.
pub const MAX_ID: usize = 255;
