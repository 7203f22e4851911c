//! What the tests share.

mod database;

pub use database::TestDatabase;
