//! Finding people and companies, looking at them, and stopping them.

use axum::http::Method;
use serde_json::json;

use super::{Office, reason};

#[tokio::test]
async fn people_and_companies_are_found_by_what_is_known_of_them() {
    let office = Office::open().await;
    sqlx::query(
        "INSERT INTO contacts (contact_id, user_id, kind, value, purposes, is_primary, created_at, updated_at)
         VALUES (gen_random_uuid(), 'budi', 'phone', '+6281234567890', '{second_factor}', true, now(), now()),
                (gen_random_uuid(), 'siti', 'email', 'siti@example.com', '{login}', true, now(), now())",
    )
    .execute(&office.api.pool)
    .await
    .unwrap();
    let helga = office.helper("helga");
    let find = async |what: &str, q: &str| {
        let page = office.api.get(&format!("/backoffice/{what}?q={q}"), &helga).await.expect(200);
        let mut found: Vec<String> = Vec::new();
        for it in page["items"].as_array().unwrap() {
            found.push(it["user_id"].as_str().or(it["name"].as_str()).unwrap().to_owned());
        }
        found
    };
    assert_eq!(find("users", "SITI@example.com").await, ["siti"]);
    assert_eq!(find("users", "siti@example.co").await, [""; 0]);
    assert_eq!(find("users", "%2B62%20812-3456-7890").await, ["budi"]);
    assert_eq!(find("users", "con").await, ["budi", "siti"]);
    assert_eq!(find("users", "budi%20contoh").await, ["budi"]);
    assert_eq!(find("companies", "awan").await, ["PT Satu Awan"]);
    assert_eq!(find("companies", &office.company.to_string()).await, ["PT Satu Awan"]);
    assert_eq!(find("companies", "siti@example.com").await, [""; 0]);
    let nothing = office.api.get("/backoffice/users?q=%26%7C", &helga).await;
    nothing.expect_problem(400, "request/invalid");
}

#[tokio::test]
async fn staff_see_masked_data_until_they_ask_and_the_customer_sees_that_they_did() {
    let office = Office::open().await;
    let helga = office.helper("helga");
    let masked = office.api.get("/users/budi/extended", &helga).await.expect(200);
    assert_eq!((&masked["email"], &masked["first_name"]), (&json!("b•••@example.com"), &json!("B•••")));
    assert_eq!((&masked["masked"], &masked["second_factors"]), (&json!(true), &json!(["totp"])));
    assert_eq!(masked["companies"][0]["name"], "PT Satu Awan");

    let open = office.post("/users/budi/unmask", reason()).await.expect(200);
    assert_eq!((&open["email"], &open["masked"]), (&json!("budi@example.com"), &json!(false)));
    office.post("/users/budi/unmask", json!({"reason": ""})).await.expect_problem(400, "request/invalid");
    let trail = office
        .api
        .get(&format!("/companies/{}/audit", office.company), &office.api.token("siti"))
        .await
        .expect(200);
    assert_eq!(trail["items"][0]["action"], "person.unmasked");
    assert_eq!(trail["items"][0]["actor_id"], "helga");
    assert_eq!(trail["items"][0]["reason"], "asked by phone, ticket 42");
    // An auditor looks, and changes and unmasks nothing.
    let auditor = office.api.staff_token("anton", &["auditor"]);
    let path = "/backoffice/users/budi/unmask";
    office.api.post(path, &auditor, reason()).await.expect_problem(403, "access/forbidden");
}

#[tokio::test]
async fn whoever_may_see_the_people_of_a_company_sees_them_open() {
    let office = Office::open().await;
    office.api.company("PT Dua", "dewi").await;
    let own = office.api.get("/users/budi/extended", &office.api.token("budi")).await.expect(200);
    assert_eq!(own["email"], "budi@example.com");
    let admin = office.api.get("/users/budi/extended", &office.api.token("siti")).await.expect(200);
    assert_eq!((&admin["email"], &admin["masked"]), (&json!("budi@example.com"), &json!(false)));
    let colleague = office.api.get("/users/siti/extended", &office.api.token("budi")).await;
    colleague.expect_problem(403, "access/forbidden");
    let stranger = office.api.get("/users/budi/extended", &office.api.token("dewi")).await;
    stranger.expect_problem(404, "request/not-found");
    office.api.get("/users/budi/extended", "").await.expect_problem(401, "access/unauthorized");
}

