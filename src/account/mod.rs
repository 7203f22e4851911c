//! What people change about the account itself: the address that they sign in with, and that it exists.
//!
//! Both are taken over easily and missed late, so both ask for proof first ([`Fresh`]), and the change of
//! an address can be undone for a while by whoever reads the old mailbox, however it came about.

mod cleaning;
mod deletion;
mod email;
mod held;
mod letters;
mod model;
mod service;
mod store;
mod undo;
mod words;

pub use cleaning::FORGET_LOGIN_ADDRESSES;
pub use held::{HELD, Held, LEFT_OUT};
pub use letters::{AccountComposer, UNDO_PATH};
pub use model::{AccountError, ChangeId, FRESH, Fresh, UNDO, Wanted};
pub use service::Account;
pub use store::forget_people_in_tx;
pub use undo::{UndoSecret, offer_undo_in_tx};
