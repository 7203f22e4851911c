//! One-time codes, from the signed call to the message.

mod issue;
mod verify;
pub mod world;
