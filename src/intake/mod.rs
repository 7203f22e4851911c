//! Requests for accounts, projects and quotas: from a row of a table to what is there in OpenStack.
//!
//! ```text
//! received ── ticket to the help desk ──► notified ──► approved ──► provisioning ──► done | failed
//!                                             └──────► rejected      (cancelled by whoever asked, until approved)
//! ```
//!
//! Until it is decided a request may be handed to somebody of staff, whose it is then, or one step up; what nobody
//! decides in time goes up by itself.
//!
//! Importing the same rows again changes nothing. Each step is one transaction and is recorded with who and when.

mod asking;
mod columns;
mod config;
mod decide;
mod ending;
pub mod http;
mod import;
mod letters;
mod model;
mod notify_job;
mod overdue;
mod provision_job;
mod remind_job;
mod row;
mod service;
mod sheet;
mod sheet_job;
mod staff;
pub mod store;
mod words;

pub use asking::{Account, Asker, NotAsked};
pub use columns::Columns;
pub use config::{IntakeConfig, Links, SheetSources};
pub use decide::{Act, By, Refused};
pub use import::{Imported, Outcome, RowResult};
pub use letters::IntakeLetters;
pub use model::{Ask, Kind, ProjectAsk, QuotaAsk, Request, RequestId, State, Step};
pub use notify_job::NotifyJob;
pub use provision_job::ProvisionJob;
pub use row::{Row, RowProblem, read};
pub use service::{Intake, IntakePorts};
pub use sheet::SheetFailed;
pub use sheet_job::SheetJob;
pub use staff::Waiting;

/// Why a request failed that was not brought about in the time that it was asked for.
pub const TIME_IS_OVER: &str = "the time that it was asked for is over";

/// The work of telling the help desk of a request; its key is the request's id.
pub const NOTIFY: &str = "intake.notify";
/// The work of bringing about what was approved; its key is the request's id.
pub const PROVISION: &str = "intake.provision";
/// The work of looking into a sheet; its key is the kind of table.
pub const SHEET: &str = "intake.sheet";
/// The work of reminding of requests that wait; its key is `digest`.
pub const REMIND: &str = "intake.remind";
