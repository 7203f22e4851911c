//! One module for each command.

pub mod down;
pub mod up;
