mod billing;
mod contacts;
mod landing;
mod profile;
mod sign_in;
pub mod world;
