//! What billing reads.

mod deletion;
mod leadership;
mod parity;
mod partition;
mod roles;
mod schemas;
mod users;
