//! The statements of billing.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection, types::Json};

use super::{BillingProfile, PendingRecipient, RecipientId, Saved};
use crate::companies::CompanyId;

#[derive(FromRow)]
struct Row {
    company_id: CompanyId,
    revision: i64,
    profile: Json<BillingProfile>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for (CompanyId, Saved) {
    fn from(row: Row) -> Self {
        (
            row.company_id,
            Saved { revision: row.revision, profile: row.profile.0, updated_at: Some(row.updated_at) },
        )
    }
}

/// The profiles of these companies that have one.
pub async fn profiles_of(
    conn: &mut PgConnection,
    ids: &[CompanyId],
) -> Result<HashMap<CompanyId, Saved>, sqlx::Error> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT company_id, revision, profile, updated_at FROM billing_profiles WHERE company_id = ANY($1)",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// A revision that was kept.
#[derive(Debug, Clone, FromRow)]
pub struct Version {
    /// Its number.
    pub revision: i64,
    /// Since when it was the newest.
    pub valid_from: DateTime<Utc>,
    /// Keycloak's id of who saved it.
    pub changed_by: String,
    /// What it says.
    pub profile: Json<BillingProfile>,
}

/// The revisions of a company, the newest first, at most `limit` before one.
pub(super) async fn versions(
    conn: &mut PgConnection,
    company_id: CompanyId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Version>, sqlx::Error> {
    sqlx::query_as(
        "SELECT revision, valid_from, changed_by, profile FROM billing_profile_versions
         WHERE company_id = $1 AND revision < coalesce($2, 9223372036854775807)
         ORDER BY revision DESC LIMIT $3",
    )
    .bind(company_id)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// One revision of a company.
pub(super) async fn version(
    conn: &mut PgConnection,
    company_id: CompanyId,
    revision: i64,
) -> Result<Option<Version>, sqlx::Error> {
    sqlx::query_as(
        "SELECT revision, valid_from, changed_by, profile FROM billing_profile_versions
         WHERE company_id = $1 AND revision = $2",
    )
    .bind(company_id)
    .bind(revision)
    .fetch_optional(conn)
    .await
}

/// Saves a profile after the revision that was read. Says whether it was still the newest.
pub(super) async fn save(
    conn: &mut PgConnection,
    company_id: CompanyId,
    read: i64,
    profile: &BillingProfile,
    at: DateTime<Utc>,
    by: &str,
) -> Result<bool, sqlx::Error> {
    let saved = sqlx::query(
        "INSERT INTO billing_profiles (company_id, revision, profile, updated_at)
         SELECT $1, 1, $3, $4 WHERE $2 = 0
         ON CONFLICT ON CONSTRAINT billing_profiles_pkey DO NOTHING",
    )
    .bind(company_id)
    .bind(read)
    .bind(Json(profile))
    .bind(at)
    .execute(&mut *conn)
    .await?
    .rows_affected()
        + sqlx::query(
            "UPDATE billing_profiles SET revision = revision + 1, profile = $3, updated_at = $4
             WHERE company_id = $1 AND revision = $2 AND $2 > 0",
        )
        .bind(company_id)
        .bind(read)
        .bind(Json(profile))
        .bind(at)
        .execute(&mut *conn)
        .await?
        .rows_affected();
    if saved == 0 {
        return Ok(false);
    }
    sqlx::query(
        "INSERT INTO billing_profile_versions (company_id, revision, profile, valid_from, changed_by)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(company_id)
    .bind(read + 1)
    .bind(Json(profile))
    .bind(at)
    .bind(by)
    .execute(conn)
    .await?;
    Ok(true)
}

/// Notes an address that a code was sent to; the same address is asked for anew.
pub(super) async fn put_recipient(
    conn: &mut PgConnection,
    pending: &PendingRecipient,
) -> Result<RecipientId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO pending_recipients (pending_id, company_id, user_id, email, challenge_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT ON CONSTRAINT pending_recipients_address_key DO UPDATE SET
             challenge_id = excluded.challenge_id, created_at = excluded.created_at
         RETURNING pending_id",
    )
    .bind(pending.pending_id)
    .bind(pending.company_id)
    .bind(&pending.user_id)
    .bind(&pending.email)
    .bind(pending.challenge_id)
    .bind(pending.created_at)
    .fetch_one(conn)
    .await
}

/// The addresses that wait for the code that this person asked for.
pub(super) async fn recipients_of(
    conn: &mut PgConnection,
    company_id: CompanyId,
    user_id: &str,
) -> Result<Vec<PendingRecipient>, sqlx::Error> {
    sqlx::query_as(
        "SELECT * FROM pending_recipients WHERE company_id = $1 AND user_id = $2 ORDER BY created_at, pending_id",
    )
    .bind(company_id)
    .bind(user_id)
    .fetch_all(conn)
    .await
}

/// Takes back the wish for an address.
pub(super) async fn delete_recipient(conn: &mut PgConnection, id: RecipientId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM pending_recipients WHERE pending_id = $1").bind(id).execute(conn).await.map(drop)
}

/// Forgets the addresses that were asked for before.
pub(super) async fn forget_recipients(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM pending_recipients WHERE created_at < $1")
        .bind(before)
        .execute(conn)
        .await
        .map(drop)
}