#[tokio::test]
async fn a_system_reads_what_it_was_given_about_a_person_and_changes_nothing() {
    let office = Office::open().await;
    let theirs = office.api.company("PT Dua", "dewi").await;
    let path = "/users/budi/extended";
    let (reader, stranger) = (
        office.api.system("reader", Some(office.company)).await,
        office.api.system("stranger", Some(theirs)).await,
    );
    office.api.get(path, &reader).await.expect_problem(403, "access/forbidden");
    office.api.get(path, &stranger).await.expect_problem(404, "request/not-found");
    let unknown = office.api.tokens.sign(&office.api.tokens.of_system("unknown", office.api.now()));
    office.api.get(path, &unknown).await.expect_problem(401, "access/unauthorized");

    let grant = json!({"client_id": "reader", "permission": "people.view"});
    let grants = format!("/companies/{}/grants", office.company);
    office.api.post(&grants, &office.api.token("siti"), grant).await.expect(201);
    let shown = office.api.get(path, &reader).await.expect(200);
    assert_eq!((&shown["email"], &shown["masked"]), (&json!("budi@example.com"), &json!(false)));
    assert_eq!(shown["companies"][0]["company_id"], json!(office.company));
    office.api.get("/users/dewi/extended", &reader).await.expect_problem(404, "request/not-found");
    for method in [Method::PUT, Method::POST, Method::DELETE, Method::PATCH] {
        let reply = office.api.call(method.clone(), path, &reader, Some(json!({}))).await;
        assert!(matches!(reply.status.as_u16(), 403 | 405), "{method}: {reply:?}");
    }
}

#[tokio::test]
async fn a_person_sees_which_systems_read_of_them_once_a_day() {
    let office = Office::open().await;
    let api = &office.api;
    let (path, admin) = ("/users/budi/extended", api.token("siti"));
    let tokens =
        [api.system("first", Some(office.company)).await, api.system("second", Some(office.company)).await];
    let grants = format!("/companies/{}/grants", office.company);
    for client in ["first", "second"] {
        let grant = json!({"client_id": client, "permission": "people.view"});
        api.post(&grants, &admin, grant).await.expect(201);
    }
    for token in [&tokens[0], &tokens[0], &tokens[1]] {
        api.get(path, token).await.expect(200);
    }
    // People are not counted like that: whom they see open, they see every day.
    api.get(path, &admin).await.expect(200);
    api.get(path, &api.token("budi")).await.expect(200);
    assert_eq!(api.audited("budi").await, ["person.read", "person.read"]);
    let told = "SELECT count(*) FROM audit_entries WHERE action = 'person.read' AND actor_kind = 'system'
        AND actor_id IN ('first', 'second') AND company_id = $1";
    let told: i64 = sqlx::query_scalar(told).bind(office.company).fetch_one(&api.pool).await.unwrap();
    assert_eq!(told, 2);

    api.clock.advance(chrono::TimeDelta::days(1));
    let again = api.tokens.sign(&api.tokens.of_system("first", api.now()));
    api.get(path, &again).await.expect(200);
    assert_eq!(api.audited("budi").await.len(), 3);
}

#[tokio::test]
async fn the_trail_says_once_a_day_which_system_read_which_list_and_how_much_of_it() {
    let office = Office::open().await;
    let api = &office.api;
    let admin = api.token("siti");
    let mut reader = api.system("reader", Some(office.company)).await;
    let grant = json!({"client_id": "reader", "permission": "people.view"});
    api.post(&format!("/companies/{}/grants", office.company), &admin, grant).await.expect(201);
    let list = format!("/companies/{}/people", office.company);
    let told = async || -> Vec<(String, serde_json::Value, serde_json::Value)> {
        sqlx::query_as(
            "SELECT subject_id, coalesce(before, 'null'), after FROM audit_entries
             WHERE action = 'list.read' AND actor_kind = 'system' AND actor_id = 'reader' AND subject_kind = 'list'
                 AND company_id = $1 ORDER BY occurred_at",
        )
        .bind(office.company)
        .fetch_all(&api.pool)
        .await
        .unwrap()
    };
    // What was refused was not read, and people are not noted.
    api.get(&format!("{list}?limit=0"), &reader).await.expect(400);
    api.get(&list, &admin).await.expect(200);
    assert_eq!(told().await, []);
    let count = api.get(&list, &reader).await.expect(200)["items"].as_array().unwrap().len();
    assert!(count > 0);
    api.get(&format!("{list}?limit=1"), &reader).await.expect(200);
    let path = "/api/v1/companies/{company_id}/people".to_owned();
    let first = (path.clone(), json!(null), json!({"entries": count}));
    assert_eq!(told().await, std::slice::from_ref(&first));

    let day = api.now().date_naive();
    api.clock.advance(chrono::TimeDelta::days(1));
    reader = api.tokens.sign(&api.tokens.of_system("reader", api.now()));
    api.get(&format!("{list}?limit=1"), &reader).await.expect(200);
    let before = json!({"on": day, "calls": 2, "entries": count + 1});
    assert_eq!(told().await, [first, (path, before, json!({"entries": 1}))]);
    // Reading one person is no list.
    api.get("/users/budi/extended", &reader).await.expect(200);
    assert_eq!(told().await.len(), 2);
}

