//! The developer commands.
