//! The statements about who is in a company, and who may act.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::companies::{CompanyId, Member, Role, administration::WithoutAdmin};

/// Whether a member is an admin who can act: they are not on the way out, Keycloak lets them sign in, and nobody has stopped
/// them.
macro_rules! admin_who_acts {
    () => {
        "member.role = 'admin' AND member.removed_at IS NULL
           AND person.enabled AND person.deleted_at IS NULL
           AND NOT EXISTS (SELECT FROM person_blocks AS block WHERE block.user_id = member.user_id)"
    };
}

/// The companies in use that have no admin who can act.
macro_rules! without_admin {
    () => {
        concat!(
            "FROM companies AS company
             WHERE deleted_at IS NULL AND status <> 'pending' AND NOT EXISTS (
                 SELECT FROM company_members AS member JOIN people AS person USING (user_id)
                 WHERE member.company_id = company.company_id AND ",
            admin_who_acts!(),
            ")"
        )
    };
}

/// Companies in use without an admin who can act, by their names, after a place.
pub(in crate::companies::administration) async fn without_admin(
    conn: &mut PgConnection,
    after: Option<&(String, Uuid)>,
    limit: i64,
) -> Result<Vec<WithoutAdmin>, sqlx::Error> {
    sqlx::query_as(concat!(
        "SELECT company_id, name,
             (SELECT count(*) FROM company_members AS member
              WHERE member.company_id = company.company_id AND removed_at IS NULL) AS members ",
        without_admin!(),
        " AND ($1::text IS NULL OR (name, company_id) > ($1, $2)) ORDER BY name, company_id LIMIT $3"
    ))
    .bind(after.map(|after| &after.0))
    .bind(after.map(|after| after.1))
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// How many companies in use have no admin who can act.
pub(in crate::companies::administration) async fn count_without_admin(
    conn: &mut PgConnection,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(concat!("SELECT count(*) ", without_admin!())).fetch_one(conn).await
}

/// The admins of a company who can act.
pub(in crate::companies::administration) async fn admins_who_act(
    conn: &mut PgConnection,
    company_id: CompanyId,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(concat!(
        "SELECT member.user_id FROM company_members AS member JOIN people AS person USING (user_id)
         WHERE member.company_id = $1 AND ",
        admin_who_acts!()
    ))
    .bind(company_id)
    .fetch_all(conn)
    .await
}

/// The companies in use that a person is an admin of, in one order for everybody.
pub(in crate::companies::administration) async fn companies_led_by(
    conn: &mut PgConnection,
    user_id: &str,
) -> Result<Vec<CompanyId>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT company_id FROM company_members AS member JOIN companies AS company USING (company_id)
         WHERE member.user_id = $1 AND member.role = 'admin' AND member.removed_at IS NULL
           AND company.deleted_at IS NULL AND company.status <> 'pending'
         ORDER BY company_id",
    )
    .bind(user_id)
    .fetch_all(conn)
    .await
}

/// A member of a company who is not on the way out.
pub(in crate::companies::administration) async fn member(
    conn: &mut PgConnection,
    company_id: CompanyId,
    user_id: &str,
) -> Result<Option<Member>, sqlx::Error> {
    let row: Option<Json<Member>> = sqlx::query_scalar(
        "SELECT to_jsonb(company_members) FROM company_members
         WHERE company_id = $1 AND user_id = $2 AND removed_at IS NULL",
    )
    .bind(company_id)
    .bind(user_id)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| row.0))
}

/// A member, also one on the way out, and whether they are on it.
pub(in crate::companies::administration) async fn member_wanted(
    conn: &mut PgConnection,
    company_id: CompanyId,
    user_id: &str,
) -> Result<Option<(Member, bool)>, sqlx::Error> {
    let row: Option<(Json<Member>, bool)> = sqlx::query_as(
        "SELECT to_jsonb(company_members), removed_at IS NOT NULL FROM company_members
         WHERE company_id = $1 AND user_id = $2",
    )
    .bind(company_id)
    .bind(user_id)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(member, is_leaving)| (member.0, is_leaving)))
}

