//! Projects and users in OpenStack: what is wanted is kept here, and one reconciler brings Keystone to it.
//!
//! ```text
//! wanted (store) ─┐
//!                 ├─ difference (a pure function) ─ report ─ repairs, one by one, each safe to repeat
//! actual (lists) ─┘                              └─ findings: made by others, left alone until approved
//! ```
//!
//! What is made carries our id (a tag on a project, an attribute on a user), so a run that was cut off between making
//! something and noting it finds it again and makes nothing twice.

mod actual;
mod apply;
mod config;
mod difference;
mod ending;
mod federation;
mod model;
mod plan;
mod reconcile_job;
mod service;
pub mod store;
mod tasks;

pub use actual::Actual;
pub use config::{GrantBy, OpenStackConfig};
pub use difference::difference;
pub use ending::{EndingQuotas, QuotaChange};
pub use federation::{FederationConfig, mapping};
pub use model::{CloudProject, CloudProjectId, CloudUser, CloudUserId, Grant, Quota, Wanted};
pub use plan::{Finding, LimitRepair, Plan, Repair};
pub use reconcile_job::ReconcileJob;
pub use service::{NewCloudProject, NewCloudUser, NewQuota, OpenStack, Report, RunError, Taken};
pub use tasks::{HeldTask, Manager, TaskRefused};

/// The work of comparing and repairing; its key is a project's id, or `all`.
pub const RECONCILE: &str = "openstack.reconcile";
/// The key of the pass over everything.
pub const EVERYTHING: &str = "all";
