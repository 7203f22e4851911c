//! The statements that find people and companies.

use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::named;
use crate::{
    backoffice::model::{FoundCompany, Query},
    platform::masked::Masked,
};

/// A person as found.
#[derive(Debug, Clone, FromRow)]
pub(in crate::backoffice) struct PersonFound {
    pub user_id: String,
    pub first_name: Option<Masked<String>>,
    pub last_name: Option<Masked<String>>,
    pub email: Option<Masked<String>>,
    pub enabled: bool,
}

/// People by address, number, id or name, after a user id. The sign-in address is one of a person's contacts.
pub(in crate::backoffice) async fn find_people(
    conn: &mut PgConnection,
    query: &Query,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<PersonFound>, sqlx::Error> {
    let (statement, text) = match query {
        Query::Email(text) | Query::Phone(text) => (
            "SELECT user_id, first_name, last_name, email, enabled FROM people
             WHERE deleted_at IS NULL AND user_id IN (SELECT user_id FROM contacts WHERE lower(value) = $1)
               AND ($2::text IS NULL OR user_id > $2)
             ORDER BY user_id LIMIT $3",
            text.expose(),
        ),
        Query::Id(text) => (
            "SELECT user_id, first_name, last_name, email, enabled FROM people
             WHERE deleted_at IS NULL AND user_id = $1 AND ($2::text IS NULL OR user_id > $2)
             ORDER BY user_id LIMIT $3",
            text,
        ),
        // People have no tax number: companies do.
        Query::TaxId(_) => return Ok(Vec::new()),
        Query::Name(words) => {
            return named::find(conn, &named::PEOPLE, words, after.unwrap_or_default(), limit).await;
        }
    };
    sqlx::query_as(statement).bind(text).bind(after).bind(limit).fetch_all(conn).await
}

/// Companies by id, tax number or name, after an id. Nothing else leads to a company.
pub(in crate::backoffice) async fn find_companies(
    conn: &mut PgConnection,
    query: &Query,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<FoundCompany>, sqlx::Error> {
    match query {
        Query::Id(id) => by_id(conn, id, after, limit).await,
        Query::Name(words) => {
            let after = after.unwrap_or_default().to_string();
            named::find(conn, &named::COMPANIES, words, &after, limit).await
        }
        Query::TaxId(number) => by_tax_id(conn, number, after, limit).await,
        Query::Email(_) | Query::Phone(_) => Ok(Vec::new()),
    }
}

async fn by_id(
    conn: &mut PgConnection,
    id: &str,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<FoundCompany>, sqlx::Error> {
    sqlx::query_as(
        "SELECT company_id, name,
             CASE WHEN suspended_at IS NULL THEN status ELSE 'suspended' END AS status
         FROM companies
         WHERE deleted_at IS NULL AND company_id = $1 AND ($2::uuid IS NULL OR company_id > $2)
         ORDER BY company_id LIMIT $3",
    )
    .bind(Uuid::parse_str(id).ok())
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Companies by a tax number. One of 15 digits is kept with a zero before it (PMK 112/PMK.03/2022).
async fn by_tax_id(
    conn: &mut PgConnection,
    number: &Masked<String>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<FoundCompany>, sqlx::Error> {
    sqlx::query_as(
        "SELECT company_id, name,
             CASE WHEN suspended_at IS NULL THEN status ELSE 'suspended' END AS status
         FROM companies JOIN billing_profiles AS billing USING (company_id)
         WHERE deleted_at IS NULL
           AND (billing.profile -> 'tax_ids' @> jsonb_build_array(jsonb_build_object('value', $1::text))
                OR billing.profile -> 'tax_ids' @> jsonb_build_array(jsonb_build_object('value', '0' || $1::text)))
           AND ($2::uuid IS NULL OR company_id > $2)
         ORDER BY company_id LIMIT $3",
    )
    .bind(number.expose())
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}
