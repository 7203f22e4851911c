//! Signed calls between services: Standard Webhooks 1.0.0 on the request, the same scheme on the
//! answer, and answers kept so that a repeated call has one effect.
//!
//! [`Gate`] is the layer in front of the routes: nothing behind it runs for a call that is not
//! properly signed. [`answers`] keeps the answer of a call in the transaction of its effect.

pub mod answers;
mod config;
mod fields;
mod gate;
mod signature;

pub use answers::{Answer, Keeping};
pub use config::WebhookConfig;
pub use fields::{Fields, MAX_ID, expected};
pub use gate::{Gate, MAX_BODY, SignedRequest, signed_only};
pub use signature::{InvalidSecret, Refusal, Secrets, Stamp};
