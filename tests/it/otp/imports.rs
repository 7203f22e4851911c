//! Numbers from before: imported, offered, and a factor only once they are proven.

use std::sync::Arc;

use gatehouse::{
    adapters::keycloak::{KeycloakError, MemoryKeycloak},
    app::Config,
    otp::{self, Import, ImportOutcome, ImportResult, RowProblem, read_table},
    platform::{clock::SystemClock, entropy::OsEntropy},
};
use serde_json::{Value, json};
use sqlx::PgPool;

use super::world::{Person, World, enrolment, login, somebody};
use crate::config::MINIMAL;

/// Makes the person known to the directory.
async fn known(pool: &PgPool, person: &Person, email: Option<&str>) {
    sqlx::query(
        "INSERT INTO people (user_id, realm, sequence, username, email, enabled, updated_at)
         VALUES ($1, 'gatehouse', 1, $2, $3, true, now())",
    )
    .bind(&person.user_id)
    .bind(format!("Name-{}", person.user_id))
    .bind(email)
    .execute(pool)
    .await
    .unwrap();
}

fn import_into(pool: &PgPool, is_dry_run: bool) -> Import {
    let config = Config::from_toml(MINIMAL).unwrap();
    let ports = (Arc::new(SystemClock) as _, Arc::new(OsEntropy) as _);
    Import::new(pool.clone(), &config.otp, "gatehouse", ports, is_dry_run)
}

async fn run(pool: &PgPool, table: &str, is_dry_run: bool) -> Vec<ImportResult> {
    let mut results = Vec::new();
    let rows = read_table(table.as_bytes()).unwrap();
    import_into(pool, is_dry_run).rows(&rows, |result| results.push(result)).await.unwrap();
    results
}

async fn outcomes(pool: &PgPool, table: &str) -> Vec<ImportOutcome> {
    run(pool, table, false).await.into_iter().map(|result| result.outcome).collect()
}

/// What the enrolment page is told.
async fn offered(world: &World, person: &Person) -> Value {
    let path = format!("/otp/v1/users/gatehouse/{}/imports", person.user_id);
    world.call("GET", &path, &Value::Null).await.expect(200).body
}

/// Asks for a code to what was imported.
fn imported_enrolment(person: &Person, session: &str, channel: &str) -> Value {
    let mut body = enrolment(person, session, channel, "");
    body.as_object_mut().unwrap().remove("destination");
    body
}

#[tokio::test]
async fn an_imported_number_is_offered_masked_and_is_a_factor_only_after_its_code() {
    let world = World::new().await;
    let person = somebody();
    known(&world.pool, &person, Some(&person.email)).await;
    let table = format!("email,phone,channel\n{},{},sms\n", person.email.to_uppercase(), person.phone);
    assert_eq!(outcomes(&world.pool, &table).await, [ImportOutcome::New]);
    world.issue(&login(&person, "s")).await.expect_problem(409, "otp/no-factor");
    assert!(world.factors(&person).await.is_empty(), "nothing imported counts");
    let hint = format!("+62 ••• {}", &person.phone[person.phone.len() - 2..]);
    assert_eq!(offered(&world, &person).await, json!([{"channel": "sms", "hint": hint}]));

    let shown = world.issue(&imported_enrolment(&person, "e", "sms")).await.expect(201);
    assert_eq!(shown.body["hint"], hint);
    assert_eq!(world.count("otp_imports").await, 1, "asking proves nothing");
    let code = world.last_code("sms", &person.phone);
    world.verify(&shown.challenge(), "e", &code).await.expect(200);
    assert_eq!(world.factors(&person).await[0]["hint"], hint);
    assert_eq!(world.count("otp_imports").await, 0, "what is proven waits no longer");
    assert_eq!(offered(&world, &person).await, json!([]));
    assert_eq!(outcomes(&world.pool, &table).await, [ImportOutcome::Proven], "and does not come back");
}

