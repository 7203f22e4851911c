//! Keycloak's stream: what is read, what is parked, and what happens when something is away.

mod away;
mod exactly_once;
mod garbage;
mod parse;
mod reading_ahead;
