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

/// The people of a company and those on the way into it, the eldest first.
pub(in crate::companies::administration) async fn people(
    conn: &mut PgConnection,
    company_id: CompanyId,
    filter: &PeopleFilter,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<PersonListed>, sqlx::Error> {
    let (after, after_id) = filter.after.clone().unzip();
    sqlx::query_as(
        "SELECT page.*, EXISTS (
             SELECT FROM jobs WHERE jobs.state = 'waiting' AND (jobs.kind, jobs.key) IN (
                 ('companies.member', $1::text || ' ' || page.id), ('companies.invitation', page.id),
                 ('people.standing', page.id), ('people.password', page.id))) AS is_underway
         FROM (SELECT * FROM (
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
           AND ($8::text IS NULL OR id = $8)
         ORDER BY since, id LIMIT $6) AS page ORDER BY since, id",
    )
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
