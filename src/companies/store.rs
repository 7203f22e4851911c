//! The statements of companies.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use sqlx::{FromRow, PgConnection, types::Json};

use super::{COMPANIES_STREAM, Company, CompanyId, JoinRequest, Member};
use crate::{directory::PEOPLE_STREAM, platform::changed_keys};

/// The companies of these ids, the ended ones too.
pub async fn companies_by_id(
    conn: &mut PgConnection,
    ids: &[CompanyId],
) -> Result<Vec<Company>, sqlx::Error> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    sqlx::query_as("SELECT * FROM companies WHERE company_id = ANY($1)").bind(ids).fetch_all(conn).await
}

/// The companies that hold these comparable names or belong to these organisations or ids, locked in
/// one order for everybody.
pub(super) async fn lock_companies(
    conn: &mut PgConnection,
    realm: &str,
    claim_keys: &[String],
    organization_ids: &[String],
    ids: &[CompanyId],
) -> Result<Vec<Company>, sqlx::Error> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    sqlx::query_as(
        "SELECT * FROM companies
         WHERE (realm = $1 AND claim_key = ANY($2)) OR organization_id = ANY($3) OR company_id = ANY($4)
         ORDER BY company_id FOR UPDATE",
    )
    .bind(realm)
    .bind(claim_keys)
    .bind(organization_ids)
    .bind(ids)
    .fetch_all(conn)
    .await
}

/// Makes companies, except those whose comparable name somebody else holds by now. Returns the ids
/// of those that were made.
pub(super) async fn insert_companies(
    conn: &mut PgConnection,
    companies: &[Company],
) -> Result<Vec<CompanyId>, sqlx::Error> {
    if companies.is_empty() {
        return Ok(Vec::new());
    }
    sqlx::query_scalar(
        "INSERT INTO companies SELECT * FROM jsonb_populate_recordset(NULL::companies, $1)
         ORDER BY claim_key, company_id
         ON CONFLICT DO NOTHING RETURNING company_id",
    )
    .bind(Json(companies))
    .fetch_all(conn)
    .await
}

/// Writes companies that are locked by the caller.
pub(super) async fn update_companies(
    conn: &mut PgConnection,
    companies: &[Company],
) -> Result<(), sqlx::Error> {
    write(
        conn,
        companies,
        "UPDATE companies SET name = new.name, claim_key = new.claim_key, status = new.status,
             organization_id = new.organization_id, updated_at = new.updated_at, deleted_at = new.deleted_at
         FROM jsonb_populate_recordset(NULL::companies, $1) AS new
         WHERE companies.company_id = new.company_id",
    )
    .await
}

/// Takes back companies that were made in the same transaction.
pub(super) async fn delete_companies(conn: &mut PgConnection, ids: &[CompanyId]) -> Result<(), sqlx::Error> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    sqlx::query("DELETE FROM companies WHERE company_id = ANY($1)").bind(ids).execute(conn).await.map(drop)
}

/// The members of these companies and the memberships of these people.
pub(super) async fn members(
    conn: &mut PgConnection,
    companies: &[CompanyId],
    user_ids: &[String],
) -> Result<Vec<Member>, sqlx::Error> {
    let companies: Vec<uuid::Uuid> = companies.iter().map(|id| id.0).collect();
    let rows: Vec<Json<Member>> = sqlx::query_scalar(
        "SELECT to_jsonb(company_members) FROM company_members
         WHERE company_id = ANY($1) OR user_id = ANY($2) ORDER BY since, company_id, user_id",
    )
    .bind(companies)
    .bind(user_ids)
    .fetch_all(conn)
    .await?;
    Ok(plain(rows))
}

/// The members of a company, the eldest first.
pub async fn members_of_company(
    conn: &mut PgConnection,
    company: CompanyId,
) -> Result<Vec<Member>, sqlx::Error> {
    members(conn, &[company], &[]).await
}

/// Writes members; what is held of them already is replaced.
pub(super) async fn put_members(conn: &mut PgConnection, members: &[Member]) -> Result<(), sqlx::Error> {
    write(
        conn,
        members,
        "INSERT INTO company_members
         SELECT * FROM jsonb_populate_recordset(NULL::company_members, $1) ORDER BY company_id, user_id
         ON CONFLICT ON CONSTRAINT company_members_pkey
         DO UPDATE SET role = excluded.role, in_keycloak = excluded.in_keycloak",
    )
    .await
}

/// Takes members out.
pub(super) async fn remove_members(conn: &mut PgConnection, members: &[Member]) -> Result<(), sqlx::Error> {
    write(
        conn,
        members,
        "DELETE FROM company_members USING jsonb_populate_recordset(NULL::company_members, $1) AS gone
         WHERE company_members.company_id = gone.company_id AND company_members.user_id = gone.user_id",
    )
    .await
}

/// The requests to these companies and by these people, the eldest first.
pub(super) async fn requests(
    conn: &mut PgConnection,
    companies: &[CompanyId],
    user_ids: &[String],
) -> Result<Vec<JoinRequest>, sqlx::Error> {
    let companies: Vec<uuid::Uuid> = companies.iter().map(|id| id.0).collect();
    let rows: Vec<Json<JoinRequest>> = sqlx::query_scalar(
        "SELECT to_jsonb(join_requests) FROM join_requests
         WHERE company_id = ANY($1) OR user_id = ANY($2) ORDER BY requested_at, user_id",
    )
    .bind(companies)
    .bind(user_ids)
    .fetch_all(conn)
    .await?;
    Ok(plain(rows))
}

