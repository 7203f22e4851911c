//! Who did what to whom, when, from where and why.
//!
//! An entry is written in the transaction of the change it tells of: there is no change without its
//! entry, and no entry without its change. The database refuses to change or delete one.

mod model;
pub mod store;

pub use model::{Actor, AuditId, Cursor, Entry, Origin, Recorded, Search, Subject};
