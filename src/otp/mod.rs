//! One-time codes: factors, challenges, limits, delivery.
//!
//! ```text
//! signed call → one transaction: claim id · rules · message row · answer · limits → commit
//!             → worker: lease · text · provider · outcome        (no transaction is open here)
//! ```
//!
//! A call that issues costs one durable commit and seven round trips: begin, claim, factors, insert with
//! message, answer kept, limits booked, commit; only the last two hold rows that others want. A verification
//! costs one durable commit and six: begin, claim, read, decide, answer kept, commit.

mod code;
mod config;
mod credentials;
mod delivery;
mod destination;
mod error;
pub mod http;
mod limits;
mod model;
mod service;
mod store;
mod table;
pub mod text;

use sqlx::PgConnection;

pub use config::{LimitsConfig, OtpConfig};
pub use credentials::CredentialJob;
pub use error::{OtpError, Refusal};
pub use model::{ChallengeId, Channel, FactorId, MessageState, Purpose, State};
pub use service::{
    Alternative, AskProof, BlockedPrefix, CODES_FAILED, Import, ImportError, ImportOutcome, ImportResult,
    Otp, OtpPorts, PendingCode, ProofOf, ProofRef, ProvenAddress, Reset, SmsBudget, Spend, Spent, StaffAct,
    StartError,
};
pub use store::{
    factors::Factor,
    staff::{FactorName, FactorRecord},
};
pub use table::{ImportRow, MAX_ROWS, MAX_TABLE, RowProblem, TableError, read as read_table};

/// Follows what Keycloak shows as a person's credentials: a factor that was shown before and is shown
/// no longer was removed there and ends here. Says whether one ended. A credential of a factor that can no
/// longer be used is taken away there: it would lead its owner to a page that sends nothing.
pub async fn follow_keycloak_in_tx(
    connection: &mut PgConnection,
    user_id: &str,
    present: &[FactorId],
) -> sqlx::Result<bool> {
    for factor in store::staff::unusable_among(connection, user_id, present).await? {
        credentials::remove_in_tx(connection, factor).await?;
    }
    store::factors::follow(connection, user_id, present).await
}

/// The live factors of many people, for the enriched record: each person's primary one first.
pub async fn factors_of_in_tx(
    connection: &mut PgConnection,
    user_ids: &[String],
) -> sqlx::Result<Vec<Factor>> {
    store::factors::of_people(connection, user_ids).await
}

/// Ends every factor of a person, because staff decided so with four eyes: nothing of theirs opens anything from
/// now on, and whatever they prove next is a factor at once. Their credentials in Keycloak are the caller's.
pub async fn reset_all_in_tx(connection: &mut PgConnection, user_id: &str) -> sqlx::Result<()> {
    store::staff::reset_all(connection, user_id).await
}

/// Deletes everything about a person who no longer exists.
pub async fn forget_in_tx(connection: &mut PgConnection, user_id: &str) -> sqlx::Result<()> {
    store::factors::erase(connection, user_id).await
}
