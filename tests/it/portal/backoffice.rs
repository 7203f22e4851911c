//! What staff do for all customers, page by page.

use gatehouse::{
    adapters::keycloak::{KeycloakError, SessionInfo},
    platform::clock::Clock as _,
};
use serde_json::json;
use uuid::Uuid;

use super::{house::House, world::value_of};

const BUDI: &str = "/backoffice/people/budi";
const WHY: (&str, &str) = ("reason", "asked by phone, ticket 42");

#[tokio::test]
async fn staff_find_people_and_companies_by_what_they_were_told() {
    let house = House::open().await;
    sqlx::query("INSERT INTO billing_profiles VALUES ($1, 1, $2, now())")
        .bind(house.theirs)
        .bind(json!({"tax_ids": [{
            "country": "ID", "type": "NPWP16", "value": "0013121660091000", "status": "format_ok", "method": "checksum",
            "checked_at": "2026-10-01T02:10:58Z", "valid_from": null, "valid_to": null,
        }]}))
        .execute(&house.world.pool)
        .await
        .unwrap();
    let mut helga = house.staff("helga", "customer-service").await;
    let company = format!("/backoffice/companies/{}", house.theirs);
    for (asked, expected) in [
        ("BUDI@example.com", BUDI),
        ("budi", BUDI),
        ("dua", company.as_str()),
        (&house.theirs.to_string(), company.as_str()),
        ("00.131.216.6-009.1000", company.as_str()),
    ] {
        let found = helga.post("/backoffice", "/backoffice/search", &[("q", asked)]).await.expect(200);
        found.shows(&format!("href=\"{expected}\""));
        assert!(!found.body.replace("value=\"BUDI@example.com\"", "").contains("udi@example.com"), "{asked}");
    }
    let empty = helga.post("/backoffice", "/backoffice/search", &[("q", "+")]).await.expect(422);
    empty.shows("Enter an address, a number, an id or a name");
    helga
        .post("/backoffice", "/backoffice/search", &[("q", "nobody at all")])
        .await
        .expect(200)
        .shows("No person");
}

#[tokio::test]
async fn the_trail_tells_how_much_of_a_list_a_system_read() {
    let house = House::open().await;
    sqlx::query(
        "INSERT INTO audit_entries (entry_id, occurred_at, actor_kind, actor_id, action, subject_kind, subject_id, after)
         VALUES (gen_random_uuid(), now(), 'system', 'reader', 'list.read', 'list', '/api/v1/companies', '{\"entries\": 50}')",
    )
    .execute(&house.world.pool)
    .await
    .unwrap();
    let mut helga = house.staff("helga", "auditor").await;
    let page = helga.get("/backoffice/trail").await.expect(200);
    page.shows("list /api/v1/companies · 50 entries");
}

#[tokio::test]
async fn personal_data_is_masked_until_somebody_says_why_and_the_customer_sees_it() {
    let house = House::open().await;
    let mut helga = house.staff("helga", "customer-service").await;
    let masked = helga.get(BUDI).await.expect(200);
    masked.hides("budi@example.com");
    masked.shows("b•••@example.com");
    let silent = helga.post(BUDI, &format!("{BUDI}/unmask"), &[("reason", "")]).await.expect(422);
    silent.hides("budi@example.com");
    let seen = helga.post(BUDI, &format!("{BUDI}/unmask"), &[WHY]).await.expect(200);
    seen.shows("budi@example.com");
    helga.get(BUDI).await.expect(200).hides("budi@example.com");
    let history = house.browser("dewi").await.get("/company/history").await.expect(200);
    history.shows("person.unmasked");
    history.shows("asked by phone, ticket 42");
    history.shows("Our staff");
    history.hides("Helga");
    let own = house.browser("budi").await.get("/account/data").await.expect(200);
    own.shows("Staff looked at personal data");
    own.shows("asked by phone, ticket 42");
    own.hides("Helga");
}

#[tokio::test]
async fn more_matches_than_fit_come_in_pages() {
    let house = House::open().await;
    sqlx::query(
        "INSERT INTO people (user_id, realm, sequence, username, email, email_verified, first_name, locale, enabled,
             factors, created_at, updated_at)
         SELECT 'many-' || lpad(n::text, 3, '0'), 'gatehouse', 1, 'm' || n, 'm' || n || '@example.com', true,
             'Wulandari', 'en', true, '[]', now(), now() FROM generate_series(1, 70) AS n",
    )
    .execute(&house.world.pool)
    .await
    .unwrap();
    let mut helga = house.staff("helga", "customer-service").await;
    let first = helga.post("/backoffice", "/backoffice/search", &[("q", "wulandari")]).await.expect(200);
    assert_eq!(first.body.matches("href=\"/backoffice/people/many-").count(), 50);
    let after = value_of(&first.body, "after_person");
    let fields = [("q", "wulandari"), ("after_person", after.as_str())];
    let second = helga.post("/backoffice", "/backoffice/search", &fields).await.expect(200);
    assert_eq!(second.body.matches("href=\"/backoffice/people/many-").count(), 20);
    second.hides("name=\"after_person\"");
    second.hides("many-001");
}

