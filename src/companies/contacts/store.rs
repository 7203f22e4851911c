//! The statements of a company's contacts.

use std::collections::HashMap;

use sqlx::{PgConnection, types::Json};

use super::{CompanyContact, CompanyContactId};
use crate::companies::CompanyId;

/// The contacts of a company, the eldest first, at most `limit`.
pub(super) async fn list(
    conn: &mut PgConnection,
    company_id: CompanyId,
    limit: i64,
) -> Result<Vec<CompanyContact>, sqlx::Error> {
    let rows: Vec<Json<CompanyContact>> = sqlx::query_scalar(
        "SELECT to_jsonb(company_contacts) FROM company_contacts WHERE company_id = $1
         ORDER BY created_at, contact_id LIMIT $2",
    )
    .bind(company_id)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// A contact of a company, locked.
pub(super) async fn lock(
    conn: &mut PgConnection,
    company_id: CompanyId,
    id: CompanyContactId,
) -> Result<Option<CompanyContact>, sqlx::Error> {
    let row: Option<Json<CompanyContact>> = sqlx::query_scalar(
        "SELECT to_jsonb(company_contacts) FROM company_contacts
         WHERE contact_id = $2 AND company_id = $1 FOR UPDATE",
    )
    .bind(company_id)
    .bind(id)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| row.0))
}

/// Adds a contact, unless the company has `most` already; says whether it did. The caller holds the company.
pub(super) async fn put(
    conn: &mut PgConnection,
    contact: &CompanyContact,
    most: i64,
) -> Result<bool, sqlx::Error> {
    let put = sqlx::query(
        "INSERT INTO company_contacts
         SELECT * FROM jsonb_populate_record(NULL::company_contacts, $1)
         WHERE (SELECT count(*) FROM company_contacts WHERE company_id = $2) < $3",
    )
    .bind(Json(contact))
    .bind(contact.company_id)
    .bind(most)
    .execute(conn)
    .await?;
    Ok(put.rows_affected() > 0)
}

/// Writes a contact over what is held of it; the caller has locked it.
pub(super) async fn save(conn: &mut PgConnection, contact: &CompanyContact) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE company_contacts SET version = new.version, name = new.name, purposes = new.purposes,
             email = new.email, phone = new.phone, updated_at = new.updated_at
         FROM jsonb_populate_record(NULL::company_contacts, $1) AS new
         WHERE company_contacts.contact_id = new.contact_id",
    )
    .bind(Json(contact))
    .execute(conn)
    .await
    .map(drop)
}

/// Removes a contact that the caller has locked.
pub(super) async fn remove(conn: &mut PgConnection, id: CompanyContactId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM company_contacts WHERE contact_id = $1").bind(id).execute(conn).await.map(drop)
}

/// Forgets the contacts of companies that ended.
pub(in crate::companies) async fn forget_in_tx(
    conn: &mut PgConnection,
    companies: &[CompanyId],
) -> Result<(), sqlx::Error> {
    let ids: Vec<uuid::Uuid> = companies.iter().map(|id| id.0).collect();
    sqlx::query("DELETE FROM company_contacts WHERE company_id = ANY($1)")
        .bind(ids)
        .execute(conn)
        .await
        .map(drop)
}

/// Whom to ask about invoices at each of these companies, the eldest contact first.
pub async fn billing_contacts_of(
    conn: &mut PgConnection,
    companies: &[CompanyId],
) -> Result<HashMap<CompanyId, Vec<CompanyContact>>, sqlx::Error> {
    let ids: Vec<uuid::Uuid> = companies.iter().map(|id| id.0).collect();
    let rows: Vec<Json<CompanyContact>> = sqlx::query_scalar(
        "SELECT to_jsonb(company_contacts) FROM company_contacts
         WHERE company_id = ANY($1) AND 'billing' = ANY(purposes) ORDER BY company_id, created_at, contact_id",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    let mut contacts: HashMap<CompanyId, Vec<CompanyContact>> = HashMap::new();
    for Json(contact) in rows {
        contacts.entry(contact.company_id).or_default().push(contact);
    }
    Ok(contacts)
}
