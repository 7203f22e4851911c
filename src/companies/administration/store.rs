//! The statements of administration.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use super::model::{InvitationId, JoinRequestListed, NewInvitation, PeopleFilter, PersonListed};
use crate::{
    companies::{Company, CompanyId, Member, Role},
    platform::masked::Masked,
};

/// An invitation as its job needs it.
#[derive(Debug, Clone, FromRow)]
pub(super) struct InvitationRow {
    pub email: Masked<String>,
    pub first_name: Option<Masked<String>>,
    pub last_name: Option<Masked<String>>,
    pub state: String,
    pub organization_id: Option<String>,
}

/// A company, locked.
pub(super) async fn lock_company(
    conn: &mut PgConnection,
    company_id: CompanyId,
) -> Result<Option<Company>, sqlx::Error> {
    let row: Option<Json<Company>> =
        sqlx::query_scalar("SELECT to_jsonb(companies) FROM companies WHERE company_id = $1 FOR UPDATE")
            .bind(company_id)
            .fetch_optional(conn)
            .await?;
    Ok(row.map(|row| row.0))
}

/// The admins of a company who can act.
pub(super) async fn admins_who_act(
    conn: &mut PgConnection,
    company_id: CompanyId,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT member.user_id FROM company_members AS member JOIN people AS person USING (user_id)
         WHERE member.company_id = $1 AND member.role = 'admin' AND member.removed_at IS NULL
           AND person.enabled AND person.deleted_at IS NULL
           AND NOT EXISTS (SELECT FROM person_blocks AS block WHERE block.user_id = member.user_id)",
    )
    .bind(company_id)
    .fetch_all(conn)
    .await
}