#[tokio::test]
async fn the_same_table_again_changes_nothing_and_a_dry_run_keeps_nothing() {
    let world = World::new().await;
    let (person, other) = (somebody(), somebody());
    known(&world.pool, &person, Some(&person.email)).await;
    let table = format!("user,phone\nname-{},{}\n", person.user_id.to_uppercase(), person.phone);
    let dry = run(&world.pool, &table, true).await;
    assert_eq!(dry[0].outcome, ImportOutcome::New);
    assert_eq!((dry[0].line, dry[0].user_id.as_deref()), (2, Some(person.user_id.as_str())));
    assert_eq!((world.count("otp_imports").await, world.count("audit_entries").await), (0, 0));
    assert_eq!(outcomes(&world.pool, &table).await, [ImportOutcome::New]);
    assert_eq!(outcomes(&world.pool, &table).await, [ImportOutcome::Unchanged]);
    assert_eq!(world.count("audit_entries").await, 1, "one change, one entry");
    let newer = format!("user,phone\n{},{}\n", person.user_id, other.phone);
    assert_eq!(outcomes(&world.pool, &newer).await, [ImportOutcome::Changed]);
    let shown = world.issue(&imported_enrolment(&person, "e", "sms")).await.expect(201);
    let code = world.last_code("sms", &other.phone);
    world.verify(&shown.challenge(), "e", &code).await.expect(200);
    let entry: Value =
        sqlx::query_scalar("SELECT to_jsonb(a) FROM audit_entries a ORDER BY occurred_at LIMIT 1")
            .fetch_one(&world.pool)
            .await
            .unwrap();
    assert_eq!((&entry["action"], &entry["actor_kind"]), (&json!("factor.imported"), &json!("operator")));
    assert!(!entry.to_string().contains(&person.phone), "the trail holds no number: {entry}");
}

#[tokio::test]
async fn each_bad_row_says_what_is_wrong_and_the_rest_goes_on() {
    let world = World::new().await;
    let (person, other, no_mail, barred) = (somebody(), somebody(), somebody(), somebody());
    for someone in [&person, &other, &barred] {
        known(&world.pool, someone, Some(&someone.email)).await;
    }
    known(&world.pool, &no_mail, None).await;
    world.enrol_sms(&barred).await;
    sqlx::query("UPDATE otp_factors SET disabled_at = now(), ended_at = now(), end_reason = 'reset', is_primary = false")
        .execute(&world.pool)
        .await
        .unwrap();
    let rows = [
        (format!(",,{},sms", person.phone), Err(RowProblem::Nobody)),
        (format!("nobody,,{},sms", person.phone), Err(RowProblem::Unknown)),
        (format!("{},{},{},sms", person.user_id, other.email, person.phone), Err(RowProblem::TwoPeople)),
        (format!("{},,{},fax", person.user_id, person.phone), Err(RowProblem::Channel)),
        (format!("{},,,sms", person.user_id), Err(RowProblem::NoNumber)),
        (format!("{},,,", person.user_id), Err(RowProblem::NoNumber)),
        (format!("{},,,email", no_mail.user_id), Err(RowProblem::NoAddress)),
        (format!("{},,12,sms", person.user_id), Err(RowProblem::Malformed)),
        (format!("{},,=2+3,sms", person.user_id), Err(RowProblem::Malformed)),
        (format!("{},,+4915123456789,sms", person.user_id), Err(RowProblem::Country)),
        (format!("{},,+62 809 1234567,sms", person.user_id), Err(RowProblem::NumberType)),
        (format!("{},,{},sms", barred.user_id, barred.phone), Err(RowProblem::Barred)),
        (format!("{},{},{},SMS", person.user_id, person.email, person.phone), Ok(ImportOutcome::New)),
        (format!("{},,{},sms", person.user_id, other.phone), Err(RowProblem::Repeated)),
        (format!("{},,,email", person.user_id), Ok(ImportOutcome::New)),
    ];
    let lines: Vec<&str> = rows.iter().map(|(row, _)| row.as_str()).collect();
    let table = format!("user,email,phone,channel\n{}", lines.join("\n"));
    let expected: Vec<ImportOutcome> =
        rows.iter().map(|(_, expected)| expected.unwrap_or_else(ImportOutcome::Skipped)).collect();
    assert_eq!(outcomes(&world.pool, &table).await, expected);
    assert_eq!(world.count("otp_imports").await, 2);
    let printed = serde_json::to_string(&run(&world.pool, &table, true).await).unwrap();
    assert!(!printed.contains(&person.phone) && !printed.contains(&person.email), "{printed}");
}

