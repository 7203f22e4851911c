//! The file with everything that is held about a person has something of each table that knows them.

use std::collections::BTreeSet;

use gatehouse::account::{HELD, LEFT_OUT};
use serde_json::Value;

use super::email;
use crate::{
    portal::world::World,
    support::{TestDatabase, keycloak_events::Person},
};

/// Columns by which a table knows people.
const KNOWN_BY: &str = "SELECT DISTINCT table_name::text FROM information_schema.columns
    WHERE table_schema = 'public' AND column_name IN ('user_id', 'email', 'email_key', 'subject_id', 'actor_id',
        'contact_email', 'destination', 'address', 'caller')";

#[tokio::test]
async fn every_table_that_knows_people_is_in_the_file_or_left_out_for_a_reason() {
    let pool = TestDatabase::create().await.pool;
    let known: Vec<String> = sqlx::query_scalar(KNOWN_BY).fetch_all(&pool).await.unwrap();
    assert!(known.len() > 25, "{known:?}");
    let held: BTreeSet<&str> = HELD.iter().map(|held| held.table).collect();
    let left_out: BTreeSet<&str> = LEFT_OUT.iter().map(|(table, _)| *table).collect();
    assert!(held.is_disjoint(&left_out));
    let undecided: Vec<&String> =
        known.iter().filter(|it| !held.contains(it.as_str()) && !left_out.contains(it.as_str())).collect();
    assert!(undecided.is_empty(), "decide in src/account/held about {undecided:?}");
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&pool).await.unwrap();
    for named in held.union(&left_out) {
        assert!(tables.iter().any(|table| table == named), "there is no table {named}");
    }
}

/// Something about `siti`, and the same about `budi`, in each table that pages do not fill here.
const ROWS: &[&str] = &[
    "INSERT INTO otp_factors (id, realm, user_id, channel, destination, hint, is_primary, verified_at, bound_at)
     VALUES (gen_random_uuid(), 'gatehouse', $1, 'sms', $2, '+62 ••• 89', true, now(), now())",
    "INSERT INTO otp_imports (realm, user_id, channel, destination, hint, imported_at)
     VALUES ('gatehouse', $1, 'sms', $2, '+62 ••• 89', now())",
    "INSERT INTO otp_failures (realm, user_id, channel, proof, in_a_row) VALUES ('gatehouse', $1, $2, false, 2)",
    "INSERT INTO staff_notes (note_id, subject_kind, subject_id, text, written_by, written_at)
     VALUES (gen_random_uuid(), 'person', $1, $2, 'anna', now())",
    "INSERT INTO admission_requests (request_id, realm, email, first_name, locale, asked_at)
     VALUES (gen_random_uuid(), 'gatehouse', $1 || '@contoh.example', $2, 'id', now())",
    "INSERT INTO invitations (invitation_id, company_id, email, first_name, role, state, invited_by, invited_at, expires_at)
     SELECT gen_random_uuid(), company_id, initcap($1) || '@contoh.example', $2, 'user', 'sent', 'anna', now(), now()
     FROM companies LIMIT 1",
    "INSERT INTO company_contacts (contact_id, company_id, version, name, purposes, email, created_at, updated_at)
     SELECT gen_random_uuid(), company_id, 1, $2, '{technical}', $1 || '@contoh.example', now(), now() FROM companies LIMIT 1",
    "INSERT INTO access_grants (grant_id, user_id, scope, company_id, permission, granted_by, granted_at)
     SELECT gen_random_uuid(), user_id, 'CUSTOMER', company_id, 'billing.view', $2, now() FROM company_members WHERE user_id = $1",
    "INSERT INTO system_members (user_id, added_by, since) VALUES ($1, $2, now())",
    "INSERT INTO staff_seen (user_id, roles, seen_at) VALUES ($1, ARRAY[$2], now())",
    "INSERT INTO known_devices (user_id, device) VALUES ($1, sha256($2::text::bytea))",
    "INSERT INTO person_reads (user_id, client_id, read_on) VALUES ($1, $2, now())",
    "INSERT INTO approvals (approval_id, kind, user_id, reason, asked_by, asked_at)
     VALUES (gen_random_uuid(), 'factor_reset', $1, $2, 'anna', now())",
    "INSERT INTO join_requests (company_id, user_id, requested_at)
     SELECT company_id, $1, now() FROM companies WHERE $2 <> '' LIMIT 1",
    "INSERT INTO cloud_users (cloud_user_id, user_id, domain, name, email, full_name, created_at)
     VALUES (gen_random_uuid(), $1, 'Default', $1, $1 || '@contoh.example', $2, now())",
    "INSERT INTO login_address_changes (change_id, user_id, old_address, new_address, changed_at, undo_until)
     VALUES (gen_random_uuid(), $1, $2, 'new@contoh.example', now(), now() + interval '3 days')",
];

