//! The statements of invitations.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::{
    companies::{
        CompanyId, Member,
        administration::model::{InvitationId, NewInvitation},
    },
    platform::masked::Masked,
};

/// An invitation as its job needs it.
#[derive(Debug, Clone, FromRow)]
pub(in crate::companies::administration) struct InvitationRow {
    pub email: Masked<String>,
    pub first_name: Option<Masked<String>>,
    pub last_name: Option<Masked<String>>,
    pub state: String,
    pub organization_id: Option<String>,
}

/// How many invitations of a company are open.
pub(in crate::companies::administration) async fn open_invitations(
    conn: &mut PgConnection,
    company_id: CompanyId,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT count(*) FROM invitations WHERE company_id = $1 AND state <> 'cancelled'")
        .bind(company_id)
        .fetch_one(conn)
        .await
}

/// The addresses among these that are invited into the company already, in lower case.
pub(in crate::companies::administration) async fn addresses_invited(
    conn: &mut PgConnection,
    company_id: CompanyId,
    addresses: &[String],
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT email_key FROM invitations
         WHERE company_id = $1 AND email_key = ANY($2) AND state <> 'cancelled'",
    )
    .bind(company_id)
    .bind(addresses)
    .fetch_all(conn)
    .await
}

/// Writes an invitation; one that was taken back a moment ago is open again. None when one is open.
pub(in crate::companies::administration) async fn put_invitation(
    conn: &mut PgConnection,
    id: InvitationId,
    company_id: CompanyId,
    new: &NewInvitation,
    by: &str,
    (at, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Option<InvitationId>, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO invitations (invitation_id, company_id, email, first_name, last_name, role, state,
             invited_by, invited_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, $8, $9)
         ON CONFLICT ON CONSTRAINT invitations_email_key DO UPDATE SET
             state = 'queued', first_name = excluded.first_name, last_name = excluded.last_name,
             role = excluded.role, invited_by = excluded.invited_by, invited_at = excluded.invited_at,
             expires_at = excluded.expires_at
         WHERE invitations.state = 'cancelled'
         RETURNING invitation_id",
    )
    .bind(id)
    .bind(company_id)
    .bind(&new.email)
    .bind(&new.first_name)
    .bind(&new.last_name)
    .bind(new.role.name())
    .bind(by)
    .bind(at)
    .bind(until)
    .fetch_optional(conn)
    .await
}

/// Changes an open invitation of a company: sent again until a time, or cancelled when there is none.
/// Says whether there was one.
pub(in crate::companies::administration) async fn change_invitation(
    conn: &mut PgConnection,
    company_id: CompanyId,
    id: InvitationId,
    until: Option<DateTime<Utc>>,
) -> Result<bool, sqlx::Error> {
    let changed = sqlx::query(
        "UPDATE invitations SET state = CASE WHEN $3::timestamptz IS NULL THEN 'cancelled' ELSE 'queued' END,
             expires_at = coalesce($3, expires_at)
         WHERE invitation_id = $2 AND company_id = $1 AND state <> 'cancelled'",
    )
    .bind(company_id)
    .bind(id)
    .bind(until)
    .execute(conn)
    .await?;
    Ok(changed.rows_affected() > 0)
}

/// An invitation as its job needs it.
pub(in crate::companies::administration) async fn invitation(
    conn: &mut PgConnection,
    id: InvitationId,
) -> Result<Option<InvitationRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT email, first_name, last_name, state, organization_id
         FROM invitations JOIN companies USING (company_id) WHERE invitation_id = $1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Notes that an invitation went out, unless it was taken back meanwhile.
pub(in crate::companies::administration) async fn invitation_sent(
    conn: &mut PgConnection,
    id: InvitationId,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE invitations SET state = 'sent' WHERE invitation_id = $1 AND state = 'queued'")
        .bind(id)
        .execute(conn)
        .await
        .map(drop)
}

/// Forgets an invitation that was taken back.
pub(in crate::companies::administration) async fn forget_cancelled(
    conn: &mut PgConnection,
    id: InvitationId,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM invitations WHERE invitation_id = $1 AND state = 'cancelled'")
        .bind(id)
        .execute(conn)
        .await
        .map(drop)
}

/// Whoever has come into a company by an invitation and has proven its address becomes what it said. Returns the new admins.
pub(in crate::companies::administration) async fn accept_invitations(
    conn: &mut PgConnection,
    arrived: &[Member],
) -> Result<Vec<(CompanyId, String)>, sqlx::Error> {
    let companies: Vec<Uuid> = arrived.iter().map(|member| member.company_id.0).collect();
    let users: Vec<&str> = arrived.iter().map(|member| member.user_id.as_str()).collect();
    sqlx::query_as(
        "WITH accepted AS (
             DELETE FROM invitations USING people AS person,
                 unnest($1::uuid[], $2::text[]) AS arrived (company_id, user_id)
             WHERE invitations.company_id = arrived.company_id AND person.user_id = arrived.user_id
               AND person.email_verified AND invitations.email_key = lower(person.email)
             RETURNING arrived.company_id, arrived.user_id, invitations.role)
         UPDATE company_members AS member SET role = 'admin' FROM accepted
         WHERE accepted.role = 'admin' AND member.company_id = accepted.company_id
           AND member.user_id = accepted.user_id
         RETURNING member.company_id, member.user_id",
    )
    .bind(companies)
    .bind(users)
    .fetch_all(conn)
    .await
}
