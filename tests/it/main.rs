//! The one integration-test binary; its folders mirror `src/`.
//!
//! Add a module here, not a file beside this one: each file in `tests/` is a binary of its own that
//! costs a link of every dependency.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it must be")]

mod access;
mod account;
mod adapters;
mod administration;
mod admission;
mod architecture;
mod audit;
mod backoffice;
mod billing;
mod companies;
mod config;
mod contacts;
mod dependencies;
mod directory;
mod documents;
mod events;
mod intake;
mod migrations;
mod notices;
mod openstack;
mod operations;
mod otp;
mod passwords;
mod platform;
mod portal;
mod publishing;
mod security_table;
mod support;
mod theme;
mod webhook;