/// Whether a person is an admin of any company.
pub(in crate::companies::administration) async fn leads_any(
    conn: &mut PgConnection,
    user_id: &str,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM company_members AS member JOIN companies AS company USING (company_id)
             WHERE member.user_id = $1 AND member.role = 'admin' AND member.removed_at IS NULL
               AND company.deleted_at IS NULL)",
    )
    .bind(user_id)
    .fetch_one(conn)
    .await
}

/// Whether a person is in a company beside this one.
pub(in crate::companies::administration) async fn is_elsewhere(
    conn: &mut PgConnection,
    company_id: CompanyId,
    user_id: &str,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM company_members AS member JOIN companies AS company USING (company_id)
             WHERE member.user_id = $2 AND member.company_id <> $1 AND member.removed_at IS NULL
               AND company.deleted_at IS NULL)",
    )
    .bind(company_id)
    .bind(user_id)
    .fetch_one(conn)
    .await
}

/// Changes what a member may do.
pub(in crate::companies::administration) async fn set_role(
    conn: &mut PgConnection,
    company_id: CompanyId,
    user_id: &str,
    role: Role,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE company_members SET role = $3 WHERE company_id = $1 AND user_id = $2")
        .bind(company_id)
        .bind(user_id)
        .bind(role.name())
        .execute(conn)
        .await
        .map(drop)
}

/// Takes a member out; whom Keycloak knows of stays as leaving until it has done the same.
pub(in crate::companies::administration) async fn remove_member(
    conn: &mut PgConnection,
    company_id: CompanyId,
    user_id: &str,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE company_members SET removed_at = $3, role = 'user' WHERE company_id = $1 AND user_id = $2",
    )
    .bind(company_id)
    .bind(user_id)
    .bind(at)
    .execute(conn)
    .await
    .map(drop)
}

/// Forgets a member who was taken out before Keycloak ever knew of them.
pub(in crate::companies::administration) async fn forget_removed(
    conn: &mut PgConnection,
    company_id: CompanyId,
    user_id: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM company_members
         WHERE company_id = $1 AND user_id = $2 AND removed_at IS NOT NULL AND NOT in_keycloak",
    )
    .bind(company_id)
    .bind(user_id)
    .execute(conn)
    .await
    .map(drop)
}

/// Stops a person, or lets them go on. Says whether that changed anything.
pub(in crate::companies::administration) async fn set_block(
    conn: &mut PgConnection,
    user_id: &str,
    kind: &str,
    block: Option<(&str, &str, DateTime<Utc>)>,
) -> Result<bool, sqlx::Error> {
    let statement = match block {
        Some((reason, by, at)) => sqlx::query(
            "INSERT INTO person_blocks (user_id, kind, reason, set_by, set_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT ON CONSTRAINT person_blocks_pkey DO NOTHING",
        )
        .bind(user_id)
        .bind(kind)
        .bind(reason)
        .bind(by)
        .bind(at),
        None => {
            sqlx::query("DELETE FROM person_blocks WHERE user_id = $1 AND kind = $2").bind(user_id).bind(kind)
        }
    };
    Ok(statement.execute(conn).await?.rows_affected() > 0)
}

/// Whether anybody has stopped this person.
pub(in crate::companies::administration) async fn is_stopped(
    conn: &mut PgConnection,
    user_id: &str,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM person_blocks WHERE user_id = $1)")
        .bind(user_id)
        .fetch_one(conn)
        .await
}

/// Makes somebody a member whom Keycloak does not know as one yet.
pub(in crate::companies::administration) async fn put_member(
    conn: &mut PgConnection,
    company_id: CompanyId,
    user_id: &str,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO company_members (company_id, user_id, role, in_keycloak, since)
         VALUES ($1, $2, 'user', false, $3)
         ON CONFLICT ON CONSTRAINT company_members_pkey DO UPDATE SET removed_at = NULL",
    )
    .bind(company_id)
    .bind(user_id)
    .bind(at)
    .execute(conn)
    .await
    .map(drop)
}
