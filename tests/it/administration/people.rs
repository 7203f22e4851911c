//! The list of people, and what is done to one of them.

use axum::http::Method;
use serde_json::json;

use super::{House, reason};

#[tokio::test]
async fn the_list_says_how_everybody_stands_and_is_searched() {
    let house = House::open().await;
    house.post("/invitations", json!({"people": [{"email": "agus@example.com"}]})).await.expect(200);
    assert_eq!(
        house.listed("").await,
        ["agus@example.com user invited", "budi user active", "siti admin active"]
    );
    house.api.clock.advance(chrono::TimeDelta::hours(12));
    let admin = house.api.token("siti");
    let later = house.api.get(&house.path("/people?state=expired"), &admin).await.expect(200);
    assert_eq!(later["items"][0]["email"], "agus@example.com");

    sqlx::query("UPDATE people SET first_name = 'O''Brien 😀', last_name = 'עברית' WHERE user_id = 'budi'")
        .execute(&house.api.pool)
        .await
        .unwrap();
    for (search, found) in
        [("o%27brien", 1), ("%F0%9F%98%80", 1), ("%D7%A2%D7%91", 1), ("EXAMPLE.com", 3), ("%25", 0)]
    {
        let path = house.path(&format!("/people?search={search}"));
        let page = house.api.get(&path, &admin).await.expect(200);
        assert_eq!(page["items"].as_array().unwrap().len(), found, "{search}");
    }
}

#[tokio::test]
async fn a_role_is_given_and_taken_and_reaches_keycloak() {
    let house = House::open().await;
    let role = async |user: &str, role: &str| {
        house.call(Method::PUT, &format!("/people/{user}/role"), json!({"role": role})).await
    };
    role("budi", "admin").await.expect(202);
    let given = ("budi".to_owned(), "company-admin".to_owned());
    house.until("the role", |state| state.roles.contains(&given)).await;
    assert!(house.marked().await.contains(&"budi".to_owned()));
    // It counts at once, by the same token as before.
    house.api.get(&house.path("/people"), &house.api.token("budi")).await.expect(200);
    role("budi", "user").await.expect(202);
    house.until("no role", |state| !state.roles.contains(&given)).await;
    assert_eq!(house.api.audited("budi").await, ["person.role_changed", "person.role_changed"]);
    role("budi", "owner").await.expect_problem(400, "request/invalid");
    role("nobody", "admin").await.expect_problem(404, "request/not-found");
}

#[tokio::test]
async fn a_disabled_person_is_out_at_once_and_comes_back() {
    let house = House::open().await;
    let budi = house.api.token("budi");
    house.api.get("/users/budi/access", &budi).await.expect(200);
    house.post("/people/budi/disable", json!({"reason": " "})).await.expect_problem(400, "request/invalid");
    house.post("/people/budi/disable", reason()).await.expect(202);
    house.api.get("/users/budi/access", &budi).await.expect_problem(401, "access/unauthorized");
    assert_eq!(house.listed("").await, ["budi user disabled", "siti admin active"]);
    house.until("the account is closed", |state| state.disabled.contains("budi")).await;
    house.until("the sessions are over", |state| state.done.contains(&("end sessions", "budi".into()))).await;

    house.post("/people/budi/enable", json!({})).await.expect(202);
    house.until("the account is open", |state| state.disabled.is_empty()).await;
    assert_eq!(house.listed("?state=active").await, ["budi user active", "siti admin active"]);
    assert_eq!(house.api.audited("budi").await, ["person.disabled", "person.enabled"]);
}

#[tokio::test]
async fn an_account_that_is_anothers_too_is_not_disabled() {
    let house = House::open().await;
    let other = house.api.company("PT Dua", "dewi").await;
    sqlx::query(
        "INSERT INTO company_members (company_id, user_id, role, in_keycloak, since) VALUES ($1, 'budi', 'user', true, now())",
    )
    .bind(other)
    .execute(&house.api.pool)
    .await
    .unwrap();
    house.post("/people/budi/disable", reason()).await.expect_problem(409, "companies/in-another-company");
}

#[tokio::test]
async fn whoever_is_removed_loses_all_they_had_here() {
    let house = House::open().await;
    let member = (format!("org-{}", house.company), "budi".to_owned());
    house.keycloak.state().members.insert(member.clone());
    house.post("/grants", json!({"user_id": "budi", "role": "MANAGE"})).await.expect(201);
    let budi = house.api.token("budi");
    house.api.get(&house.path("/people"), &budi).await.expect(200);
    house.call(Method::DELETE, "/people/budi", json!({})).await.expect(202);
    house.api.get(&house.path("/people"), &budi).await.expect_problem(404, "request/not-found");
    assert_eq!(house.listed("").await, ["siti admin active"]);
    house.until("out of the organisation", |state| !state.members.contains(&member)).await;
    let grants = house.api.get(&house.path("/grants"), &house.admin).await.expect(200);
    assert_eq!(grants["items"], json!([]));
    house.call(Method::DELETE, "/people/budi", json!({})).await.expect_problem(404, "request/not-found");
}

#[tokio::test]
async fn one_may_leave_and_nobody_chooses_a_password_for_another() {
    let house = House::open().await;
    house.post("/people/budi/password-reset", json!({})).await.expect(202);
    house.until("the mail", |state| state.done.contains(&("ask new password", "budi".into()))).await;
    let leave = format!("/me/companies/{}", house.company);
    house.api.delete(&leave, &house.api.token("budi")).await.expect(202);
    house.api.delete(&leave, &house.api.token("budi")).await.expect_problem(404, "request/not-found");
    assert_eq!(house.api.audited("budi").await, ["person.password_reset_started", "person.left"]);
}

#[tokio::test]
async fn who_asks_is_let_in_or_refused() {
    let house = House::open().await;
    for user in ["agus", "dewi"] {
        house.api.person(user).await;
        sqlx::query("INSERT INTO join_requests VALUES ($1, $2, now())")
            .bind(house.company)
            .bind(user)
            .execute(&house.api.pool)
            .await
            .unwrap();
    }
    let asking = house.api.get(&house.path("/join-requests"), &house.admin).await.expect(200);
    assert_eq!(asking["items"].as_array().unwrap().len(), 2);
    house.post("/join-requests/agus/approve", json!({})).await.expect(202);
    house.post("/join-requests/dewi/refuse", json!({})).await.expect(204);
    house.post("/join-requests/agus/approve", json!({})).await.expect_problem(404, "request/not-found");
    let member = (format!("org-{}", house.company), "agus".to_owned());
    house.until("in the organisation", |state| state.members.contains(&member)).await;
    assert_eq!(house.listed("").await, ["agus user active", "budi user active", "siti admin active"]);
}
