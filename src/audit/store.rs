//! The statements of the audit trail.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use futures::{Stream, TryStreamExt as _, stream};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::{AuditId, Entry, Origin, Recorded, Search};

/// Entries that an export reads at once.
const EXPORT_PAGE: i64 = 500;

/// Writes an entry in the transaction of the change it tells of.
pub async fn record_in_tx(
    conn: &mut PgConnection,
    at: DateTime<Utc>,
    id: AuditId,
    origin: &Origin,
    entry: &Entry,
) -> Result<(), sqlx::Error> {
    let (actor_kind, actor_id) = entry.actor.parts();
    sqlx::query(
        "INSERT INTO audit_entries (entry_id, occurred_at, actor_kind, actor_id, action, subject_kind,
             subject_id, company_id, before, after, reason, ip_address, client_id, trace_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::inet, $13, $14)",
    )
    .bind(id)
    .bind(at)
    .bind(actor_kind)
    .bind(actor_id)
    .bind(entry.action)
    .bind(entry.subject.kind)
    .bind(&entry.subject.id)
    .bind(entry.company_id)
    .bind(&entry.before)
    .bind(&entry.after)
    .bind(&entry.reason)
    .bind(origin.ip_address.map(|ip| ip.to_string()))
    .bind(&origin.client_id)
    .bind(&origin.trace_id)
    .execute(conn)
    .await
    .map(drop)
}

/// The entries searched for, the newest first, at most `limit`.
pub async fn search(
    conn: &mut PgConnection,
    search: &Search,
    limit: i64,
) -> Result<Vec<Recorded>, sqlx::Error> {
    sqlx::query_as(
        "SELECT entry_id, occurred_at, actor_kind, actor_id, action, subject_kind, subject_id, company_id,
             before, after, reason, host(ip_address) AS ip_address, client_id, trace_id
         FROM audit_entries
         WHERE ($1::text IS NULL OR subject_kind = $1) AND ($2::text IS NULL OR subject_id = $2)
           AND ($3::text IS NULL OR actor_id = $3) AND ($4::text IS NULL OR action = $4)
           AND ($5::uuid IS NULL OR company_id = $5)
           AND ($6::timestamptz IS NULL OR occurred_at >= $6)
           AND ($7::timestamptz IS NULL OR occurred_at < $7)
           AND ($8::timestamptz IS NULL OR (occurred_at, entry_id) < ($8, $9))
         ORDER BY occurred_at DESC, entry_id DESC LIMIT $10",
    )
    .bind(&search.subject_kind)
    .bind(&search.subject_id)
    .bind(&search.actor_id)
    .bind(&search.action)
    .bind(search.company_id)
    .bind(search.from)
    .bind(search.until)
    .bind(search.after.map(|after| after.occurred_at))
    .bind(search.after.map(|after| after.entry_id))
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Those of these people to whom something was done in the company: they are or were in it.
pub async fn people_of_company(
    conn: &mut PgConnection,
    company_id: Uuid,
    user_ids: &[String],
) -> Result<HashSet<String>, sqlx::Error> {
    let people: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT subject_id FROM audit_entries
         WHERE subject_kind = 'person' AND subject_id = ANY($1) AND company_id = $2",
    )
    .bind(user_ids)
    .bind(company_id)
    .fetch_all(conn)
    .await?;
    Ok(people.into_iter().collect())
}

/// Every entry searched for as a line of JSON, page by page, so that no export holds the trail in memory.
pub fn export(
    pool: PgPool,
    asked: Search,
) -> impl Stream<Item = Result<String, sqlx::Error>> + Send + 'static {
    let pages = stream::try_unfold(Some(asked), move |asked| {
        let pool = pool.clone();
        async move {
            let Some(mut asked) = asked else { return Ok(None) };
            let mut conn = pool.acquire().await?;
            let page = search(&mut conn, &asked, EXPORT_PAGE).await?;
            let Some(last) = page.last() else { return Ok(None) };
            asked.after = Some(last.cursor());
            let lines: String = page.iter().map(line).collect();
            let is_whole = i64::try_from(page.len()).is_ok_and(|read| read == EXPORT_PAGE);
            Ok::<_, sqlx::Error>(Some((lines, is_whole.then_some(asked))))
        }
    });
    pages.into_stream()
}

fn line(entry: &Recorded) -> String {
    let json = serde_json::to_string(entry).unwrap_or_default();
    json + "\n"
}