#[tokio::test]
async fn many_rows_go_in_batches_and_repetitions_are_seen_across_them() {
    let world = World::new().await;
    sqlx::query(
        "INSERT INTO people (user_id, realm, sequence, enabled, updated_at)
         SELECT 'u' || n, 'gatehouse', 1, true, now() FROM generate_series(1, 1100) n",
    )
    .execute(&world.pool)
    .await
    .unwrap();
    let rows: Vec<String> = (1..=1100).chain([1]).map(|n| format!("u{n},+62812{n:08}")).collect();
    let all = outcomes(&world.pool, &format!("user,phone\n{}", rows.join("\n"))).await;
    assert_eq!(all.iter().filter(|it| **it == ImportOutcome::New).count(), 1100);
    assert_eq!(all.last(), Some(&ImportOutcome::Skipped(RowProblem::Repeated)));
}

#[tokio::test]
async fn keycloaks_attribute_is_read_page_by_page() {
    let world = World::new().await;
    let (person, other, without) = (somebody(), somebody(), somebody());
    for someone in [&person, &other, &without] {
        known(&world.pool, someone, Some(&someone.email)).await;
    }
    let keycloak = MemoryKeycloak::default();
    let user =
        |person: &Person, number: &str| json!({"id": person.user_id, "attributes": {"phoneNumber": number}});
    keycloak.state().user_pages = vec![
        vec![user(&person, &person.phone), json!({"id": without.user_id, "attributes": {}})],
        vec![user(&other, "none"), json!({"id": "gone", "attributes": {"phoneNumber": "+6281299990000"}})],
    ];
    let import = async |is_dry_run: bool| {
        let mut all = Vec::new();
        let mut import = import_into(&world.pool, is_dry_run);
        import.from_keycloak(&keycloak, "phoneNumber", |result| all.push(result.outcome)).await.map(|()| all)
    };
    let bad = [ImportOutcome::Skipped(RowProblem::Malformed), ImportOutcome::Skipped(RowProblem::Unknown)];
    let expected = |first| [first, bad[0], bad[1]].to_vec();
    assert_eq!(import(true).await.unwrap(), expected(ImportOutcome::New));
    assert_eq!(import(false).await.unwrap(), expected(ImportOutcome::New));
    assert_eq!(import(false).await.unwrap(), expected(ImportOutcome::Unchanged));
    keycloak.state().fault = Some(KeycloakError::Unreachable);
    assert_eq!(import(false).await.unwrap_err().to_string(), "Keycloak does not answer");
}

#[tokio::test]
async fn what_was_imported_goes_with_the_person_when_another_is_proven_and_after_a_year() {
    let world = World::new().await;
    let people = [somebody(), somebody(), somebody()];
    for person in &people {
        known(&world.pool, person, Some(&person.email)).await;
        let table = format!("user,phone\n{},{}\n", person.user_id, person.phone);
        assert_eq!(outcomes(&world.pool, &table).await, [ImportOutcome::New]);
    }
    let mut connection = world.pool.acquire().await.unwrap();
    otp::forget_in_tx(&mut connection, &people[0].user_id).await.unwrap();
    drop(connection);
    assert_eq!(world.count("otp_imports").await, 2);
    world.enrol(&people[1], "sms", &somebody().phone).await;
    assert_eq!(world.count("otp_imports").await, 1, "another number of the channel was proven");
    world.features.otp.clean().await.unwrap();
    assert_eq!(world.count("otp_imports").await, 1);
    sqlx::query("UPDATE otp_imports SET imported_at = now() - interval '366 days'")
        .execute(&world.pool)
        .await
        .unwrap();
    world.features.otp.clean().await.unwrap();
    assert_eq!(world.count("otp_imports").await, 0);
}

#[tokio::test]
async fn without_an_import_an_enrolment_needs_its_destination_and_nobody_learns_who_exists() {
    let world = World::new().await;
    let (person, stranger) = (somebody(), somebody());
    known(&world.pool, &person, Some(&person.email)).await;
    for someone in [&person, &stranger] {
        world.issue(&imported_enrolment(someone, "e", "sms")).await.expect_problem(400, "request/invalid");
        assert_eq!(offered(&world, someone).await, json!([]));
    }
    let unsigned = axum::http::Request::get(format!("/otp/v1/users/gatehouse/{}/imports", person.user_id))
        .body(axum::body::Body::empty())
        .unwrap();
    assert_eq!(world.send(unsigned).await.0, 401);
}
