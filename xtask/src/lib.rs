//! The developer's commands, and the parts of the stack that tests start.

pub mod testing;
