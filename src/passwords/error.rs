//! Why a password was not set, or a link not made.

use crate::{adapters::keystone::KeystoneError, platform::db};

/// Why not. The order is the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No token of Keystone came with the call.
    Unauthorized,
    /// The token that came is not an administrator's.
    Forbidden,
    /// A PIN that is not four digits.
    PinMalformed,
    /// A new account came without password or PIN.
    Incomplete,
    /// A field of the form is empty.
    MissingField,
    /// The two passwords differ.
    PasswordsDiffer,
    /// The two addresses differ.
    AddressesDiffer,
    /// There is no such link.
    UnknownToken,
    /// Too many wrong PINs.
    Locked,
    /// The PIN is wrong.
    WrongPin,
    /// The link's time is over.
    Expired,
    /// The keeper's rules refuse the new password.
    PasswordRefused,
    /// The keeper did not change the password.
    KeeperFailed,
    /// Our own database or a key is away.
    Unavailable,
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(error = %db::describe(&error), "first passwords lack the database");
        Self::Unavailable
    }
}

impl From<KeystoneError> for Refusal {
    fn from(error: KeystoneError) -> Self {
        match error {
            KeystoneError::Refused(400) => Self::PasswordRefused,
            error => {
                tracing::warn!(%error, "a first password was not set");
                Self::KeeperFailed
            }
        }
    }
}

impl Refusal {
    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::PinMalformed
            | Self::MissingField
            | Self::PasswordsDiffer
            | Self::AddressesDiffer
            | Self::PasswordRefused => 400,
            Self::Unauthorized => 401,
            Self::Forbidden | Self::Locked | Self::WrongPin | Self::Expired => 403,
            Self::UnknownToken => 404,
            Self::Incomplete => 422,
            Self::KeeperFailed => 500,
            Self::Unavailable => 503,
        }
    }
}
