mod billing;
mod contacts;
mod landing;
mod limits;
mod profile;
mod sessions;
mod sign_in;
mod versions;
pub mod world;
