//! Grants: an association first, never more than the giver holds, over when their time is.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::api::Api;

struct House {
    api: Api,
    company: Uuid,
    admin: String,
    grants: String,
}

impl House {
    async fn open() -> Self {
        let api = Api::open().await;
        let company = api.company("PT Satu", "siti").await;
        api.member(company, "budi", "user").await;
        let (admin, grants) = (api.token("siti"), format!("/companies/{company}/grants"));
        Self { api, company, admin, grants }
    }

    async fn grant(&self, body: Value) -> Value {
        self.api.post(&self.grants, &self.admin, body).await.expect(201)
    }

    /// A deployment of the company of a name.
    async fn deployment(&self, company: &str) -> Uuid {
        sqlx::query_scalar(
            "INSERT INTO cloud_projects (cloud_project_id, company_id, domain, name, description, created_at)
             SELECT gen_random_uuid(), company_id, 'Default', name, '', now() FROM companies WHERE name = $1
             RETURNING cloud_project_id",
        )
        .bind(company)
        .fetch_one(&self.api.pool)
        .await
        .unwrap()
    }

    /// What a person's access shows as held: what is given, and for which scope.
    async fn held(&self, user: &str) -> Vec<String> {
        let shown = self.api.get(&format!("/users/{user}/access"), &self.admin).await.expect(200);
        let mut held: Vec<String> = Vec::new();
        for it in shown["held"].as_array().unwrap() {
            held.push(format!("{} {}", it["gives"].as_str().unwrap(), it["scope"].as_str().unwrap()));
        }
        held.sort_unstable();
        held
    }
}

#[tokio::test]
async fn a_role_and_a_permission_are_held_side_by_side() {
    let house = House::open().await;
    let role =
        house.grant(json!({"user_id": "budi", "role": "VIEW", "reason": "helps with the books"})).await;
    house.grant(json!({"user_id": "budi", "permission": "billing.manage"})).await;
    let deployment = house.deployment("PT Satu").await;
    house.grant(json!({"user_id": "budi", "role": "MANAGE", "deployment_id": deployment})).await;
    let all = ["MANAGE DEPLOYMENT", "VIEW CUSTOMER", "billing.manage CUSTOMER"];
    assert_eq!(house.held("budi").await, all);

    let listed = house.api.get(&house.grants, &house.admin).await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 3);
    let path = format!("{}/{}", house.grants, role["grant_id"].as_str().unwrap());
    house.api.delete(&path, &house.admin).await.expect(204);
    house.api.delete(&path, &house.admin).await.expect_problem(404, "request/not-found");
    assert_eq!(house.held("budi").await, [all[0], all[2]]);
    let trail = house.api.audited("budi").await;
    assert_eq!(trail.iter().filter(|action| *action == "access.granted").count(), 3);
    assert_eq!(trail.iter().filter(|action| *action == "access.revoked").count(), 1);
}

#[tokio::test]
async fn the_same_grant_again_is_the_same_grant() {
    let house = House::open().await;
    let first = house.grant(json!({"user_id": "budi", "role": "VIEW"})).await;
    let until = house.api.now() + TimeDelta::days(1);
    let again = house.grant(json!({"user_id": "budi", "role": "VIEW", "ends_at": until})).await;
    assert_eq!((&first["grant_id"], &again["ends_at"]), (&again["grant_id"], &json!(until)));
    assert_eq!(house.held("budi").await.len(), 1);
}

#[tokio::test]
async fn a_grant_ends_by_itself() {
    let house = House::open().await;
    let until = house.api.now() + TimeDelta::minutes(2);
    house.grant(json!({"user_id": "budi", "role": "VIEW", "ends_at": until})).await;
    let budi = house.api.token("budi");
    house.api.get(&house.grants, &budi).await.expect(200);
    house.api.clock.advance(TimeDelta::minutes(2));
    house.api.get(&house.grants, &budi).await.expect_problem(403, "access/forbidden");
    let past = json!({"user_id": "budi", "role": "VIEW", "ends_at": house.api.now()});
    house.api.post(&house.grants, &house.admin, past).await.expect_problem(422, "access/over");
}

