//! The statements of contacts.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection, Row as _, postgres::PgRow, types::Json};

use super::{Contact, ContactId, Facts, Kind, Purpose, follow};
use crate::{otp::ChallengeId, platform::masked::Masked, typed_id};

/// The contacts of these people.
pub async fn contacts_of(conn: &mut PgConnection, user_ids: &[String]) -> Result<Vec<Contact>, sqlx::Error> {
    // Person by person (OFFSET 0 keeps it so), by the index of addresses: whatever the planner thinks of how many
    // contacts there are, it does not read them all.
    sqlx::query_as(
        "SELECT held.* FROM (SELECT DISTINCT unnest($1::text[]) AS user_id) AS people
         CROSS JOIN LATERAL (
             SELECT * FROM contacts WHERE contacts.user_id = people.user_id OFFSET 0) AS held
         ORDER BY held.user_id, held.kind, held.is_primary DESC, held.created_at, held.contact_id",
    )
    .bind(user_ids)
    .fetch_all(conn)
    .await
}

impl FromRow<'_, PgRow> for Contact {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            contact_id: row.try_get("contact_id")?,
            user_id: row.try_get("user_id")?,
            kind: row.try_get("kind")?,
            value: row.try_get("value")?,
            purposes: row.try_get::<Vec<Purpose>, _>("purposes")?.into_iter().collect(),
            is_primary: row.try_get("is_primary")?,
            verified_at: row.try_get("verified_at")?,
            proof: row.try_get("proof")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
        })
    }
}

/// Makes the contacts of these people, of whom `held` are all that there are, what the rule says, and returns whose are
/// different now.
///
/// The caller holds the rows of these people in the directory, since before it read `held`, so no two transactions do
/// this for the same person at once.
pub async fn follow_people_in_tx(
    conn: &mut PgConnection,
    people: &[Facts],
    held: &[Contact],
    mut new_id: impl FnMut() -> ContactId,
) -> Result<HashSet<String>, sqlx::Error> {
    let mut by_person: HashMap<&str, Vec<Contact>> = HashMap::new();
    for contact in held {
        by_person.entry(&contact.user_id).or_default().push(contact.clone());
    }
    let (mut gone, mut written) = (Vec::new(), Vec::new());
    let mut changed = HashSet::new();
    for facts in people {
        let held = by_person.remove(facts.user_id.as_str()).unwrap_or_default();
        let wanted = follow(&held, facts, &mut new_id);
        let lost = held.iter().filter(|contact| !wanted.iter().any(|w| w.contact_id == contact.contact_id));
        let before = (gone.len(), written.len());
        gone.extend(lost.map(|contact| contact.contact_id));
        written.extend(wanted.into_iter().filter(|contact| !held.contains(contact)));
        if before != (gone.len(), written.len()) {
            changed.insert(facts.user_id.clone());
        }
    }
    let deleted: Vec<&str> =
        people.iter().filter(|facts| !facts.exists).map(|facts| facts.user_id.as_str()).collect();
    if !deleted.is_empty() {
        sqlx::query("DELETE FROM pending_contacts WHERE user_id = ANY($1)")
            .bind(&deleted)
            .execute(&mut *conn)
            .await?;
    }
    write(conn, &gone, &written).await?;
    Ok(changed)
}

/// Makes the contacts of a person what is wanted instead of what is held. The caller holds the
/// person's row.
pub(super) async fn replace_in_tx(
    conn: &mut PgConnection,
    held: &[Contact],
    wanted: Vec<Contact>,
) -> Result<(), sqlx::Error> {
    let lost = held.iter().filter(|held| !wanted.iter().any(|w| w.contact_id == held.contact_id));
    let gone: Vec<ContactId> = lost.map(|contact| contact.contact_id).collect();
    let written: Vec<Contact> = wanted.into_iter().filter(|contact| !held.contains(contact)).collect();
    write(conn, &gone, &written).await
}

