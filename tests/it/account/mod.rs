//! The address to sign in with, and the end of an account.

mod deletion;
mod email;
mod erasure;
mod held;
mod undo;
