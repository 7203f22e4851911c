//! The list of those who may sign up without asking.

use serde_json::{Value, json};

use super::House;
use crate::support::api::Reply;

const LIST: &str = "/backoffice/sign-ups/allowed";

impl House {
    async fn allow(&self, value: &str) -> Reply {
        self.api.post(LIST, &self.staff, json!({"value": value, "reason": "pilot"})).await
    }
}

#[tokio::test]
async fn an_entry_is_added_once_and_taken_off_again_with_a_reason() {
    let house = House::closed().await;
    let added = house.allow(" @Contoh.Example ").await.expect(201);
    assert_eq!((&added["value"], &added["added_by"]), (&json!("contoh.example"), &json!("helga")));
    house.allow("contoh.example").await.expect_problem(409, "admission/held");
    assert!(house.admits("siti@contoh.example").await);

    let id = added["allowed_id"].as_str().unwrap();
    let removal = format!("{LIST}/{id}/removal");
    let nothing = house.api.post(&removal, &house.staff, json!({"reason": ""})).await;
    nothing.expect_problem(400, "request/invalid");
    house.api.post(&removal, &house.staff, json!({"reason": "pilot is over"})).await.expect(204);
    let again = house.api.post(&removal, &house.staff, json!({"reason": "pilot is over"})).await;
    again.expect_problem(404, "request/not-found");
    assert!(!house.admits("siti@contoh.example").await);
    let listed = house.api.get(LIST, &house.staff).await.expect(200);
    assert_eq!(listed["items"], json!([]));
    assert_eq!(house.api.audited(id).await, ["admission.allowed", "admission.disallowed"]);
}

#[tokio::test]
async fn what_is_neither_address_nor_domain_is_refused_at_the_field() {
    let house = House::closed().await;
    for value in ["", "contoh", "siti@", "a b.example", "*"] {
        let refused = house.allow(value).await;
        refused.expect_problem(400, "request/invalid");
        assert_eq!(refused.json()["errors"][0]["field"], "value", "{value}");
    }
}

#[tokio::test]
async fn an_address_on_the_list_is_masked_in_the_trail() {
    let house = House::closed().await;
    house.allow("siti@contoh.example").await.expect(201);
    let after: Value =
        sqlx::query_scalar("SELECT after FROM audit_entries WHERE action = 'admission.allowed'")
            .fetch_one(&house.api.pool)
            .await
            .unwrap();
    assert_eq!(after, json!({"value": "s•••@contoh.example"}));
}
