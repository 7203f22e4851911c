//! What people are told by mail, or by text message where only a phone would hear it: everything but
//! codes.
//!
//! A notice is queued in the transaction of what it tells about, one row an address. A job sends it
//! after the commit: the composer of its kind writes the letter in the person's language at that moment,
//! the letter becomes a mail in the product's look, and the row forgets address and content.
//!
//! Other rooms queue notices of their own kinds by [`store::enqueue_in_tx`] and bring a [`Composer`].

mod config;
mod letter;
mod model;
mod rule;
mod security;
mod service;
pub mod store;
mod words;

pub use config::NoticesConfig;
pub use letter::{Button, Letter, Otherwise};
pub use model::{Address, Budget, Composer, Due, Notice, NoticeId, Reserved};
pub use rule::{Reach, hears};
pub use security::{FactorName, Security, SecurityComposer, local_time};
pub use service::{Carriers, FORGET_NOTICES, ForgetNotices, SEND_NOTICE, SendNotices};
