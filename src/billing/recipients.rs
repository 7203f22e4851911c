//! Who gets invoices: e-mail addresses, each proven by a code before it counts.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::{companies::CompanyId, otp::ChallengeId, platform::masked::Masked, typed_id};

typed_id!(
    /// An address whose code was not entered yet.
    RecipientId
);

/// An address whose code was not entered yet.
#[derive(Debug, Clone, FromRow)]
pub struct PendingRecipient {
    /// Its id.
    pub pending_id: RecipientId,
    /// Whose invoices it would get.
    pub company_id: CompanyId,
    /// Who asked.
    pub user_id: String,
    /// The address, its domain in lower case.
    pub email: Masked<String>,
    /// The code that was sent.
    pub challenge_id: ChallengeId,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}
