//! What people ask of Keycloak about a person, done after the commit, in order, each once.
//!
//! A command lies in the transaction that decides on it; a job brings it to Keycloak, and what became
//! of it comes back as an event. When Keycloak is away it waits. When Keycloak refuses it, the reason
//! is kept for whoever asked, and the commands after it go on.

mod cleaning;
mod job;
mod profile;
mod service;
mod store;

use serde::{Deserialize, Serialize};

pub use cleaning::FORGET_COMMANDS;
pub use job::CommandJob;
pub use profile::{MAX_NAME, Profile, ProfileField};
pub use service::Commands;
pub use store::{enqueue_in_tx, state};

use crate::{platform::masked::Masked, typed_id};

typed_id!(
    /// A command.
    CommandId
);

/// The kind of the work; its key is the user id.
pub const COMMANDS: &str = "keycloak.commands";

/// What Keycloak should do about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Command {
    /// Change how they are called and spoken to.
    SetProfile {
        /// Given name.
        first_name: Masked<String>,
        /// Family name.
        last_name: Masked<String>,
        /// BCP 47, as Keycloak writes it.
        locale: String,
    },
    /// Change what they sign in with. The new address counts as proven.
    SetLoginEmail {
        /// The new address.
        address: Masked<String>,
    },
    /// End one session.
    EndSession {
        /// Keycloak's id of the session.
        session_id: String,
    },
    /// End every session.
    EndSessions,
    /// Delete them.
    Delete,
}

/// How the last command of a kind about a person stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// There is none, or it was done and shows.
    Settled,
    /// It waits for its turn, or for Keycloak.
    Waits(Command),
    /// Keycloak has just done it; its event may still be on the way.
    Comes,
    /// Keycloak will not do it.
    Refused(Refusal),
}

impl Progress {
    /// Whether it is still to show. What was done just now may take a moment, which only those wait for who asked for it.
    #[must_use]
    pub const fn is_underway(&self, is_waited_for: bool) -> bool {
        matches!(self, Self::Waits(_)) || is_waited_for && matches!(self, Self::Comes)
    }
}

impl Command {
    /// The kind of a change of name and language.
    pub const PROFILE: &str = "set_profile";
    /// The kind of a change of the sign-in address.
    pub const LOGIN_EMAIL: &str = "set_login_email";
    /// The kind of the end of one session.
    pub const END_SESSION: &str = "end_session";

    /// The stable name.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::SetProfile { .. } => Self::PROFILE,
            Self::SetLoginEmail { .. } => Self::LOGIN_EMAIL,
            Self::EndSession { .. } => Self::END_SESSION,
            Self::EndSessions => "end_sessions",
            Self::Delete => "delete",
        }
    }
}

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandState {
    /// It waits for its turn, or for Keycloak.
    Waiting,
    /// Keycloak did it.
    Done,
    /// Keycloak will not do it.
    Refused(Refusal),
}

/// Why Keycloak will not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody else has that address or name.
    Conflict,
    /// What it is about is no longer there.
    NotFound,
    /// Another rule of Keycloak's.
    Refused,
}

impl Refusal {
    const fn name(self) -> &'static str {
        match self {
            Self::Conflict => "conflict",
            Self::NotFound => "not_found",
            Self::Refused => "refused",
        }
    }

    fn of(name: &str) -> Self {
        match name {
            "conflict" => Self::Conflict,
            "not_found" => Self::NotFound,
            _ => Self::Refused,
        }
    }
}
