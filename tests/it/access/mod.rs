//! Who may do what.

mod confinement;
mod frame;
mod grants;
mod systems;
mod users;