async fn write(conn: &mut PgConnection, gone: &[ContactId], written: &[Contact]) -> Result<(), sqlx::Error> {
    if !gone.is_empty() {
        sqlx::query("DELETE FROM contacts WHERE contact_id = ANY($1)").bind(gone).execute(&mut *conn).await?;
    }
    if !written.is_empty() {
        // Those that are no longer primary come before those that now are: one a kind is allowed.
        sqlx::query(
            "INSERT INTO contacts
             SELECT * FROM jsonb_populate_recordset(NULL::contacts, $1) ORDER BY is_primary, contact_id
             ON CONFLICT ON CONSTRAINT contacts_pkey DO UPDATE SET
                 purposes = excluded.purposes, is_primary = excluded.is_primary,
                 verified_at = excluded.verified_at, proof = excluded.proof,
                 updated_at = excluded.updated_at",
        )
        .bind(Json(written))
        .execute(conn)
        .await?;
    }
    Ok(())
}

/// An address whose code was not entered yet.
#[derive(Debug, Clone, FromRow)]
pub struct Pending {
    /// Its id.
    pub pending_id: PendingId,
    /// Whose it would be.
    pub user_id: String,
    /// `email` or `phone`.
    pub kind: String,
    /// The address, in its comparable form.
    pub value: Masked<String>,
    /// What it shall be used for.
    pub purposes: Vec<String>,
    /// The code that was sent.
    pub challenge_id: ChallengeId,
    /// The session that asked for it.
    pub session_id: String,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

typed_id!(
    /// An address whose code was not entered yet.
    PendingId
);

impl Pending {
    /// E-mail or phone.
    #[must_use]
    pub fn kind(&self) -> Kind {
        if self.kind == "phone" { Kind::Phone } else { Kind::Email }
    }

    /// What it shall be used for.
    pub fn purposes(&self) -> impl Iterator<Item = Purpose> {
        Purpose::CHOICES.into_iter().filter(|choice| self.purposes.iter().any(|name| name == choice.name()))
    }
}

/// Notes an address that a code was sent to; the same address is asked for anew.
pub(super) async fn put_pending(
    conn: &mut PgConnection,
    pending: &Pending,
) -> Result<PendingId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO pending_contacts
             (pending_id, user_id, kind, value, purposes, challenge_id, session_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT ON CONSTRAINT pending_contacts_address_key DO UPDATE SET
             purposes = excluded.purposes, challenge_id = excluded.challenge_id,
             session_id = excluded.session_id, created_at = excluded.created_at
         RETURNING pending_id",
    )
    .bind(pending.pending_id)
    .bind(&pending.user_id)
    .bind(&pending.kind)
    .bind(&pending.value)
    .bind(&pending.purposes)
    .bind(pending.challenge_id)
    .bind(&pending.session_id)
    .bind(pending.created_at)
    .fetch_one(conn)
    .await
}

/// What a person has asked for, the newest last.
pub(super) async fn pending_of(conn: &mut PgConnection, user_id: &str) -> Result<Vec<Pending>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM pending_contacts WHERE user_id = $1 ORDER BY created_at, pending_id")
        .bind(user_id)
        .fetch_all(conn)
        .await
}

/// Takes back what was asked for. Says whether there was something.
pub(super) async fn delete_pending(
    conn: &mut PgConnection,
    user_id: &str,
    id: PendingId,
) -> Result<bool, sqlx::Error> {
    let deleted = sqlx::query("DELETE FROM pending_contacts WHERE user_id = $1 AND pending_id = $2")
        .bind(user_id)
        .bind(id)
        .execute(conn)
        .await?;
    Ok(deleted.rows_affected() > 0)
}

/// Forgets what was asked for before.
pub(super) async fn forget_pending(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM pending_contacts WHERE created_at < $1")
        .bind(before)
        .execute(conn)
        .await
        .map(drop)
}
