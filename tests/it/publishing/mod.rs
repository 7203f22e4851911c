//! What billing reads.

mod deletion;
mod leadership;
mod parity;
mod partition;
mod restored;
mod roles;
mod schemas;
mod users;
