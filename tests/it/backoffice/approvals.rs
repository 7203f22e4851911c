//! What could do harm needs a second pair of eyes.

use serde_json::{Value, json};

use super::{Office, reason};

fn id(made: &Value) -> String {
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn who_asks_for_a_reset_does_not_decide_it() {
    let office = Office::open().await;
    let asked = id(&office.post("/users/budi/factor-reset", reason()).await.expect(202));
    office.post("/users/budi/factor-reset", reason()).await.expect_problem(409, "approvals/asked-already");
    let approve = format!("/backoffice/approvals/{asked}/approve");
    office
        .api
        .post(&approve, &office.helper("helga"), json!({}))
        .await
        .expect_problem(403, "approvals/same-eyes");
    let waiting = office.api.get("/backoffice/approvals", &office.helper("hanna")).await.expect(200);
    assert_eq!(waiting["items"][0]["asked_by"], "helga");
    assert!(office.keycloak.state().done.is_empty());

    sqlx::query(
        "INSERT INTO otp_factors (id, realm, user_id, channel, destination, hint, is_primary, verified_at, bound_at)
         VALUES (gen_random_uuid(), 'gatehouse', 'budi', 'email', 'b@x.example', 'b•••@x.example', true, now(), now())",
    )
    .execute(&office.api.pool)
    .await
    .unwrap();
    let budi = office.api.token("budi");
    office.api.get("/users/budi/access", &budi).await.expect(200);
    office.api.post(&approve, &office.helper("hanna"), json!({})).await.expect(202);
    let ended: Option<String> =
        sqlx::query_scalar("SELECT end_reason FROM otp_factors WHERE user_id = 'budi'")
            .fetch_one(&office.api.pool)
            .await
            .unwrap();
    assert_eq!(
        ended.as_deref(),
        Some("reset"),
        "nothing of theirs opens anything, whatever Keycloak still holds"
    );
    office.until("no factors", |state| state.done.contains(&("remove factors", "budi".into()))).await;
    office.api.get("/users/budi/access", &budi).await.expect_problem(401, "access/unauthorized");
    office
        .api
        .post(&approve, &office.helper("hanna"), json!({}))
        .await
        .expect_problem(404, "request/not-found");
    assert_eq!(office.api.audited("budi").await, ["approval.asked", "approval.given"]);
}

#[tokio::test]
async fn an_admin_asks_for_their_people_and_staff_decide() {
    let office = Office::open().await;
    office.api.company("PT Dua", "dewi").await;
    let siti = office.api.token("siti");
    let ask = |user: &str| format!("/companies/{}/people/{user}/factor-reset", office.company);
    office.api.post(&ask("dewi"), &siti, reason()).await.expect_problem(404, "request/not-found");
    let asked = id(&office.api.post(&ask("budi"), &siti, reason()).await.expect(202));
    let refuse = format!("/backoffice/approvals/{asked}/refuse");
    office.api.post(&refuse, &siti, json!({})).await.expect_problem(403, "access/forbidden");
    office.api.post(&refuse, &office.helper("helga"), json!({})).await.expect(204);
    assert!(office.keycloak.state().done.is_empty());
}

#[tokio::test]
async fn a_company_gets_another_admin_by_two_of_staff() {
    let office = Office::open().await;
    office.api.person("agus").await;
    let path = format!("/companies/{}/owner-change", office.company);
    let body = json!({"user_id": "agus", "reason": "the founder has left"});
    let asked = id(&office.post(&path, body).await.expect(202));
    let approve = format!("/backoffice/approvals/{asked}/approve");
    office.api.post(&approve, &office.helper("hanna"), json!({})).await.expect(202);
    let member = (format!("org-{}", office.company), "agus".to_owned());
    office.until("a member", |state| state.members.contains(&member)).await;
    let people = format!("/companies/{}/people", office.company);
    office.api.get(&people, &office.api.token("agus")).await.expect(200);
}
