//! Signed calls, and answers that are given again.

mod answers;
mod gate;
