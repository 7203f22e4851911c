//! One-time codes, from the signed call to the message.

mod bounds;
mod delivery;
mod factors;
mod gateways;
mod input;
mod issue;
mod limits;
mod privacy;
mod proof;
mod resend;
mod smtp;
mod verify;
mod walk;
pub mod world;
