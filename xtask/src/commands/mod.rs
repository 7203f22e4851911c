//! One module for each command.

pub mod down;
pub mod program;
pub mod test;
pub mod up;
