//! The statements of notices.

use std::collections::BTreeMap;

use serde_json::Value;
use sqlx::{PgConnection, PgPool, types::Json};

use super::{Address, Due, Notice, NoticeId, SEND_NOTICE};
use crate::platform::{jobs, language::Language, masked::Masked};

/// A browser that somebody signed in with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeviceUse {
    /// Keycloak's id of the person.
    pub user_id: String,
    /// The hash of the number that the browser keeps.
    pub device: [u8; 32],
}

/// Queues notices in the caller's transaction and returns those that will be sent: an address that was
/// told of the same matter within the hour is left in peace.
pub async fn enqueue_in_tx(
    conn: &mut PgConnection,
    notices: &[Notice],
) -> Result<Vec<NoticeId>, sqlx::Error> {
    let notices = once_each(notices);
    if notices.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<NoticeId> = notices.iter().map(|notice| notice.notice_id).collect();
    let users: Vec<Option<&str>> = notices.iter().map(|notice| notice.user_id.as_deref()).collect();
    let kinds: Vec<&str> = notices.iter().map(|notice| notice.kind).collect();
    let channels: Vec<&str> = notices.iter().map(|notice| notice.to.channel()).collect();
    let addresses: Vec<&str> = notices.iter().map(|notice| notice.to.value().expose().as_str()).collect();
    let languages: Vec<&str> = notices.iter().map(|notice| notice.language.tag()).collect();
    let facts: Vec<Json<&Value>> = notices.iter().map(|notice| Json(notice.facts.expose())).collect();
    let recipients: Vec<Vec<u8>> = notices.iter().map(|notice| notice.recipient().to_vec()).collect();
    let matters: Vec<Option<&str>> = notices.iter().map(|notice| notice.hourly.as_deref()).collect();
    let queued: Vec<NoticeId> = sqlx::query_scalar(
        "WITH asked AS MATERIALIZED (
             SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                                  $7::jsonb[], $8::bytea[], $9::text[])
                 AS asked (notice_id, user_id, kind, channel, address, language, facts, recipient, matter)
         ), told AS (
             INSERT INTO notice_times AS held (recipient, matter)
             SELECT recipient, matter FROM asked WHERE matter IS NOT NULL ORDER BY recipient, matter
             ON CONFLICT ON CONSTRAINT notice_times_pkey DO UPDATE SET told_at = now()
             WHERE held.told_at <= now() - interval '1 hour'
             RETURNING recipient, matter
         )
         INSERT INTO notices (notice_id, user_id, kind, channel, address, language, facts)
         SELECT notice_id, user_id, kind, channel, address, language, facts FROM asked
         WHERE matter IS NULL OR EXISTS (
             SELECT FROM told WHERE told.recipient = asked.recipient AND told.matter = asked.matter)
         RETURNING notice_id",
    )
    .bind(ids)
    .bind(users)
    .bind(kinds)
    .bind(channels)
    .bind(addresses)
    .bind(languages)
    .bind(facts)
    .bind(recipients)
    .bind(matters)
    .fetch_all(&mut *conn)
    .await?;
    let keys: Vec<String> = queued.iter().map(ToString::to_string).collect();
    jobs::enqueue_in_tx(conn, SEND_NOTICE, &keys).await?;
    Ok(queued)
}

/// Of several notices of one matter to one address, the first.
fn once_each(notices: &[Notice]) -> Vec<&Notice> {
    let mut first: BTreeMap<_, &Notice> = BTreeMap::new();
    let mut kept = Vec::with_capacity(notices.len());
    for notice in notices {
        match &notice.hourly {
            None => kept.push(notice),
            Some(matter) => {
                first.entry((notice.recipient(), matter)).or_insert(notice);
            }
        }
    }
    kept.extend(first.into_values());
    kept
}

