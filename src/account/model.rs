//! Who may change an account, and what can go wrong.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;

use crate::{
    companies::administration::CompaniesError,
    contacts::Owner,
    otp::{ChallengeId, OtpError, Refusal},
    platform::masked::Masked,
    typed_id,
};

typed_id!(
    /// A change of the address that somebody signs in with.
    ChangeId
);

/// How long after signing in somebody may change what takes an account over (OWASP ASVS 5.0, 7.5.1).
pub const FRESH: TimeDelta = TimeDelta::minutes(15);
/// How long a change of the sign-in address can be undone.
pub const UNDO: TimeDelta = TimeDelta::hours(72);

/// Somebody who has proven who they are a moment ago, with all that a sign-in asks for.
#[derive(Debug, Clone)]
pub struct Fresh(Owner);

impl Fresh {
    /// The person, if they signed in at most [`FRESH`] ago.
    #[must_use]
    pub fn of(owner: Owner, proven_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<Self> {
        (now - proven_at <= FRESH).then_some(Self(owner))
    }

    /// Who it is.
    #[must_use]
    pub const fn owner(&self) -> &Owner {
        &self.0
    }
}

/// The address that somebody wants to sign in with, before its code was entered.
#[derive(Debug, Clone, FromRow)]
pub struct Wanted {
    /// Whose it would be.
    pub user_id: String,
    /// The address, its domain in lower case.
    pub address: Masked<String>,
    /// The code that was sent.
    pub challenge_id: ChallengeId,
    /// The session that asked.
    pub session_id: String,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// It is the address that they sign in with already.
    #[error("it is the sign-in address already")]
    Same,
    /// No address waits for a code.
    #[error("no address waits for a code")]
    NotAsked,
    /// A company would be without an admin.
    #[error("the last admin stays")]
    LastAdmin,
    /// The link is unknown, was used, or is too old: which one is not said.
    #[error("the link is of no use")]
    LinkOver,
    /// There is no such person any more.
    #[error("the account is gone")]
    Gone,
    /// A rule of one-time codes.
    #[error("the code was refused")]
    Code(Refusal),
    /// The database.
    #[error("the database did not do its work")]
    Database(#[from] sqlx::Error),
}

impl From<OtpError> for AccountError {
    fn from(error: OtpError) -> Self {
        match error {
            OtpError::Refused(refusal) => Self::Code(refusal),
            OtpError::Database(error) => Self::Database(error),
        }
    }
}

impl From<CompaniesError> for AccountError {
    fn from(error: CompaniesError) -> Self {
        match error {
            CompaniesError::LastAdmin => Self::LastAdmin,
            CompaniesError::Database(error) => Self::Database(error),
            // The rule of the last admin gives no other answer about companies that the person leads.
            _ => Self::Gone,
        }
    }
}