/// The companies in use that a person is an admin of, in one order for everybody.
pub(super) async fn companies_led_by(
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
pub(super) async fn member(
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
pub(super) async fn member_wanted(
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
pub(super) async fn leads_any(conn: &mut PgConnection, user_id: &str) -> Result<bool, sqlx::Error> {
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
pub(super) async fn is_elsewhere(
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
pub(super) async fn set_role(
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
pub(super) async fn remove_member(
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
pub(super) async fn forget_removed(
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
pub(super) async fn set_block(
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
pub(super) async fn is_stopped(conn: &mut PgConnection, user_id: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM person_blocks WHERE user_id = $1)")
        .bind(user_id)
        .fetch_one(conn)
        .await
}

/// The people of a company and those on the way into it, the eldest first.
pub(super) async fn people(
    conn: &mut PgConnection,
    company_id: CompanyId,
    filter: &PeopleFilter,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<PersonListed>, sqlx::Error> {
    let (after, after_id) = filter.after.clone().unzip();
    sqlx::query_as(
        "SELECT * FROM (
             SELECT member.since, member.user_id AS id, member.user_id, NULL::uuid AS invitation_id,
                 person.first_name, person.last_name, person.email, member.role,
                 CASE WHEN EXISTS (SELECT FROM person_blocks AS block
                                   WHERE block.user_id = member.user_id AND block.kind = 'blocked')
                      THEN 'blocked'
                      WHEN NOT coalesce(person.enabled, true)
                          OR EXISTS (SELECT FROM person_blocks AS block WHERE block.user_id = member.user_id)
                      THEN 'disabled' ELSE 'active' END AS state,
                 NULL::timestamptz AS expires_at
             FROM company_members AS member LEFT JOIN people AS person USING (user_id)
             WHERE member.company_id = $1 AND member.removed_at IS NULL
             UNION ALL
             SELECT invited_at, invitation_id::text, NULL, invitation_id, first_name, last_name, email, role,
                 CASE WHEN expires_at <= $7 THEN 'expired' ELSE 'invited' END, expires_at
             FROM invitations WHERE company_id = $1 AND state <> 'cancelled') AS listed
         WHERE ($2::text IS NULL OR strpos(lower(concat_ws(' ', first_name, last_name, email)), lower($2)) > 0)
           AND ($3::text IS NULL OR state = $3)
           AND ($4::timestamptz IS NULL OR (since, id) > ($4, $5))
         ORDER BY since, id LIMIT $6",
    )
    .bind(company_id)
    .bind(filter.search.as_ref().map(Masked::expose))
    .bind(&filter.state)
    .bind(after)
    .bind(after_id)
    .bind(limit)
    .bind(now)
    .fetch_all(conn)
    .await
}

/// The addresses among these that belong to people of the company, in lower case.
pub(super) async fn addresses_inside(
    conn: &mut PgConnection,
    company_id: CompanyId,
    addresses: &[String],
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT lower(person.email) FROM company_members AS member JOIN people AS person USING (user_id)
         WHERE member.company_id = $1 AND member.removed_at IS NULL AND lower(person.email) = ANY($2)",
    )
    .bind(company_id)
    .bind(addresses)
    .fetch_all(conn)
    .await
}

/// How many invitations of a company are open.
pub(super) async fn open_invitations(
    conn: &mut PgConnection,
    company_id: CompanyId,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT count(*) FROM invitations WHERE company_id = $1 AND state <> 'cancelled'")
        .bind(company_id)
        .fetch_one(conn)
        .await
}

/// The addresses among these that are invited into the company already, in lower case.
pub(super) async fn addresses_invited(
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
pub(super) async fn put_invitation(
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
pub(super) async fn change_invitation(
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
pub(super) async fn invitation(
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
pub(super) async fn invitation_sent(conn: &mut PgConnection, id: InvitationId) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE invitations SET state = 'sent' WHERE invitation_id = $1 AND state = 'queued'")
        .bind(id)
        .execute(conn)
        .await
        .map(drop)
}

/// Forgets an invitation that was taken back.
pub(super) async fn forget_cancelled(conn: &mut PgConnection, id: InvitationId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM invitations WHERE invitation_id = $1 AND state = 'cancelled'")
        .bind(id)
        .execute(conn)
        .await
        .map(drop)
}

/// Whoever has come into a company by an invitation becomes what it said. Returns the new admins.
pub(super) async fn accept_invitations(
    conn: &mut PgConnection,
    joined: &[Member],
) -> Result<Vec<(CompanyId, String)>, sqlx::Error> {
    let companies: Vec<Uuid> = joined.iter().map(|member| member.company_id.0).collect();
    let users: Vec<&str> = joined.iter().map(|member| member.user_id.as_str()).collect();
    sqlx::query_as(
        "WITH accepted AS (
             DELETE FROM invitations USING people AS person,
                 unnest($1::uuid[], $2::text[]) AS joined (company_id, user_id)
             WHERE invitations.company_id = joined.company_id AND person.user_id = joined.user_id
               AND person.email_verified AND invitations.email_key = lower(person.email)
             RETURNING joined.company_id, joined.user_id, invitations.role)
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

/// Strikes off a request to join and says whether there was one.
pub(super) async fn take_request(
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

/// Makes somebody a member whom Keycloak does not know as one yet.
pub(super) async fn put_member(
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

/// Who asks to be let in, with what is known of them, the eldest request first.
pub(super) async fn requests(
    conn: &mut PgConnection,
    company_id: CompanyId,
    after: Option<&(DateTime<Utc>, String)>,
    limit: i64,
) -> Result<Vec<JoinRequestListed>, sqlx::Error> {
    sqlx::query_as(
        "SELECT request.user_id, request.requested_at, person.first_name, person.last_name, person.email
         FROM join_requests AS request LEFT JOIN people AS person USING (user_id)
         WHERE request.company_id = $1
           AND ($2::timestamptz IS NULL OR (request.requested_at, request.user_id) > ($2, $3))
         ORDER BY request.requested_at, request.user_id LIMIT $4",
    )
    .bind(company_id)
    .bind(after.map(|after| after.0))
    .bind(after.map(|after| after.1.as_str()))
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// A company's name as wanted, whether staff have suspended it, and how many people it has.
pub(super) async fn profile(
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
pub(super) async fn want_name(
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
pub(super) async fn wanted_name(
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
pub(super) async fn name_is_had(
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
