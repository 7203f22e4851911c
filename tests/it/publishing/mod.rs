//! What billing reads.

mod users;