/// What this test does not make.
const NOT_HERE: [&str; 5] =
    ["cloud_projects", "cloud_requests", "invoice_addresses_waiting_for_their_code", "notices", "stopped"];

#[tokio::test]
async fn the_file_has_something_of_each_and_nothing_of_anybody_else() {
    let world = World::new().await;
    let (siti, budi) =
        (Person::new("siti").of_company("PT Contoh"), Person::new("budi").of_company("PT Lain"));
    for person in [&siti, &budi] {
        world.tell(person, 1).await;
    }
    let mut browser = world.signed_in(&siti, "s-1").await;
    let add = "/account/contacts/new-email";
    let fields = [("value", "siti.waits@contoh.example"), ("purposes", "technical")];
    browser.post(add, add, &fields).await.expect(303);
    email::ask(&world, &mut browser, "siti.new@contoh.example").await;
    for statement in ROWS {
        for (who, what) in [("siti", "quixotrahma"), ("budi", "zubaidahx")] {
            sqlx::query(*statement).bind(who).bind(what).execute(&world.pool).await.expect(statement);
        }
    }
    // Somebody else, at addresses that siti wants or holds and has not proven.
    for statement in [
        "INSERT INTO contacts (contact_id, user_id, kind, value, purposes, is_primary, created_at, updated_at)
         VALUES (gen_random_uuid(), 'siti', 'email', 'siti.unproven@contoh.example', '{technical}', false, now(), now())",
        "INSERT INTO company_contacts (contact_id, company_id, version, name, purposes, email, created_at, updated_at)
         SELECT gen_random_uuid(), company_id, 1, 'zubaidahx', '{technical}', address, now(), now()
         FROM companies, unnest(ARRAY['siti.waits@contoh.example', 'siti.unproven@contoh.example']) AS address
         WHERE name = 'PT Contoh'",
    ] {
        sqlx::query(statement).execute(&world.pool).await.unwrap();
    }

    let file = browser.get("/account/data/export").await.expect(200);
    assert!(!file.body.contains("zubaidahx") && !file.body.contains("budi"), "{}", file.body);
    let all: Value = serde_json::from_str(&file.body).unwrap();
    assert_eq!(all["person"]["first_name"], "Siti");
    assert_eq!(all["second_factors"][0]["destination"], "quixotrahma");
    assert_eq!(all["sign_in_addresses_before"][0]["old_address"], "quixotrahma");
    assert_eq!(all["sign_in_address_waiting_for_its_code"][0]["address"], "siti.new@contoh.example");
    assert_eq!(all["companies"][0]["name"], "PT Contoh");
    assert_eq!(all["grants"][0]["company_id"], all["companies"][0]["company_id"]);
    assert!(!all["codes"].as_array().unwrap().is_empty() && all["codes"][0]["messages"][0]["number"] == 1);
    assert!(!file.body.contains("anna"), "who of staff it was is not told");
    assert!(all["notes_of_staff"][0].get("text").is_none());
    for held in HELD.iter().filter(|held| !NOT_HERE.contains(&held.name)) {
        let rows = all[held.name].as_array().unwrap();
        assert!(!rows.is_empty(), "{} is empty", held.name);
    }
    assert_eq!(all.as_object().unwrap().len(), HELD.len() + 4);
}
