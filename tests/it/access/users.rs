//! What a person may do, and why, as others may ask.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::api::Api;

#[tokio::test]
async fn a_caller_without_token_permission_or_knowledge_is_told_so_in_this_order() {
    let api = Api::open().await;
    let mine = api.company("PT Satu", "siti").await;
    api.member(mine, "budi", "user").await;
    api.member(mine, "agus", "user").await;
    api.company("PT Dua", "dewi").await;

    api.get("/users/budi/access", "").await.expect_problem(401, "access/unauthorized");
    // A colleague may know of them, and not look.
    api.get("/users/budi/access", &api.token("agus")).await.expect_problem(403, "access/forbidden");
    // A stranger may not even know.
    api.get("/users/budi/access", &api.token("dewi")).await.expect_problem(404, "request/not-found");
    api.get("/users/nobody/access", &api.token("dewi")).await.expect_problem(404, "request/not-found");
    // A system without any right is known by nobody.
    let unknown = api.tokens.sign(&api.tokens.of_system("unknown", api.now()));
    api.get("/users/budi/access", &unknown).await.expect_problem(401, "access/unauthorized");
    let without = api.system("without", None).await;
    api.get("/users/budi/access", &without).await.expect_problem(404, "request/not-found");

    let shown = api.get("/users/siti/access", &api.token("siti")).await.expect(200);
    assert_eq!(shown["companies"], json!([mine]));
    assert_eq!(shown["held"][0]["gives"], "ADMIN");
    assert_eq!(shown["held"][0]["company_id"], json!(mine));
    let shown = api.get("/users/budi/access", &api.token("siti")).await.expect(200);
    assert_eq!((&shown["companies"], &shown["held"]), (&json!([mine]), &json!([])));
}

#[tokio::test]
async fn a_system_with_the_right_reads_and_never_writes() {
    let api = Api::open().await;
    let mine = api.company("PT Satu", "siti").await;
    api.member(mine, "budi", "user").await;
    api.company("PT Dua", "dewi").await;
    let system = api.system("billing", Some(mine)).await;
    let grants = format!("/companies/{mine}/grants");
    let admin = api.token("siti");
    let look = json!({"client_id": "billing", "role": "VIEW"});
    api.post(&grants, &admin, look).await.expect(201);
    let change = json!({"client_id": "billing", "role": "MANAGE"});
    api.post(&grants, &admin, change).await.expect_problem(422, "access/only-looks");

    api.get("/users/budi/access", &system).await.expect(200);
    api.get("/users/dewi/access", &system).await.expect_problem(404, "request/not-found");
    api.post(&grants, &system, json!({"user_id": "budi", "role": "VIEW"}))
        .await
        .expect_problem(403, "access/forbidden");

    sqlx::query("UPDATE system_clients SET revoked_at = now()").execute(&api.pool).await.unwrap();
    api.get("/users/budi/access", &system).await.expect_problem(401, "access/unauthorized");
}

#[tokio::test]
async fn staff_look_at_everybody_by_their_role_in_keycloak() {
    let api = Api::open().await;
    let mine = api.company("PT Satu", "siti").await;
    for (role, may_block) in [("auditor", false), ("customer-service", true), ("operator", true)] {
        let token = api.staff_token(role, &[role]);
        api.get("/users/siti/access", &token).await.expect(200);
        let shown = api.get(&format!("/users/{role}/access"), &token).await.expect(200);
        let permissions = shown["held"][0]["permissions"].as_array().unwrap();
        assert_eq!(permissions.contains(&json!("people.block")), may_block, "{role}");
        assert_eq!(shown["held"][0]["scope"], "SYSTEM");
    }
    let token = api.staff_token("auditor", &["auditor"]);
    api.post(&format!("/companies/{mine}/grants"), &token, json!({"user_id": "siti", "role": "VIEW"}))
        .await
        .expect_problem(403, "access/forbidden");
}

#[tokio::test]
async fn every_right_has_its_reasons_as_a_chain() {
    let api = Api::open().await;
    let mine = api.company("PT Satu", "siti").await;
    api.member(mine, "budi", "user").await;
    let admin = api.token("siti");
    let grants = format!("/companies/{mine}/grants");
    let until = api.now() + TimeDelta::minutes(4);
    let role = api
        .post(&grants, &admin, json!({"user_id": "budi", "role": "MANAGE", "ends_at": until}))
        .await
        .expect(201);
    let direct = api.post(&grants, &admin, json!({"user_id": "budi", "permission": "billing.manage"})).await;
    let direct = direct.expect(201);
    let why = |user: &str, permission: &str| {
        format!("/users/{user}/access/why?permission={permission}&scope=CUSTOMER&company_id={mine}")
    };
    let chain = api.get(&why("budi", "billing.manage"), &admin).await.expect(200);
    let grants: Vec<&Value> = chain.as_array().unwrap().iter().map(|reason| &reason["grant_id"]).collect();
    assert_eq!(grants.len(), 2);
    assert!(grants.contains(&&role["grant_id"]) && grants.contains(&&direct["grant_id"]));
    let by_role = chain.as_array().unwrap().iter().find(|it| it["grant_id"] == role["grant_id"]).unwrap();
    assert_eq!(by_role["gives"], "MANAGE");
    assert_eq!(by_role["granted_by"], "siti");
    assert_eq!(by_role["scope"], "CUSTOMER");
    assert_eq!(by_role["ends_at"], json!(until));

    let own = api.get(&why("siti", "people.manage"), &admin).await.expect(200);
    assert_eq!(own[0]["by"], "company-admin");
    assert_eq!(api.get(&why("budi", "people.manage"), &admin).await.expect(200), json!([]));
    api.get(&why("budi", "no.such"), &admin).await.expect_problem(400, "request/invalid");
    api.get("/users/budi/access/why?permission=billing.manage&scope=CUSTOMER", &admin)
        .await
        .expect_problem(400, "request/invalid");
}

