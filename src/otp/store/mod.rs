//! The SQL of one-time codes, by table. Rows are locked in one order everywhere: challenge, failures,
//! factors, limits; so no two transactions wait for each other.

pub mod challenges;
pub mod cleaning;
pub mod factors;
pub mod failures;
pub mod imports;
pub mod limits;
pub mod messages;
pub mod prefixes;
pub mod staff;
