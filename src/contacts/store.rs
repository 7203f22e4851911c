//! The statements of contacts.

use std::collections::{HashMap, HashSet};

use sqlx::{PgConnection, types::Json};

use super::{Contact, ContactId, Facts, follow};

/// The contacts of these people.
pub async fn contacts_of(conn: &mut PgConnection, user_ids: &[String]) -> Result<Vec<Contact>, sqlx::Error> {
    let rows: Vec<Json<Contact>> = sqlx::query_scalar(
        "SELECT to_jsonb(contacts) FROM contacts WHERE user_id = ANY($1)
         ORDER BY user_id, kind, is_primary DESC, created_at, contact_id",
    )
    .bind(user_ids)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Makes the contacts of these people what the rule says, and returns whose are different now.
///
/// The caller holds the rows of these people in the directory, so no two transactions do this for
/// the same person at once.
pub async fn follow_people_in_tx(
    conn: &mut PgConnection,
    people: &[Facts],
    mut new_id: impl FnMut() -> ContactId,
) -> Result<HashSet<String>, sqlx::Error> {
    let ids: Vec<String> = people.iter().map(|facts| facts.user_id.clone()).collect();
    let mut held: HashMap<String, Vec<Contact>> = HashMap::new();
    for contact in contacts_of(conn, &ids).await? {
        held.entry(contact.user_id.clone()).or_default().push(contact);
    }
    let (mut gone, mut written) = (Vec::new(), Vec::new());
    let mut changed = HashSet::new();
    for facts in people {
        let held = held.remove(&facts.user_id).unwrap_or_default();
        let wanted = follow(&held, facts, &mut new_id);
        let lost = held.iter().filter(|contact| !wanted.iter().any(|w| w.contact_id == contact.contact_id));
        let before = (gone.len(), written.len());
        gone.extend(lost.map(|contact| contact.contact_id));
        written.extend(wanted.into_iter().filter(|contact| !held.contains(contact)));
        if before != (gone.len(), written.len()) {
            changed.insert(facts.user_id.clone());
        }
    }
    if !gone.is_empty() {
        sqlx::query("DELETE FROM contacts WHERE contact_id = ANY($1)")
            .bind(&gone)
            .execute(&mut *conn)
            .await?;
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
        .bind(Json(&written))
        .execute(conn)
        .await?;
    }
    Ok(changed)
}
