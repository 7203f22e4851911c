//! One-time codes, from the signed call to the message.

mod bounds;
mod cool_off;
mod delivery;
mod factors;
mod gateways;
mod imports;
mod input;
mod issue;
mod limits;
mod metrics;
mod prefixes;
mod privacy;
mod proof;
mod receipts;
mod resend;
mod smtp;
mod staff;
mod staff_api;
mod test_numbers;
mod verify;
mod walk;
pub mod world;
