//! The composition root: it sees every feature, and nothing sees it.

mod admission_commands;
mod api;
mod causes;
mod cloud;
mod cloud_commands;
mod commands;
mod config;
mod factor_commands;
mod ingest;
mod lifecycle;
mod notify;
mod operations;
mod pipeline;
mod ports;
mod roles;
mod router;
mod watch;

pub use admission_commands::{AdmissionCommand, AdmissionDecision, admission};
pub use cloud::Cloud;
pub use cloud_commands::{
    OpenStackCommand, Output, act, import, list, mapping, openstack, remind, renew_password,
};
pub use commands::{publish_after_restore, publish_all, publish_keys, resync};
pub use config::Config;
pub use factor_commands::{ImportSource, import_factors};
pub use ingest::{Bells, Ingest};
pub use lifecycle::serve;
pub use notify::composers;
pub use pipeline::Pipeline;
pub use ports::Ports;
pub use roles::Role;
pub use router::Features;
