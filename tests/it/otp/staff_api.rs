//! The factors of people and the fate of messages, through the API of staff.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::api::Api;

/// A person with a proven number.
async fn with_factor(api: &Api, user: &str) -> Uuid {
    api.person(user).await;
    let id = Uuid::new_v4();
    sqlx::query(
        "INSERT INTO otp_factors (id, realm, user_id, channel, destination, hint, is_primary, verified_at)
         VALUES ($1, 'gatehouse', $2, 'sms', '+6281234567890', '+62 ••• 90', true, now())",
    )
    .bind(id)
    .bind(user)
    .execute(&api.pool)
    .await
    .unwrap();
    id
}

fn because() -> Value {
    json!({"reason": "they called from a known number"})
}

#[tokio::test]
async fn staff_see_factors_masked_and_switch_them_once() {
    let api = Api::open().await;
    let id = with_factor(&api, "budi").await;
    let staff = api.staff_token("helga", &["customer-service"]);
    let of_budi = format!("/users/budi/factors/{id}");
    for (first, then) in [("lock", "unlock"), ("disable", "enable")] {
        for act in [first, then] {
            api.post(&format!("{of_budi}/{act}"), &staff, because()).await.expect(204);
            let again = api.post(&format!("{of_budi}/{act}"), &staff, because()).await;
            again.expect_problem(409, "otp/unchanged");
            let shown = api.get("/users/budi/factors", &staff).await.expect(200);
            assert_eq!(shown[0]["locked_at"].is_string(), act == "lock", "{shown}");
            assert_eq!(shown[0]["disabled_at"].is_string(), act == "disable", "{shown}");
        }
    }
    let shown = api.get("/users/budi/factors", &staff).await.expect(200);
    assert_eq!((&shown[0]["hint"], &shown[0]["channel"]), (&json!("+62 ••• 90"), &json!("sms")));
    assert!(!shown.to_string().contains("81234567890"), "{shown}");
    let audited = api.audited("budi").await;
    assert_eq!(audited, ["factor.locked", "factor.unlocked", "factor.disabled", "factor.enabled"]);
    let who: Vec<(String, String)> =
        sqlx::query_as("SELECT actor_id, reason FROM audit_entries").fetch_all(&api.pool).await.unwrap();
    assert!(who.iter().all(|(who, why)| who == "helga" && why == "they called from a known number"));
}

#[tokio::test]
async fn a_reset_is_asked_by_one_and_confirmed_by_another() {
    let api = Api::open().await;
    let id = with_factor(&api, "budi").await;
    let (helga, olga) =
        (api.staff_token("helga", &["customer-service"]), api.staff_token("olga", &["operator"]));
    let reset = format!("/users/budi/factors/{id}/reset");
    assert_eq!(api.post(&reset, &helga, because()).await.expect(202)["status"], "asked");
    api.post(&reset, &helga, because()).await.expect_problem(409, "otp/second-person-needed");
    assert_eq!(api.post(&reset, &olga, because()).await.expect(200)["status"], "done");
    api.post(&reset, &olga, because()).await.expect_problem(409, "otp/unchanged");
    let shown = api.get("/users/budi/factors", &helga).await.expect(200);
    assert_eq!(shown[0]["end_reason"], "reset");
    let queued: i64 = sqlx::query_scalar("SELECT count(*) FROM jobs WHERE kind = 'otp.remove_credential'")
        .fetch_one(&api.pool)
        .await
        .unwrap();
    assert_eq!(queued, 1);
}

#[tokio::test]
async fn nobody_acts_on_their_own_factors_and_only_staff_act_at_all() {
    let api = Api::open().await;
    let (own, foreign) = (with_factor(&api, "helga").await, with_factor(&api, "budi").await);
    let staff = api.staff_token("helga", &["customer-service"]);
    for act in ["lock", "unlock", "disable", "enable", "reset"] {
        let path = format!("/users/helga/factors/{own}/{act}");
        api.post(&path, &staff, because()).await.expect_problem(409, "otp/second-person-needed");
        let path = format!("/users/budi/factors/{foreign}/{act}");
        api.post(&path, &api.token("budi"), because()).await.expect_problem(403, "access/forbidden");
        let auditor = api.staff_token("auditor", &["auditor"]);
        api.post(&path, &auditor, because()).await.expect_problem(403, "access/forbidden");
        api.post(&path, "", because()).await.expect_problem(401, "access/unauthorized");
    }
    api.get("/users/budi/factors", &api.token("budi")).await.expect_problem(403, "access/forbidden");
    assert!(api.audited("budi").await.is_empty() && api.audited("helga").await.is_empty());
}

#[tokio::test]
async fn an_act_needs_a_reason_and_a_factor_of_that_person() {
    let api = Api::open().await;
    let id = with_factor(&api, "budi").await;
    with_factor(&api, "siti").await;
    let staff = api.staff_token("helga", &["customer-service"]);
    let path = format!("/users/budi/factors/{id}/lock");
    for body in [
        json!({}),
        json!({"reason": " "}),
        json!({"reason": "a".repeat(501)}),
        json!({"reason": "a", "x": 1}),
    ] {
        api.post(&path, &staff, body).await.expect_problem(400, "request/invalid");
    }
    let of_siti = format!("/users/siti/factors/{id}/lock");
    api.post(&of_siti, &staff, because()).await.expect_problem(404, "otp/factor-not-found");
}

#[tokio::test]
async fn staff_see_what_is_blocked_and_spent_and_let_a_prefix_go_once() {
    let api = Api::open().await;
    sqlx::query(
        "INSERT INTO otp_blocked_prefixes (key, prefix, country, messages, approved, blocked_until)
         VALUES ('\\x01', '+62812980', 'ID', 25, 0, now() + interval '12 hours')",
    )
    .execute(&api.pool)
    .await
    .unwrap();
    let staff = api.staff_token("helga", &["customer-service"]);
    let listed = api.get("/system/sms/blocked-prefixes", &staff).await.expect(200);
    assert_eq!((&listed[0]["prefix"], &listed[0]["messages"]), (&json!("+62812980"), &json!(25)));
    let lift = "/system/sms/blocked-prefixes/%2B62812980/lift";
    assert_eq!(api.post(lift, &staff, because()).await.expect(200)["country"], "ID");
    api.post(lift, &staff, because()).await.expect_problem(409, "otp/unchanged");
    assert_eq!(api.get("/system/sms/blocked-prefixes", &staff).await.expect(200), json!([]));
    assert_eq!(api.audited("+62812980").await, ["sms_prefix.lifted"]);
    let spend = api.get("/system/sms/spend", &staff).await.expect(200);
    assert_eq!(spend["hour"]["spent_micros"], 0);
    for path in ["/system/sms/blocked-prefixes", "/system/sms/spend"] {
        api.get(path, &api.token("budi")).await.expect_problem(403, "access/forbidden");
    }
}
