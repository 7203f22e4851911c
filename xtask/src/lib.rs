//! The developer's commands (`cargo xtask up | down | test | drill | bench | release`), and the test services that the Rust tests start with
//! them.
//!
//! Everything runs as child processes on the loopback interface: no container, no root. What must be fetched comes from
//! the package registries by their own clients.

pub mod cli;
mod commands;
pub mod drill;
mod inbox;
mod layout;
mod parts;
mod probe;
mod process;
mod progress;
mod release;
mod stack;
pub mod testing;
mod tools;

pub use stack::description::{Client, Description, KeystoneLogin, Login};
