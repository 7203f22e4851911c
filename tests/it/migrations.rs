//! The schema can be made from nothing, and again; what was stored before is mended on the way.

use gatehouse::platform::db::MIGRATIONS;
use serde_json::{Value, json};

use crate::support::TestDatabase;

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let database = TestDatabase::create().await;
    MIGRATIONS.run(&database.pool).await.unwrap();
    let applied: i64 =
        sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations").fetch_one(&database.pool).await.unwrap();
    assert_eq!(usize::try_from(applied).unwrap(), MIGRATIONS.iter().count());
}

/// What a request was before the form of the portal was mended: 4711 is the PIN.
#[tokio::test]
async fn an_instance_of_the_release_before_starts_on_the_schema_of_the_next() {
    let database = TestDatabase::create().await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (99991231000000, 'of the next release', true, '', 0)",
    )
    .execute(&database.pool)
    .await
    .unwrap();
    MIGRATIONS.run(&database.pool).await.unwrap();
}

async fn requested(database: &TestDatabase, source: &str, state: &str, cells: Value) {
    let mut ask = json!({
        "email": "siti@contoh.example", "first_name": "Siti", "last_name": "Rahma", "is_new_user": true,
        "organization": "PT Contoh", "role": "", "phone": "", "sponsor": "", "comment": "approved",
        "project": {"is": "new", "name": "Kerja", "description": "4711 meja", "extra_users": []},
        "quotas": [], "ends_on": null, "language": "id",
    });
    ask.as_object_mut().unwrap().extend(cells.as_object().unwrap().clone());
    sqlx::query(
        "INSERT INTO intake_requests (request_id, natural_key, content_hash, kind, state, ask, approved_at_source,
             source, received_at, changed_at)
         VALUES (gen_random_uuid(), gen_random_uuid()::text, '', 'access', $1, $2, true, $3, now(), now())",
    )
    .bind(state)
    .bind(ask)
    .bind(source)
    .execute(&database.pool)
    .await
    .unwrap();
}

#[tokio::test]
async fn no_request_of_the_portal_keeps_the_pin_that_fell_into_other_cells() {
    let database = TestDatabase::create().await;
    requested(&database, "portal", "notified", json!({"role": "PT Contoh", "phone": "4711"})).await;
    requested(&database, "portal", "done", json!({"role": "Kerja", "phone": "PT Contoh", "sponsor": "4711"}))
        .await;
    requested(&database, "requests.csv", "notified", json!({"sponsor": "Ibu Dewi", "phone": "4711"})).await;
    let migration = MIGRATIONS.iter().find(|migration| migration.version == 20_261_126_100_001).unwrap();
    sqlx::raw_sql(migration.sql.clone()).execute(&database.pool).await.unwrap();
    let requests: Vec<(String, String, bool, Value)> = sqlx::query_as(
        "SELECT source, state, approved_at_source, ask FROM intake_requests ORDER BY source, state DESC",
    )
    .fetch_all(&database.pool)
    .await
    .unwrap();
    let cells: Vec<_> = requests
        .iter()
        .map(|(source, state, approved, ask)| {
            let cell = |name: &str| ask[name].as_str().unwrap();
            (source.as_str(), state.as_str(), *approved, cell("role"), cell("phone"), cell("sponsor"))
        })
        .collect();
    let expected = [
        ("portal", "notified", false, "", "", ""),
        ("portal", "done", true, "", "", ""),
        ("requests.csv", "notified", true, "", "4711", "Ibu Dewi"),
    ];
    assert_eq!(cells, expected);
    let kept =
        |(.., ask): &(_, _, _, Value)| ask["organization"] == "PT Contoh" && ask["comment"] == "approved";
    assert!(requests.iter().all(kept), "what was asked stays: {requests:?}");
}