/// Remembers with which browsers people signed in, and returns the uses of those that are new to
/// somebody who has used another before: the first browser of a person is news to nobody.
pub async fn meet_devices_in_tx(
    conn: &mut PgConnection,
    uses: &[DeviceUse],
) -> Result<Vec<DeviceUse>, sqlx::Error> {
    if uses.is_empty() {
        return Ok(Vec::new());
    }
    let people: Vec<&str> = uses.iter().map(|one| one.user_id.as_str()).collect();
    let devices: Vec<Vec<u8>> = uses.iter().map(|one| one.device.to_vec()).collect();
    let new: Vec<(String, Vec<u8>)> = sqlx::query_as(
        "WITH met AS MATERIALIZED (
             SELECT DISTINCT user_id, device FROM unnest($1::text[], $2::bytea[]) AS met (user_id, device)
         ), written AS (
             INSERT INTO known_devices (user_id, device) SELECT user_id, device FROM met ORDER BY user_id, device
             ON CONFLICT ON CONSTRAINT known_devices_pkey DO UPDATE SET last_seen_at = now()
         )
         SELECT user_id, device FROM met
         WHERE EXISTS (SELECT FROM known_devices k WHERE k.user_id = met.user_id)
           AND NOT EXISTS (SELECT FROM known_devices k WHERE k.user_id = met.user_id AND k.device = met.device)",
    )
    .bind(people)
    .bind(devices)
    .fetch_all(conn)
    .await?;
    let to_use = |(user_id, device): (String, Vec<u8>)| {
        device.try_into().ok().map(|device| DeviceUse { user_id, device })
    };
    Ok(new.into_iter().filter_map(to_use).collect())
}

/// Forgets what is held for people who no longer exist.
pub async fn forget_people_in_tx(conn: &mut PgConnection, user_ids: &[String]) -> Result<(), sqlx::Error> {
    for statement in
        ["DELETE FROM notices WHERE user_id = ANY($1)", "DELETE FROM known_devices WHERE user_id = ANY($1)"]
    {
        sqlx::query(statement).bind(user_ids).execute(&mut *conn).await?;
    }
    Ok(())
}

/// A notice that was not sent yet.
pub(super) async fn unsent(pool: &PgPool, notice_id: NoticeId) -> Result<Option<Due>, sqlx::Error> {
    type Row = (Option<String>, String, String, Masked<String>, String, Json<Value>);
    let row: Option<Row> = sqlx::query_as(
        "SELECT user_id, kind, channel, address, language, facts FROM notices
         WHERE notice_id = $1 AND sent_at IS NULL",
    )
    .bind(notice_id)
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|(user_id, kind, channel, address, language, facts)| Due {
        notice_id,
        user_id,
        kind,
        to: Address::of(&channel, address),
        language: Language::of(&language),
        facts: Masked::new(facts.0),
    }))
}

/// Notes that a notice was sent, and forgets where to and what it said.
pub(super) async fn note_sent(pool: &PgPool, notice_id: NoticeId) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE notices SET sent_at = now(), address = NULL, facts = NULL WHERE notice_id = $1")
        .bind(notice_id)
        .execute(pool)
        .await
        .map(drop)
}

/// Deletes a notice that has lost its purpose.
pub(super) async fn drop_notice(pool: &PgPool, notice_id: NoticeId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM notices WHERE notice_id = $1").bind(notice_id).execute(pool).await.map(drop)
}

/// Deletes what is older than it needs to be kept: notices of 30 days ago, sent or not, times that no
/// longer limit, browsers that were not seen for 400 days, after which they have forgotten us too.
pub(super) async fn sweep(pool: &PgPool) -> Result<(), sqlx::Error> {
    for statement in [
        "DELETE FROM notices WHERE created_at < now() - interval '30 days'",
        "DELETE FROM notice_times WHERE told_at < now() - interval '1 hour'",
        "DELETE FROM known_devices WHERE last_seen_at < now() - interval '400 days'",
    ] {
        sqlx::query(statement).execute(pool).await?;
    }
    Ok(())
}