#[tokio::test]
async fn who_is_stopped_holds_nothing_until_they_go_on() {
    let api = Api::open().await;
    let mine = api.company("PT Satu", "siti").await;
    api.member(mine, "budi", "user").await;
    let admin = api.token("siti");
    let grant = json!({"user_id": "budi", "role": "VIEW"});
    api.post(&format!("/companies/{mine}/grants"), &admin, grant).await.expect(201);
    let system = api.system("billing", Some(mine)).await;
    let grant = json!({"client_id": "billing", "role": "VIEW"});
    api.post(&format!("/companies/{mine}/grants"), &admin, grant).await.expect(201);
    let why = format!("/users/budi/access/why?permission=billing.view&scope=CUSTOMER&company_id={mine}");
    for (stop, go_on) in [
        (
            "INSERT INTO person_blocks VALUES ('budi', 'blocked', 'stolen laptop', 'staff', now())",
            "DELETE FROM person_blocks",
        ),
        (
            "INSERT INTO person_blocks VALUES ('budi', 'disabled', 'on leave', 'siti', now())",
            "DELETE FROM person_blocks",
        ),
        (
            "UPDATE people SET enabled = false WHERE user_id = 'budi'",
            "UPDATE people SET enabled = true WHERE user_id = 'budi'",
        ),
    ] {
        for (statement, may_act, held) in [(stop, false, 0), (go_on, true, 1)] {
            sqlx::query(statement).execute(&api.pool).await.unwrap();
            for asker in [&system, &admin] {
                let shown = api.get("/users/budi/access", asker).await.expect(200);
                assert_eq!(shown["may_act"], may_act, "{statement}");
                assert_eq!(shown["held"].as_array().unwrap().len(), held, "{statement}");
                let chain = api.get(&why, asker).await.expect(200);
                assert_eq!(chain.as_array().unwrap().len(), held, "{statement}");
            }
        }
    }
}

#[tokio::test]
async fn what_staff_hold_is_shown_to_those_who_may_look_at_the_system() {
    let api = Api::open().await;
    let mine = api.company("PT Satu", "siti").await;
    api.member(mine, "sari", "user").await;
    // She was here once as staff, and by that is known as such.
    api.get("/users/sari/access", &api.staff_token("sari", &["customer-service"])).await.expect(200);
    let shown = api.get("/users/sari/access", &api.staff_token("olga", &["operator"])).await.expect(200);
    assert_eq!(
        (&shown["held"][0]["gives"], &shown["held"][0]["scope"]),
        (&json!("customer-service"), &json!("SYSTEM"))
    );
    // To the admin of her company she is a member like any other.
    let shown = api.get("/users/sari/access", &api.token("siti")).await.expect(200);
    assert_eq!(shown["held"], json!([]));
}

#[tokio::test]
async fn whoever_is_stopped_or_signed_in_elsewhere_is_refused_at_once() {
    let api = Api::open().await;
    api.company("PT Satu", "siti").await;
    let token = api.token("siti");
    api.get("/users/siti/access", &token).await.expect(200);

    api.clock.advance(TimeDelta::seconds(60));
    let newer = api.tokens.sign(&api.tokens.of_person("siti", "another-session", api.now()));
    api.get("/users/siti/access", &newer).await.expect(200);
    api.get("/users/siti/access", &token).await.expect_problem(401, "access/unauthorized");

    let block = "INSERT INTO person_blocks VALUES ('siti', 'blocked', 'stolen laptop', 'staff', now())";
    sqlx::query(block).execute(&api.pool).await.unwrap();
    api.get("/users/siti/access", &newer).await.expect_problem(401, "access/unauthorized");
    sqlx::query("DELETE FROM person_blocks").execute(&api.pool).await.unwrap();
    api.get("/users/siti/access", &newer).await.expect(200);
    sqlx::query("UPDATE people SET enabled = false").execute(&api.pool).await.unwrap();
    api.get("/users/siti/access", &newer).await.expect_problem(401, "access/unauthorized");
}
