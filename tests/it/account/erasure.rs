//! Of who is gone no name, address or number stays anywhere in the store: looked for byte by byte, in every table.

use sqlx::{AssertSqlSafe, PgPool};

use super::email;
use crate::{portal::world::World, support::keycloak_events::Person};

/// Words that nobody else has.
const PERSONAL: [&str; 3] = ["zubaidahx", "quixotrahma", "8123456789"];
const CONTACTS: &str = "/account/contacts/new-email";

/// The tables whose rows hold one of the words, whatever their columns are.
async fn tables_that_know(pool: &PgPool) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    assert!(tables.len() > 40, "{tables:?}");
    let mut knowing = Vec::new();
    for table in tables {
        let rows = format!("SELECT t::text FROM \"{table}\" t WHERE t::text ~* $1 LIMIT 1");
        let found: Option<String> = sqlx::query_scalar(AssertSqlSafe(rows))
            .bind(PERSONAL.join("|"))
            .fetch_optional(pool)
            .await
            .unwrap();
        knowing.extend(found.map(|row| format!("{table}: {row}")));
    }
    knowing
}

#[tokio::test]
async fn nothing_of_a_person_stays_in_any_table() {
    let world = World::new().await;
    let person = Person::new("siti")
        .with("/username", "zubaidahx@contoh.example")
        .with("/email", "zubaidahx@contoh.example")
        .with("/first_name", "Zubaidahx")
        .with("/last_name", "Quixotrahma")
        .of_company("PT Contoh");
    world.tell(&person, 1).await;
    let mut browser = world.signed_in(&person, "s-1").await;
    // One more address that is proven, one that is not, and one to sign in with that is only wished for.
    let fields = [("value", "zubaidahx.invoices@contoh.example"), ("purposes", "billing")];
    let page = browser.post(CONTACTS, CONTACTS, &fields).await.expect(303).location().to_owned();
    let code = world.code("zubaidahx.invoices@contoh.example");
    browser.post(&page, &page, &[("code", code.as_str())]).await.expect(303);
    let fields = [("value", "zubaidahx.waits@contoh.example"), ("purposes", "technical")];
    browser.post(CONTACTS, CONTACTS, &fields).await.expect(303);
    email::ask(&world, &mut browser, "zubaidahx.new@contoh.example").await;
    for known in [
        "INSERT INTO otp_factors (id, realm, user_id, channel, destination, hint, is_primary, verified_at, bound_at)
         VALUES (gen_random_uuid(), 'gatehouse', 'siti', 'sms', '+628123456789', '+62 ••• 6789', true, now(), now())",
        "INSERT INTO otp_imports (realm, user_id, channel, destination, hint, imported_at)
         VALUES ('gatehouse', 'siti', 'sms', '+628123456789', '+62 ••• 6789', now())",
        "INSERT INTO staff_notes (note_id, subject_kind, subject_id, text, written_by, written_at)
         VALUES (gen_random_uuid(), 'person', 'siti', 'Zubaidahx called from 8123456789', 'anna', now())",
        "INSERT INTO admission_requests (request_id, realm, email, first_name, locale, asked_at)
         VALUES (gen_random_uuid(), 'gatehouse', 'Zubaidahx@contoh.example', 'Zubaidahx', 'id', now())",
    ] {
        sqlx::query(known).execute(&world.pool).await.unwrap();
    }
    let known = tables_that_know(&world.pool).await;
    assert!(known.len() >= 8, "the search finds what is there: {known:#?}");

    world.gone("siti", 2).await;
    world.send_notices().await;
    world.forget_login_addresses().await;
    let left = tables_that_know(&world.pool).await;
    assert!(left.is_empty(), "{left:#?}");
}
