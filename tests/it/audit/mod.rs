//! The audit trail: what was recorded stays, and is found.

use chrono::{DateTime, TimeDelta, Utc};
use futures::TryStreamExt as _;
use gatehouse::audit::{
    Actor, AuditId, Entry, Origin, Recorded, Search, Subject,
    store::{self, record_in_tx},
};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::TestDatabase;

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap()
}

fn entry(actor: &str, action: &'static str, subject: &str) -> Entry {
    Entry {
        actor: Actor::Person { user_id: actor.to_owned() },
        action,
        subject: Subject::person(subject),
        company_id: None,
        before: Some(json!({"hint": "+62 ••• 89"})),
        after: None,
        reason: Some("asked by phone".to_owned()),
    }
}

async fn record(pool: &PgPool, number: u32, entry: &Entry) {
    let origin = Origin {
        ip_address: Some("2001:db8::1".parse().unwrap()),
        client_id: Some("gatehouse-portal".to_owned()),
        trace_id: Some("4bf92f3577b34da6a3ce929d0e0e4736".to_owned()),
    };
    let at = noon() + TimeDelta::seconds(i64::from(number));
    let mut conn = pool.acquire().await.unwrap();
    record_in_tx(&mut conn, at, AuditId(Uuid::from_u128(u128::from(number))), &origin, entry).await.unwrap();
}

async fn found(pool: &PgPool, asked: &Search) -> Vec<Recorded> {
    store::search(&mut pool.acquire().await.unwrap(), asked, 100).await.unwrap()
}

fn numbers(entries: &[Recorded]) -> Vec<u128> {
    entries.iter().map(|entry| entry.entry_id.0.as_u128()).collect()
}

#[tokio::test]
async fn what_was_recorded_is_found_by_subject_actor_action_company_and_time() {
    let pool = TestDatabase::create().await.pool;
    let company = Uuid::from_u128(77);
    record(&pool, 1, &entry("siti", "factor.unlocked", "budi")).await;
    record(&pool, 2, &entry("siti", "person.blocked", "budi")).await;
    record(&pool, 3, &Entry { company_id: Some(company), ..entry("dewi", "person.blocked", "siti") }).await;
    record(&pool, 4, &Entry { actor: Actor::Service, ..entry("", "factor.locked", "budi") }).await;

    let text = |text: &str| Some(text.to_owned());
    let cases = [
        (Search::default(), vec![4, 3, 2, 1]),
        (
            Search { subject_id: text("budi"), subject_kind: text("person"), ..Search::default() },
            vec![4, 2, 1],
        ),
        (Search { actor_id: text("siti"), ..Search::default() }, vec![2, 1]),
        (Search { action: text("person.blocked"), ..Search::default() }, vec![3, 2]),
        (Search { company_id: Some(company), ..Search::default() }, vec![3]),
        (Search { from: Some(noon() + TimeDelta::seconds(3)), ..Search::default() }, vec![4, 3]),
        (Search { until: Some(noon() + TimeDelta::seconds(3)), ..Search::default() }, vec![2, 1]),
        (Search { subject_kind: text("company"), ..Search::default() }, vec![]),
    ];
    for (asked, expected) in cases {
        assert_eq!(numbers(&found(&pool, &asked).await), expected, "{asked:?}");
    }
    let all = found(&pool, &Search::default()).await;
    assert_eq!((all[0].actor_kind.as_str(), all[0].actor_id.as_deref()), ("service", None));
    let first = &all[3];
    assert_eq!(first.occurred_at, noon() + TimeDelta::seconds(1));
    assert_eq!(first.ip_address.as_deref(), Some("2001:db8::1"));
    assert_eq!(first.before, Some(json!({"hint": "+62 ••• 89"})));
    assert_eq!(first.reason.as_deref(), Some("asked by phone"));
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_repetition() {
    let pool = TestDatabase::create().await.pool;
    for number in 1..=7 {
        record(&pool, number, &entry("siti", "person.blocked", "budi")).await;
    }
    let mut asked = Search { subject_id: Some("budi".to_owned()), ..Search::default() };
    let mut seen = Vec::new();
    loop {
        let page = store::search(&mut pool.acquire().await.unwrap(), &asked, 3).await.unwrap();
        let Some(last) = page.last() else { break };
        // As the cursor travels: as text.
        asked.after = Some(last.cursor().to_string().parse().unwrap());
        seen.extend(numbers(&page));
    }
    assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1]);
}

#[tokio::test]
async fn an_export_is_one_json_document_a_line() {
    let pool = TestDatabase::create().await.pool;
    sqlx::query(
        "INSERT INTO audit_entries (entry_id, occurred_at, actor_kind, action, subject_kind, subject_id, reason)
         SELECT gen_random_uuid(), to_timestamp(1795000000 + n), 'service', 'job.retried', 'job', n::text, E'two\nlines'
         FROM generate_series(1, 1203) AS n",
    )
    .execute(&pool)
    .await
    .unwrap();
    let pages: Vec<String> = store::export(pool, Search::default()).try_collect().await.unwrap();
    let text = pages.concat();
    let ids: Vec<i64> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|entry| entry["subject_id"].as_str().unwrap().parse().unwrap())
        .collect();
    assert_eq!(ids, (1..=1203).rev().collect::<Vec<i64>>());
    assert!(text.ends_with('\n'));
}

#[tokio::test]
async fn nobody_changes_or_removes_an_entry() {
    let pool = TestDatabase::create().await.pool;
    record(&pool, 1, &entry("siti", "person.blocked", "budi")).await;
    for statement in
        ["UPDATE audit_entries SET reason = NULL", "DELETE FROM audit_entries", "TRUNCATE audit_entries"]
    {
        let error = sqlx::query(statement).execute(&pool).await.expect_err(statement);
        assert!(error.to_string().contains("append-only"), "{statement}: {error}");
    }
    assert_eq!(found(&pool, &Search::default()).await.len(), 1);
}
