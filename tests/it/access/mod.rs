//! Who may do what.

mod confinement;
mod frame;
mod grants;
mod users;
