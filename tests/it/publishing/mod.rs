//! What billing reads.

mod deletion;
mod leadership;
mod partition;
mod schemas;
mod users;