#[tokio::test]
async fn staff_see_where_a_person_is_signed_in_and_hear_when_keycloak_is_away() {
    let house = House::open().await;
    let session = SessionInfo {
        session_id: "s-9".to_owned(),
        ip_address: Some("203.0.113.7".to_owned()),
        started_at: Some(house.world.clock.now()),
        seen_at: Some(house.world.clock.now()),
        applications: vec!["Gatehouse".to_owned()],
    };
    house.world.keycloak.state().sessions.push(("budi".to_owned(), session));
    let mut helga = house.staff("helga", "auditor").await;
    let shown = helga.get(BUDI).await.expect(200);
    shown.shows("<bdi>Gatehouse</bdi>");
    shown.hides("203.0.113.7");
    house.world.keycloak.state().fault = Some(KeycloakError::Unreachable);
    helga.get(BUDI).await.expect(200).shows("Keycloak does not answer just now.");
}

#[tokio::test]
async fn somebody_is_blocked_at_once_and_let_go_on() {
    let house = House::open().await;
    let (mut helga, mut budi) = (house.staff("helga", "customer-service").await, house.browser("budi").await);
    let blocked = helga.post(BUDI, &format!("{BUDI}/block"), &[WHY]).await.expect(303);
    let shown = helga.get(blocked.location()).await.expect(200);
    shown.shows("The person is blocked and signed out.");
    shown.shows("May not sign in");
    shown.shows("person.blocked");
    assert!(budi.get("/account").await.expect(303).location().starts_with("/sign-in"));
    let of_admin = house.browser("dewi").await.get("/company/people/budi").await.expect(200);
    of_admin.shows("Our staff have blocked this person");
    of_admin.hides("/company/people/budi/enable");
    let unblocked = helga.post(BUDI, &format!("{BUDI}/unblock"), &[WHY]).await.expect(303);
    helga.get(unblocked.location()).await.expect(200).shows("The person is no longer blocked.");
    let last = "/backoffice/people/dewi";
    let refused = helga.post(last, &format!("{last}/block"), &[WHY]).await.expect(422);
    refused.shows("They are the last admin of a company.");
}

#[tokio::test]
async fn a_reset_of_factors_takes_two_members_of_staff() {
    let house = House::open().await;
    let mut helga = house.staff("helga", "customer-service").await;
    let asked = helga.post(BUDI, &format!("{BUDI}/factors"), &[WHY]).await.expect(303);
    helga.get(asked.location()).await.expect(200).shows("It waits for a second member of staff.");
    let page = "/backoffice/approvals";
    helga.get(page).await.expect(200).shows("Reset of every second factor");
    let id: Uuid = house.value("SELECT approval_id FROM approvals WHERE user_id = $1", "budi").await;
    let alone = helga.post(page, &format!("{page}/{id}/approve"), &[]).await.expect(409);
    alone.shows("somebody else has to decide it");
    let mut otto = house.staff("otto", "operator").await;
    let decided = otto.post(page, &format!("{page}/{id}/approve"), &[]).await.expect(303);
    otto.get(decided.location()).await.expect(200).shows("Nothing waits for a decision.");
    otto.post(page, &format!("{page}/{id}/refuse"), &[]).await.expect(404);
}

#[tokio::test]
async fn a_company_is_suspended_noted_and_given_another_admin() {
    let house = House::open().await;
    let mut helga = house.staff("helga", "customer-service").await;
    let page = format!("/backoffice/companies/{}", house.theirs);
    let suspended = helga.post(&page, &format!("{page}/suspend"), &[WHY]).await.expect(303);
    helga.get(suspended.location()).await.expect(200).shows("Suspended by staff");
    helga.post(&page, &format!("{page}/resume"), &[WHY]).await.expect(303);
    helga.post(&page, &format!("{page}/notes"), &[("note", " ")]).await.expect(422).shows("Enter 1 to 2000");
    let note = helga.post(&page, &format!("{page}/notes"), &[("note", "calls on Mondays")]).await.expect(303);
    helga.get(note.location()).await.expect(200).shows("calls on Mondays");
    house.browser("dewi").await.get("/company/history").await.expect(200).hides("calls on Mondays");
    let nobody = [("user_id", "nobody"), WHY];
    helga.post(&page, &format!("{page}/owner"), &nobody).await.expect(422).shows("Enter the id of a person");
    helga.post(&page, &format!("{page}/owner"), &[("user_id", "budi"), WHY]).await.expect(303);
    helga.get("/backoffice/approvals").await.expect(200).shows("Another admin for a company");
}