#[tokio::test]
async fn an_association_comes_first_and_its_end_ends_what_hung_on_it() {
    let house = House::open().await;
    house.api.company("PT Dua", "dewi").await;
    for stranger in ["dewi", "nobody"] {
        let body = json!({"user_id": stranger, "role": "VIEW"});
        let answer = house.api.post(&house.grants, &house.admin, body).await;
        answer.expect_problem(409, "access/not-associated");
    }
    house.grant(json!({"user_id": "budi", "role": "MANAGE"})).await;
    sqlx::query("DELETE FROM company_members WHERE user_id = 'budi'").execute(&house.api.pool).await.unwrap();
    let left: i64 =
        sqlx::query_scalar("SELECT count(*) FROM access_grants").fetch_one(&house.api.pool).await.unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_deployment_is_one_that_the_company_has_and_its_end_ends_the_grants() {
    let house = House::open().await;
    house.api.company("PT Dua", "dewi").await;
    let (mine, theirs) = (house.deployment("PT Satu").await, house.deployment("PT Dua").await);
    for nowhere in [theirs, Uuid::new_v4()] {
        let body = json!({"user_id": "budi", "role": "VIEW", "deployment_id": nowhere});
        let refused = house.api.post(&house.grants, &house.admin, body).await;
        refused.expect_problem(404, "request/not-found");
    }
    house.grant(json!({"user_id": "budi", "role": "VIEW", "deployment_id": mine})).await;
    house.grant(json!({"user_id": "budi", "permission": "billing.view"})).await;
    sqlx::query("DELETE FROM cloud_projects WHERE company_id = $1")
        .bind(house.company)
        .execute(&house.api.pool)
        .await
        .unwrap();
    assert_eq!(house.held("budi").await, ["billing.view CUSTOMER"]);
}

#[tokio::test]
async fn nobody_grants_more_than_they_hold() {
    let house = House::open().await;
    let post = async |token: &str, body: Value| house.api.post(&house.grants, token, body).await;
    // An admin of a company holds no SUPER and nothing of the system.
    for body in [
        json!({"user_id": "budi", "role": "SUPER"}),
        json!({"user_id": "budi", "permission": "people.block"}),
        json!({"user_id": "budi", "permission": "directory.view"}),
    ] {
        post(&house.admin, body).await.expect_problem(403, "access/forbidden");
    }
    // Who may only say who may do what cannot give what they do not have, nor take it.
    house.grant(json!({"user_id": "budi", "permission": "access.manage"})).await;
    house.api.member(house.company, "agus", "user").await;
    let budi = house.api.token("budi");
    for refused in
        [json!({"role": "VIEW"}), json!({"permission": "billing.manage"}), json!({"role": "ADMIN"})]
    {
        for user in ["budi", "agus"] {
            let mut body = refused.clone();
            body["user_id"] = json!(user);
            post(&budi, body).await.expect_problem(403, "access/forbidden");
        }
    }
    post(&budi, json!({"user_id": "agus", "permission": "access.manage"})).await.expect(201);
    let role = house.grant(json!({"user_id": "agus", "role": "VIEW"})).await;
    let path = format!("{}/{}", house.grants, role["grant_id"].as_str().unwrap());
    house.api.delete(&path, &budi).await.expect_problem(403, "access/forbidden");
}

#[tokio::test]
async fn nobody_grants_for_longer_than_they_hold() {
    let house = House::open().await;
    let end = house.api.now() + TimeDelta::minutes(3);
    house.grant(json!({"user_id": "budi", "role": "ADMIN", "ends_at": end})).await;
    house.api.member(house.company, "agus", "user").await;
    let budi = house.api.token("budi");
    let post = async |body: Value| house.api.post(&house.grants, &budi, body).await;
    // Neither to themselves, which would be to hold it for good, nor to others; a role or a part of it.
    let past_it = end + TimeDelta::seconds(1);
    for body in [
        json!({"user_id": "budi", "role": "ADMIN"}),
        json!({"user_id": "budi", "role": "ADMIN", "ends_at": past_it}),
        json!({"user_id": "agus", "role": "VIEW"}),
        json!({"user_id": "agus", "permission": "billing.view", "ends_at": past_it}),
    ] {
        let refused = post(body).await;
        refused.expect_problem(422, "access/longer-than-held");
        assert_eq!(refused.json()["errors"][0]["field"], "ends_at");
    }
    post(json!({"user_id": "agus", "role": "VIEW", "ends_at": end})).await.expect(201);
    // What is held for good beside it may be given for good.
    house.grant(json!({"user_id": "budi", "permission": "billing.view"})).await;
    post(json!({"user_id": "agus", "permission": "billing.view"})).await.expect(201);
}

#[tokio::test]
async fn what_is_no_grant_is_refused() {
    let house = House::open().await;
    for body in [
        json!({}),
        json!({"user_id": "budi"}),
        json!({"user_id": "budi", "role": "OWNER"}),
        json!({"user_id": "budi", "role": "VIEW", "permission": "billing.view"}),
        json!({"user_id": "budi", "client_id": "billing", "role": "VIEW"}),
        json!({"user_id": "budi", "role": "VIEW", "reason": "x".repeat(501)}),
    ] {
        house.api.post(&house.grants, &house.admin, body).await.expect_problem(400, "request/invalid");
    }
}

#[tokio::test]
async fn in_the_system_too_an_association_comes_first() {
    let house = House::open().await;
    let operator = house.api.staff_token("olga", &["operator"]);
    let grant = json!({"user_id": "budi", "permission": "directory.view"});
    let answer = house.api.post("/system/grants", &operator, grant.clone()).await;
    answer.expect_problem(409, "access/not-associated");
    house.api.call(Method::PUT, "/system/members/nobody", &operator, None).await.expect(404);
    house.api.call(Method::PUT, "/system/members/budi", &operator, None).await.expect(204);
    house.api.post("/system/grants", &operator, grant).await.expect(201);
    // Whoever may look at all people may know of one, and not look at what they may do.
    let budi = house.api.token("budi");
    house.api.get("/users/siti/access", &budi).await.expect_problem(403, "access/forbidden");

    house.api.delete("/system/members/budi", &operator).await.expect(204);
    let left: i64 =
        sqlx::query_scalar("SELECT count(*) FROM access_grants").fetch_one(&house.api.pool).await.unwrap();
    assert_eq!(left, 0);
    let helper = house.api.staff_token("helga", &["customer-service"]);
    house.api.call(Method::PUT, "/system/members/budi", &helper, None).await.expect(403);
}

#[tokio::test]
async fn a_suspended_company_lets_nobody_do_anything() {
    let house = House::open().await;
    house.grant(json!({"user_id": "budi", "role": "VIEW"})).await;
    sqlx::query("UPDATE companies SET suspended_at = now()").execute(&house.api.pool).await.unwrap();
    for user in ["siti", "budi"] {
        let token = house.api.token(user);
        house.api.get(&house.grants, &token).await.expect_problem(403, "access/forbidden");
    }
}
