//! What billing reads.

mod deletion;
mod leadership;
mod partition;
mod roles;
mod schemas;
mod users;
