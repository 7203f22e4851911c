//! The statements of lists of people.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::{
    companies::{
        CompanyId,
        administration::model::{JoinRequestListed, PeopleFilter, PersonListed},
    },
    platform::masked::Masked,
};

/// Members and invitations are each cut to the page before they are joined, along `company_members_listed_idx` and
/// `invitations_listed_idx`: a page costs the same in a company of ten thousand. What is known of each member is looked up
/// one by one (`LIMIT`, and a sum over their blocks): joined as a whole, it was read of everybody in the store where a
/// state is asked for. A search, and a state that few are in, reads the company.
const PEOPLE: &str = "WITH members AS (
     SELECT member.since, member.user_id AS id, member.user_id, NULL::uuid AS invitation_id,
         person.first_name, person.last_name, person.email, member.role, standing.state,
         NULL::timestamptz AS expires_at
     FROM company_members AS member
     LEFT JOIN LATERAL (
         SELECT first_name, last_name, email, enabled FROM people
         WHERE people.user_id = member.user_id LIMIT 1) AS person ON true
     CROSS JOIN LATERAL (
         SELECT CASE WHEN bool_or(block.kind = 'blocked') THEN 'blocked'
                     WHEN NOT coalesce(person.enabled, true) OR count(*) > 0 THEN 'disabled'
                     ELSE 'active' END AS state
         FROM person_blocks AS block WHERE block.user_id = member.user_id) AS standing
     WHERE member.company_id = $1 AND member.removed_at IS NULL
       AND ($2::text IS NULL OR strpos(
           lower(concat_ws(' ', person.first_name, person.last_name, person.email)), lower($2)) > 0)
       AND ($3::text IS NULL OR standing.state = $3)
       AND ($4::timestamptz IS NULL OR (member.since, member.user_id) > ($4, $5))
       AND ($8::text IS NULL OR member.user_id = $8)
     ORDER BY member.since, member.user_id LIMIT $6
 ), invited AS (
     SELECT invited_at AS since, invitation_id::text AS id, NULL::text AS user_id, invitation_id,
         first_name, last_name, email, role, standing.state, expires_at
     FROM invitations
     CROSS JOIN LATERAL (
         SELECT CASE WHEN expires_at <= $7 THEN 'expired' ELSE 'invited' END AS state) AS standing
     WHERE company_id = $1 AND invitations.state <> 'cancelled'
       AND ($2::text IS NULL OR strpos(lower(concat_ws(' ', first_name, last_name, email)), lower($2)) > 0)
       AND ($3::text IS NULL OR standing.state = $3)
       AND ($4::timestamptz IS NULL OR invited_at >= $4 AND (invited_at, invitation_id::text) > ($4, $5))
       AND ($8::text IS NULL OR invitation_id::text = $8)
     ORDER BY invited_at, invitation_id::text LIMIT $6
 ), page AS (
     SELECT * FROM (SELECT * FROM members UNION ALL SELECT * FROM invited) AS listed
     ORDER BY since, id LIMIT $6
 )
 SELECT page.*, EXISTS (
     SELECT FROM jobs WHERE jobs.state = 'waiting' AND (jobs.kind, jobs.key) IN (
         ('companies.member', $1::text || ' ' || page.id), ('companies.invitation', page.id),
         ('people.standing', page.id), ('people.password', page.id))) AS is_underway
 FROM page ORDER BY since, id";

/// The people of a company and those on the way into it, the eldest first.
pub(in crate::companies::administration) async fn people(
    conn: &mut PgConnection,
    company_id: CompanyId,
    filter: &PeopleFilter,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<PersonListed>, sqlx::Error> {
    let (after, after_id) = filter.after.clone().unzip();
    sqlx::query_as(PEOPLE)
        // Planned for what is asked: a plan for any filter reads and sorts the whole company.
        .persistent(false)
        .bind(company_id)
        .bind(filter.search.as_ref().map(Masked::expose))
        .bind(&filter.state)
        .bind(after)
        .bind(after_id)
        .bind(limit)
        .bind(now)
        .bind(&filter.id)
        .fetch_all(conn)
        .await
}

/// The addresses among these that belong to people of the company, in lower case.
pub(in crate::companies::administration) async fn addresses_inside(
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

/// Who asks to be let in, with what is known of them, the eldest request first.
pub(in crate::companies::administration) async fn requests(
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
