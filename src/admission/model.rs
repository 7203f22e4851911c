//! A request to sign up, and who may without one.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::{
    access::{Caller, Denied, Permission, Target},
    audit::{Actor, Origin},
    platform::masked::Masked,
    typed_id,
};

typed_id!(
    /// A request to sign up.
    AdmissionId
);
typed_id!(
    /// An entry of the list of those who may sign up.
    AllowedId
);

/// Somebody at the registration form, as Keycloak tells.
#[derive(Debug, Clone)]
pub struct Asking {
    /// Their address.
    pub email: Masked<String>,
    /// Given name.
    pub first_name: Option<Masked<String>>,
    /// Family name.
    pub last_name: Option<Masked<String>>,
    /// The company they name.
    pub company: Option<String>,
    /// The language of their page.
    pub locale: String,
    /// Where their browser is.
    pub ip_address: IpAddr,
}

/// A request to sign up.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Asked {
    /// Its id.
    pub request_id: AdmissionId,
    /// Their address.
    pub email: Masked<String>,
    /// Given name.
    pub first_name: Option<Masked<String>>,
    /// Family name.
    pub last_name: Option<Masked<String>>,
    /// The company they named.
    pub company: Option<String>,
    /// The language of their page.
    pub locale: String,
    /// `waiting`, `approved` or `refused`.
    pub state: String,
    /// When they asked first.
    pub asked_at: DateTime<Utc>,
    /// When staff decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Who may sign up without asking.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Allowed {
    /// Its id.
    pub allowed_id: AllowedId,
    /// An address or a domain, in lower case.
    pub value: Masked<String>,
    /// Why.
    pub reason: String,
    /// Who added it.
    pub added_by: String,
    /// When.
    pub added_at: DateTime<Utc>,
}

/// Who decides.
#[derive(Debug, Clone, Copy)]
pub enum Decider<'a> {
    /// A member of staff, if they may.
    Staff(&'a Caller),
    /// Somebody at the command line of the service, as they call themselves there.
    Operator(&'a str),
}

/// Who has been found to be allowed to decide, as it is kept.
pub(super) struct Decided {
    pub(super) actor: Actor,
    pub(super) origin: Origin,
    pub(super) name: String,
}

impl Decider<'_> {
    /// Goes on only for who may decide.
    pub(super) fn require(self) -> Result<Decided, Denied> {
        match self {
            Self::Staff(caller) => {
                let name = caller.require_person()?.to_owned();
                caller.require(Permission::RequestsManage, Target::System)?;
                Ok(Decided { actor: caller.actor(), origin: caller.origin.clone(), name })
            }
            Self::Operator(name) => {
                let name = name.to_owned();
                Ok(Decided { actor: Actor::Operator { name: name.clone() }, origin: Origin::default(), name })
            }
        }
    }
}

/// What staff decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// They may sign up.
    Approve,
    /// They may not.
    Refuse,
}

impl Decision {
    /// The state of the request afterwards.
    #[must_use]
    pub const fn state(self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Refuse => "refused",
        }
    }
}

/// Why a use case was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum AdmissionError {
    /// The caller may not, or there is no such thing.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// A value is not as it must be: the field, and what is expected.
    #[error("{0}: expected {1}")]
    Invalid(&'static str, &'static str),
    /// Staff have decided otherwise before.
    #[error("decided otherwise already")]
    Decided,
    /// It is on the list already.
    #[error("on the list already")]
    Held,
    /// The list is full.
    #[error("too many entries")]
    TooMany,
    /// The database did not do its part.
    #[error("the database did not do its part")]
    Database(#[from] sqlx::Error),
}