#[tokio::test]
async fn a_blocked_person_is_out_at_once() {
    let office = Office::open().await;
    let budi = office.api.token("budi");
    office.api.get("/users/budi/access", &budi).await.expect(200);
    office.post("/users/budi/block", reason()).await.expect(202);
    office.api.get("/users/budi/access", &budi).await.expect_problem(401, "access/unauthorized");
    office.until("the account is closed", |state| state.disabled.contains("budi")).await;
    office.until("sessions", |state| state.done.contains(&("end sessions", "budi".into()))).await;
    // An admin of the company cannot undo what staff did.
    let enable = format!("/companies/{}/people/budi/enable", office.company);
    office.api.post(&enable, &office.api.token("siti"), json!({})).await.expect(202);
    assert!(office.keycloak.state().disabled.contains("budi"));
    office.post("/users/budi/unblock", reason()).await.expect(202);
    office.until("the account is open", |state| state.disabled.is_empty()).await;
    assert_eq!(office.api.audited("budi").await, ["person.blocked", "person.unblocked"]);
    office.post("/users/nobody/block", reason()).await.expect_problem(404, "request/not-found");
    office.post("/users/siti/block", reason()).await.expect_problem(409, "companies/last-admin");
}

#[tokio::test]
async fn a_suspended_company_stands_still_and_goes_on() {
    let office = Office::open().await;
    let (people, siti) = (format!("/companies/{}/people", office.company), office.api.token("siti"));
    let (suspend, resume) =
        (format!("/companies/{}/suspend", office.company), format!("/companies/{}/resume", office.company));
    office.post(&suspend, reason()).await.expect(204);
    office.api.get(&people, &siti).await.expect_problem(403, "access/forbidden");
    office.post(&resume, reason()).await.expect(204);
    office.api.get(&people, &siti).await.expect(200);
    let id = office.company.to_string();
    assert_eq!(office.api.audited(&id).await, ["company.suspended", "company.resumed"]);
    let nowhere = format!("/companies/{}/suspend", uuid::Uuid::new_v4());
    office.post(&nowhere, reason()).await.expect_problem(404, "request/not-found");
}

#[tokio::test]
async fn notes_are_for_staff_only() {
    let office = Office::open().await;
    office.post("/users/budi/notes", json!({"text": "calls on Mondays"})).await.expect(201);
    office.post("/users/budi/notes", json!({"text": " "})).await.expect_problem(400, "request/invalid");
    office.post("/users/nobody/notes", json!({"text": "x"})).await.expect_problem(404, "request/not-found");
    let notes = office.api.get("/backoffice/users/budi/notes", &office.helper("helga")).await.expect(200);
    assert_eq!((&notes[0]["text"], &notes[0]["written_by"]), (&json!("calls on Mondays"), &json!("helga")));
    let admin = office.api.get("/backoffice/users/budi/notes", &office.api.token("siti")).await;
    admin.expect_problem(403, "access/forbidden");
}

#[tokio::test]
async fn a_parked_job_is_seen_and_tried_again() {
    let office = Office::open().await;
    sqlx::query(
        "INSERT INTO jobs (kind, key, state, run_at, last_error, attempts) VALUES ('other.kind', 'k', 'parked', now(), 'refused', 20)",
    )
    .execute(&office.api.pool)
    .await
    .unwrap();
    let operator = office.api.staff_token("olga", &["operator"]);
    let parked = office.api.get("/backoffice/jobs", &operator).await.expect(200);
    assert_eq!(parked["items"][0]["last_error"], "refused");
    let which = json!({"kind": "other.kind", "key": "k"});
    office.post("/jobs/retry", which.clone()).await.expect_problem(403, "access/forbidden");
    office.api.post("/backoffice/jobs/retry", &operator, which.clone()).await.expect(202);
    let again = office.api.post("/backoffice/jobs/retry", &operator, which).await;
    again.expect_problem(404, "request/not-found");
    assert_eq!(office.api.get("/backoffice/jobs", &operator).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn the_trail_is_searched_and_exported() {
    let office = Office::open().await;
    office.post("/users/budi/block", reason()).await.expect(202);
    office.post("/users/budi/unblock", reason()).await.expect(202);
    let auditor = office.api.staff_token("anton", &["auditor"]);
    let found = office.api.get("/backoffice/audit?subject_id=budi&limit=1", &auditor).await.expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    let next = found["next"].as_str().unwrap();
    let path = format!("/backoffice/audit?subject_id=budi&limit=1&after={next}");
    let older = office.api.get(&path, &auditor).await.expect(200);
    assert_ne!(older["items"][0]["entry_id"], found["items"][0]["entry_id"]);
    let export = office.api.get("/backoffice/audit/export?actor_id=helga", &auditor).await;
    assert_eq!(export.headers["content-type"], "application/jsonl");
    assert_eq!(export.text.lines().count(), 2);
}
