//! The last admin of a company stays, whatever path is tried, and whoever tries at the same moment.

use axum::http::Method;
use serde_json::{Value, json};

use super::{House, reason};

#[tokio::test]
async fn the_last_admin_stays_by_every_path() {
    let house = House::open().await;
    let refused = "companies/last-admin";
    house.call(Method::PUT, "/people/siti/role", json!({"role": "user"})).await.expect_problem(409, refused);
    house.call(Method::DELETE, "/people/siti", json!({})).await.expect_problem(409, refused);
    house.post("/people/siti/disable", reason()).await.expect_problem(409, refused);
    let leave = format!("/me/companies/{}", house.company);
    house.api.delete(&leave, &house.admin).await.expect_problem(409, refused);
    assert_eq!(house.listed("?state=active").await, ["budi user active", "siti admin active"]);
    assert!(house.api.audited("siti").await.is_empty());
}

#[tokio::test]
async fn an_admin_who_cannot_act_does_not_count() {
    let house = House::open().await;
    house.call(Method::PUT, "/people/budi/role", json!({"role": "admin"})).await.expect(202);
    house.post("/people/budi/disable", reason()).await.expect(202);
    house.call(Method::DELETE, "/people/siti", json!({})).await.expect_problem(409, "companies/last-admin");
    house.post("/people/budi/enable", json!({})).await.expect(202);
    sqlx::query("UPDATE people SET enabled = false WHERE user_id = 'budi'")
        .execute(&house.api.pool)
        .await
        .unwrap();
    house.call(Method::DELETE, "/people/siti", json!({})).await.expect_problem(409, "companies/last-admin");
}

#[tokio::test]
async fn who_holds_less_than_an_admin_makes_none_and_touches_none() {
    let house = House::open().await;
    house.api.member(house.company, "agus", "user").await;
    for permission in ["people.manage", "access.manage"] {
        let grant = json!({"user_id": "budi", "permission": permission});
        house.post("/grants", grant).await.expect(201);
    }
    let budi = house.api.token("budi");
    let refused = async |token: &str, method: Method, below: &str, body: Value| {
        let answer = house.api.call(method, &house.path(below), token, Some(body)).await;
        answer.expect_problem(403, "access/forbidden");
    };
    let admin = json!({"role": "admin"});
    for who in ["budi", "agus"] {
        refused(&budi, Method::PUT, &format!("/people/{who}/role"), admin.clone()).await;
    }
    let invited = json!({"people": [{"email": "friend@example.com", "role": "admin"}]});
    refused(&budi, Method::POST, "/invitations", invited.clone()).await;
    house.call(Method::PUT, "/people/agus/role", admin.clone()).await.expect(202);
    refused(&budi, Method::PUT, "/people/agus/role", json!({"role": "user"})).await;
    refused(&budi, Method::POST, "/people/agus/disable", reason()).await;
    refused(&budi, Method::DELETE, "/people/agus", json!({})).await;
    house.call(Method::PUT, "/people/agus/role", json!({"role": "user"})).await.expect(202);

    // Who may do all of it for some days lets nobody stay for longer than that.
    let end = house.api.now() + chrono::TimeDelta::days(3);
    house.post("/grants", json!({"user_id": "budi", "role": "ADMIN", "ends_at": end})).await.expect(201);
    refused(&budi, Method::PUT, "/people/budi/role", admin.clone()).await;
    refused(&budi, Method::POST, "/invitations", invited).await;
    house.post("/grants", json!({"user_id": "budi", "role": "ADMIN"})).await.expect(201);
    house.api.call(Method::PUT, &house.path("/people/agus/role"), &budi, Some(admin)).await.expect(202);
}

/// Two admins go at the same moment, each by another path: one of them stays, every time.
#[tokio::test]
async fn of_two_who_go_at_once_one_stays() {
    for round in 0..12 {
        let house = House::open().await;
        house.call(Method::PUT, "/people/budi/role", json!({"role": "admin"})).await.expect(202);
        let act = async |actor: &str, path: usize| {
            let (token, other) = (house.api.token(actor), if actor == "siti" { "budi" } else { "siti" });
            let (method, path, body) = match path % 4 {
                0 => (Method::DELETE, format!("/me/companies/{}", house.company), json!({})),
                1 => (Method::DELETE, house.path(&format!("/people/{other}")), json!({})),
                2 => (Method::PUT, house.path(&format!("/people/{other}/role")), json!({"role": "user"})),
                _ => (Method::POST, house.path(&format!("/people/{other}/disable")), reason()),
            };
            house.api.call(method, &path, &token, Some(body)).await
        };
        let (one, two) = tokio::join!(act("siti", round), act("budi", round / 2));
        let left: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM company_members WHERE role = 'admin' AND removed_at IS NULL
               AND user_id NOT IN (SELECT user_id FROM person_blocks)",
        )
        .fetch_one(&house.api.pool)
        .await
        .unwrap();
        assert!(left >= 1, "round {round}: {one:?} {two:?}");
    }
}

#[tokio::test]
async fn staff_and_systems_of_the_operator_list_the_companies_that_nobody_leads() {
    let house = House::open().await;
    let list = "/backoffice/companies/without-admin";
    let (dua, tiga) = (house.api.company("PT Dua", "dewi").await, house.api.company("PT Tiga", "agus").await);
    house.api.person("sari").await;
    let staff = house.api.staff_token("sari", &["auditor"]);
    let system = house.api.system("billing", None).await;
    assert_eq!(house.api.get(list, &staff).await.expect(200), json!({"items": [], "next": null}));
    sqlx::query("UPDATE people SET enabled = false WHERE user_id IN ('dewi', 'agus')")
        .execute(&house.api.pool)
        .await
        .unwrap();
    let first = house.api.get(&format!("{list}?limit=1"), &staff).await.expect(200);
    assert_eq!(first["items"], json!([{"company_id": dua, "name": "PT Dua", "members": 1}]));
    let next = first["next"].as_str().unwrap();
    let second = house.api.get(&format!("{list}?limit=1&after={next}"), &staff).await.expect(200);
    assert_eq!(second["items"], json!([{"company_id": tiga, "name": "PT Tiga", "members": 1}]));
    house.api.get(&format!("{list}?after=nonsense"), &staff).await.expect(400);
    for stranger in [&house.admin, &system] {
        house.api.get(list, stranger).await.expect(403);
    }
    let grant = json!({"client_id": "billing", "permission": "directory.view"});
    house.api.person("helga").await;
    let operator = house.api.staff_token("helga", &["operator"]);
    house.api.post("/system/grants", &operator, grant).await.expect(201);
    assert_eq!(house.api.get(list, &system).await.expect(200)["items"][1]["name"], "PT Tiga");
}
