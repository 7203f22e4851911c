//! What people are told, and what they are not.

mod codes;
mod frame;
mod mailbox;
mod security;
mod world;
