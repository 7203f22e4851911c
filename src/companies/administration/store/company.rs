//! The statements about a company itself, and requests to join it.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};

use crate::companies::{Company, CompanyId};

/// A company, locked.
pub(in crate::companies::administration) async fn lock_company(
    conn: &mut PgConnection,
    company_id: CompanyId,
) -> Result<Option<Company>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM companies WHERE company_id = $1 FOR UPDATE")
        .bind(company_id)
        .fetch_optional(conn)
        .await
}

/// Strikes off a request to join and says whether there was one.
pub(in crate::companies::administration) async fn take_request(
    conn: &mut PgConnection,
    company_id: CompanyId,
    user_id: &str,
) -> Result<bool, sqlx::Error> {
    let gone = sqlx::query("DELETE FROM join_requests WHERE company_id = $1 AND user_id = $2")
        .bind(company_id)
        .bind(user_id)
        .execute(conn)
        .await?;
    Ok(gone.rows_affected() > 0)
}

/// A company's name as wanted, whether staff have suspended it, and how many people it has.
pub(in crate::companies::administration) async fn profile(
    conn: &mut PgConnection,
    company_id: CompanyId,
) -> Result<Option<(Json<Company>, Option<String>, bool, i64)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT to_jsonb(companies), wanted_name, suspended_at IS NOT NULL,
             (SELECT count(*) FROM company_members AS member
              WHERE member.company_id = companies.company_id AND removed_at IS NULL)
         FROM companies WHERE company_id = $1 AND deleted_at IS NULL",
    )
    .bind(company_id)
    .fetch_optional(conn)
    .await
}

/// Notes the name that is wanted, held from now on against others; `company_id` is locked.
pub(in crate::companies::administration) async fn want_name(
    conn: &mut PgConnection,
    company_id: CompanyId,
    name: &str,
    claim_key: &str,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE companies SET wanted_name = $2, claim_key = $3, updated_at = $4 WHERE company_id = $1",
    )
    .bind(company_id)
    .bind(name)
    .bind(claim_key)
    .bind(at)
    .execute(conn)
    .await
    .map(drop)
}

/// The name that is wanted and the organisation that is to have it.
pub(in crate::companies::administration) async fn wanted_name(
    conn: &mut PgConnection,
    company_id: CompanyId,
) -> Result<Option<(String, Option<String>)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT wanted_name, organization_id FROM companies
         WHERE company_id = $1 AND wanted_name IS NOT NULL AND deleted_at IS NULL",
    )
    .bind(company_id)
    .fetch_optional(conn)
    .await
}

/// Keycloak has the name; unless another one is wanted by now.
pub(in crate::companies::administration) async fn name_is_had(
    conn: &mut PgConnection,
    company_id: CompanyId,
    name: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE companies SET wanted_name = NULL WHERE company_id = $1 AND wanted_name = $2")
        .bind(company_id)
        .bind(name)
        .execute(conn)
        .await
        .map(drop)
}
