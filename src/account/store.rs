//! The statements of accounts.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection, PgPool};

use super::{ChangeId, Wanted};
use crate::platform::masked::Masked;

/// A change of a sign-in address that can be undone.
#[derive(Debug, Clone, FromRow)]
pub(super) struct AddressChange {
    pub change_id: ChangeId,
    pub user_id: String,
    pub old_address: Masked<String>,
    pub new_address: Masked<String>,
    pub changed_at: DateTime<Utc>,
    pub undo_until: DateTime<Utc>,
}

/// The address that waits for its code.
pub(super) async fn wanted(conn: &mut PgConnection, user_id: &str) -> Result<Option<Wanted>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM wanted_login_addresses WHERE user_id = $1")
        .bind(user_id)
        .fetch_optional(conn)
        .await
}

/// Notes the address that a code was sent to; it takes the place of another.
pub(super) async fn put_wanted(conn: &mut PgConnection, wanted: &Wanted) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO wanted_login_addresses (user_id, address, challenge_id, session_id, asked_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT ON CONSTRAINT wanted_login_addresses_pkey DO UPDATE SET
             address = excluded.address, challenge_id = excluded.challenge_id,
             session_id = excluded.session_id, asked_at = excluded.asked_at",
    )
    .bind(&wanted.user_id)
    .bind(&wanted.address)
    .bind(wanted.challenge_id)
    .bind(&wanted.session_id)
    .bind(wanted.asked_at)
    .execute(conn)
    .await
    .map(drop)
}

/// Forgets the address that waits.
pub(super) async fn forget_wanted(conn: &mut PgConnection, user_id: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM wanted_login_addresses WHERE user_id = $1")
        .bind(user_id)
        .execute(conn)
        .await
        .map(drop)
}

/// Whether this is the old address of a change that was undone since.
pub(super) async fn was_undone(
    conn: &mut PgConnection,
    user_id: &str,
    address: &Masked<String>,
    since: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM login_address_changes
             WHERE user_id = $1 AND lower(old_address) = lower($2) AND undone_at >= $3)",
    )
    .bind(user_id)
    .bind(address)
    .bind(since)
    .fetch_one(conn)
    .await
}

/// Notes a change.
pub(super) async fn insert_change(
    conn: &mut PgConnection,
    change: &AddressChange,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO login_address_changes
             (change_id, user_id, old_address, new_address, changed_at, undo_until)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(change.change_id)
    .bind(&change.user_id)
    .bind(&change.old_address)
    .bind(&change.new_address)
    .bind(change.changed_at)
    .bind(change.undo_until)
    .execute(conn)
    .await
    .map(drop)
}

/// Makes a link to undo a change. False when there is nothing to undo any more.
pub(super) async fn insert_link(
    pool: &PgPool,
    change_id: ChangeId,
    link_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let made = sqlx::query(
        "INSERT INTO login_address_links (link_hash, change_id)
         SELECT $2, change_id FROM login_address_changes
         WHERE change_id = $1 AND undone_at IS NULL AND undo_until > $3",
    )
    .bind(change_id)
    .bind(link_hash)
    .bind(now)
    .execute(pool)
    .await?;
    Ok(made.rows_affected() > 0)
}

/// Takes the change that a link undoes; nobody gets it a second time.
pub(super) async fn take_change(
    conn: &mut PgConnection,
    link_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<AddressChange>, sqlx::Error> {
    sqlx::query_as(
        "UPDATE login_address_changes AS change SET undone_at = $2
         FROM login_address_links AS link
         WHERE link.link_hash = $1 AND change.change_id = link.change_id
           AND change.undone_at IS NULL AND change.undo_until > $2
         RETURNING change.change_id, user_id, old_address, new_address, changed_at, undo_until",
    )
    .bind(link_hash)
    .bind(now)
    .fetch_optional(conn)
    .await
}

/// Forgets the changes of a person that came after one: their links lead nowhere.
pub(super) async fn forget_changes_since(
    conn: &mut PgConnection,
    user_id: &str,
    since: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM login_address_changes WHERE user_id = $1 AND changed_at >= $2 AND undone_at IS NULL",
    )
    .bind(user_id)
    .bind(since)
    .execute(conn)
    .await
    .map(drop)
}

/// Forgets wishes of before `asked`, and changes that could be undone until before `until`.
pub(super) async fn forget(
    conn: &mut PgConnection,
    asked: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM wanted_login_addresses WHERE asked_at < $1")
        .bind(asked)
        .execute(&mut *conn)
        .await?;
    sqlx::query("DELETE FROM login_address_changes WHERE undo_until < $1")
        .bind(until)
        .execute(conn)
        .await
        .map(drop)
}

/// Forgets what is held for people who no longer exist.
pub async fn forget_people_in_tx(conn: &mut PgConnection, user_ids: &[String]) -> Result<(), sqlx::Error> {
    for statement in [
        "DELETE FROM wanted_login_addresses WHERE user_id = ANY($1)",
        "DELETE FROM login_address_changes WHERE user_id = ANY($1)",
    ] {
        sqlx::query(statement).bind(user_ids).execute(&mut *conn).await?;
    }
    Ok(())
}