/// Who asks to be let into a company, the eldest request first.
pub async fn join_requests_of(
    conn: &mut PgConnection,
    company: CompanyId,
) -> Result<Vec<JoinRequest>, sqlx::Error> {
    requests(conn, &[company], &[]).await
}

/// Writes requests; one that is open already keeps its time.
pub(super) async fn put_requests(
    conn: &mut PgConnection,
    requests: &[JoinRequest],
) -> Result<(), sqlx::Error> {
    write(
        conn,
        requests,
        "INSERT INTO join_requests
         SELECT * FROM jsonb_populate_recordset(NULL::join_requests, $1) ORDER BY company_id, user_id
         ON CONFLICT ON CONSTRAINT join_requests_pkey DO NOTHING",
    )
    .await
}

/// Takes requests back.
pub(super) async fn remove_requests(
    conn: &mut PgConnection,
    requests: &[JoinRequest],
) -> Result<(), sqlx::Error> {
    write(
        conn,
        requests,
        "DELETE FROM join_requests USING jsonb_populate_recordset(NULL::join_requests, $1) AS gone
         WHERE join_requests.company_id = gone.company_id AND join_requests.user_id = gone.user_id",
    )
    .await
}

/// The company of each of these people that has one, with what they may do in it. Of several it is
/// the one they have been in for the longest.
pub async fn companies_of_people(
    conn: &mut PgConnection,
    user_ids: &[String],
) -> Result<HashMap<String, (Company, super::Role)>, sqlx::Error> {
    let found: Vec<MemberOf> = sqlx::query_as(
        "SELECT DISTINCT ON (m.user_id) m.user_id, m.role, c.*
         FROM company_members m JOIN companies c USING (company_id)
         WHERE m.user_id = ANY($1) AND c.deleted_at IS NULL AND m.removed_at IS NULL
         ORDER BY m.user_id, m.since, m.company_id",
    )
    .bind(user_ids)
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().map(|found| (found.user_id, (found.company, found.role))).collect())
}

#[derive(FromRow)]
struct MemberOf {
    user_id: String,
    role: super::Role,
    #[sqlx(flatten)]
    company: Company,
}

/// How many members each of these companies has.
pub async fn member_counts(
    conn: &mut PgConnection,
    ids: &[CompanyId],
) -> Result<HashMap<CompanyId, i64>, sqlx::Error> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(CompanyId, i64)> = sqlx::query_as(
        "SELECT company_id, count(*) FROM company_members
         WHERE company_id = ANY($1) AND removed_at IS NULL GROUP BY company_id",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().collect())
}

/// Locks a company that has not ended; says whether there is one.
pub async fn hold_in_tx(conn: &mut PgConnection, company: CompanyId) -> Result<bool, sqlx::Error> {
    let found: Option<i32> =
        sqlx::query_scalar("SELECT 1 FROM companies WHERE company_id = $1 AND deleted_at IS NULL FOR UPDATE")
            .bind(company)
            .fetch_optional(conn)
            .await?;
    Ok(found.is_some())
}

/// Marks a company because of its billing block, which stands in the records of its members, too.
pub async fn mark_billing_in_tx(conn: &mut PgConnection, company: CompanyId) -> Result<(), sqlx::Error> {
    let members = members_of_company(conn, company).await?;
    let people = members.into_iter().map(|member| (PEOPLE_STREAM, member.user_id));
    let own = std::iter::once((COMPANIES_STREAM, company.to_string()));
    changed_keys::mark(conn, people.chain(own)).await
}

/// Those of these companies that staff have suspended.
pub async fn suspended_among(
    conn: &mut PgConnection,
    ids: &[CompanyId],
) -> Result<HashSet<CompanyId>, sqlx::Error> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let suspended: Vec<CompanyId> = sqlx::query_scalar(
        "SELECT company_id FROM companies WHERE company_id = ANY($1) AND suspended_at IS NOT NULL",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    Ok(suspended.into_iter().collect())
}

/// Marks every company there ever was, so that each is published again, the ended as deleted.
pub async fn mark_all_in_tx(conn: &mut PgConnection) -> Result<usize, sqlx::Error> {
    let ids: Vec<CompanyId> =
        sqlx::query_scalar("SELECT company_id FROM companies").fetch_all(&mut *conn).await?;
    changed_keys::mark(conn, ids.iter().map(|id| (COMPANIES_STREAM, id.to_string()))).await?;
    Ok(ids.len())
}

/// Gives rows to a statement that takes them as one JSON array; without rows there is nothing to ask.
async fn write<T: Serialize + Sync>(
    conn: &mut PgConnection,
    rows: &[T],
    statement: &'static str,
) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(statement).bind(Json(rows)).execute(conn).await.map(drop)
}

fn plain<T>(rows: Vec<Json<T>>) -> Vec<T> {
    rows.into_iter().map(|row| row.0).collect()
}