#[tokio::test]
async fn messages_factors_and_stuck_work_are_seen() {
    let house = House::open().await;
    for statement in [
        "INSERT INTO notices (notice_id, user_id, kind, channel, language, sent_at)
         VALUES (gen_random_uuid(), 'budi', 'security.password', 'email', 'en', now())",
        "INSERT INTO otp_factors (id, realm, user_id, channel, destination, hint, is_primary, verified_at)
         VALUES (gen_random_uuid(), 'gatehouse', 'budi', 'sms', '+628123456789', '+62 ••• 89', true, now())",
        "INSERT INTO jobs (kind, key, run_at, state, last_error) VALUES ('people.standing', 'budi', now(), 'parked', 'Keycloak answered 500')",
        "INSERT INTO parked_records (topic, partition, \"offset\", header_names, header_values, reason)
         VALUES ('gatehouse.keycloak-events.v1', 2, 77, '{}', '{}', 'no JSON')",
    ] {
        sqlx::query(statement).execute(&house.world.pool).await.unwrap();
    }
    let mut otto = house.staff("otto", "operator").await;
    let person = otto.get(BUDI).await.expect(200);
    for text in ["security.password", "sms +62 ••• 89", "asked first"] {
        person.shows(text);
    }
    person.hides("+628123456789");
    let id: Uuid = house.value("SELECT id FROM otp_factors WHERE user_id = $1", "budi").await;
    let factor = format!("{BUDI}/factors/{id}");
    otto.post(BUDI, &factor, &[("deed", "lock")]).await.expect(422).shows("Enter a reason");
    let locked = otto.post(BUDI, &factor, &[("deed", "lock"), WHY]).await.expect(303);
    otto.get(locked.location()).await.expect(200).shows(">locked<");
    otto.post(BUDI, &factor, &[("deed", "unlock"), WHY]).await.expect(303);
    otto.post(BUDI, &factor, &[("deed", "unlock"), WHY]).await.expect(422).shows("Not done");
    let work = otto.get("/backoffice/work").await.expect(200);
    work.shows("Keycloak answered 500");
    work.shows("gatehouse.keycloak-events.v1 2 77");
    let fields = [("kind", "people.standing"), ("key", "budi")];
    let retried = otto.post("/backoffice/work", "/backoffice/work/retry", &fields).await.expect(303);
    otto.get(retried.location()).await.expect(200).shows("No job is parked.");
    let costs = otto.get("/backoffice/messages").await.expect(200);
    costs.shows("Last hour");
    costs.shows("No prefix is blocked.");
}

#[tokio::test]
async fn an_auditor_looks_at_everything_and_changes_nothing() {
    let house = House::open().await;
    let mut anna = house.staff("anna", "auditor").await;
    for page in ["/backoffice", "/backoffice/approvals", "/backoffice/work", "/backoffice/messages", BUDI] {
        let shown = anna.get(page).await.expect(200);
        for deed in ["/block\"", "/unmask\"", "/notes\"", "/retry\"", "/lift\"", "/approve\""] {
            shown.hides(deed);
        }
    }
    let trail = anna.get("/backoffice/trail").await.expect(200);
    let token = trail.form_token();
    for (path, field) in [
        (format!("{BUDI}/block"), WHY),
        (format!("{BUDI}/unmask"), WHY),
        (format!("{BUDI}/notes"), ("note", "x")),
    ] {
        anna.post_raw(&path, &[("form_token", &token), field]).await.expect(404);
    }
    let mut helga = house.staff("helga", "customer-service").await;
    helga.post(BUDI, &format!("{BUDI}/block"), &[WHY]).await.expect(303);
    let found = anna.post("/backoffice/trail", "/backoffice/trail", &[("action", "person.blocked")]).await;
    let found = found.expect(200);
    found.shows("Blocked by staff <code class=\"soft\">person.blocked</code>");
    found.shows("<a href=\"/backoffice/people/helga\">helga</a>");
    found.shows("<a href=\"/backoffice/people/budi\">person budi</a>");
    let none = anna.post("/backoffice/trail", "/backoffice/trail", &[("subject_id", "dewi")]).await;
    none.expect(200).hides("person budi");
    let export = anna.get("/backoffice/trail/export").await.expect(200);
    export.shows("\"action\":\"person.blocked\"");
}

#[tokio::test]
async fn the_next_page_of_a_trail_is_asked_for_with_what_was_searched() {
    let house = House::open().await;
    sqlx::query(
        "INSERT INTO audit_entries (entry_id, occurred_at, actor_kind, actor_id, action, subject_kind, subject_id)
         SELECT gen_random_uuid(), now() - make_interval(secs => n), 'person', 'helga', 'person.blocked', 'person', 'budi' || n
         FROM generate_series(100, 160) AS n",
    )
    .execute(&house.world.pool)
    .await
    .unwrap();
    let mut anna = house.staff("anna", "auditor").await;
    let trail = "/backoffice/trail";
    let first = anna.post(trail, trail, &[("action", "person.blocked")]).await.expect(200);
    first.shows("person budi100");
    first.hides("person budi160");
    first.shows(r#"<input type="hidden" name="action" value="person.blocked">"#);
    let (token, after) = (first.form_token(), super::world::value_of(&first.body, "after"));
    let fields = [("form_token", token.as_str()), ("action", "person.blocked"), ("after", &after)];
    let second = anna.post_raw(trail, &fields).await.expect(200);
    second.shows("person budi160");
    second.hides("person budi100");
}
