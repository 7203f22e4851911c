//! One module for each command.

pub mod down;
pub mod program;
pub mod release;
pub mod test;
pub mod up;
