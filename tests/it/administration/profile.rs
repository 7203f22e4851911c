//! The profile of a company: two editors never overwrite each other.

use axum::http::Method;
use serde_json::{Value, json};

use super::House;
use crate::support::api::Reply;

impl House {
    async fn rename(&self, name: &str, tag: Option<&str>) -> Reply {
        let headers: Vec<(&str, &str)> = tag.into_iter().map(|tag| ("if-match", tag)).collect();
        let body = Some(json!({"name": name}));
        self.api.call_with(Method::PATCH, &self.path(""), &self.admin, body, &headers).await
    }
}

#[tokio::test]
async fn a_new_name_is_wanted_then_brought_to_keycloak() {
    let house = House::open().await;
    house.api.clock.advance(chrono::TimeDelta::seconds(1));
    let shown = house.api.get(&house.path(""), &house.admin).await;
    let tag = shown.headers["etag"].to_str().unwrap().to_owned();
    let profile: Value = shown.expect(200);
    assert_eq!(
        (&profile["name"], &profile["members"], &profile["status"]),
        (&json!("PT Satu"), &json!(2), &json!("active"))
    );

    house.rename("PT Baru", None).await.expect_problem(428, "request/if-match-required");
    house.rename(" \u{200b}", Some(&tag)).await.expect_problem(400, "request/invalid");
    house.rename("PT Baru", Some(&tag)).await.expect(202);
    let late = house.rename("PT Lain", Some(&tag)).await;
    late.expect_problem(412, "request/changed");
    assert!(late.json()["current_version"].is_i64());
    let renamed = vec![(format!("org-{}", house.company), "PT Baru".to_owned())];
    house.until("the name", |state| state.renamed == renamed).await;
}

#[tokio::test]
async fn a_name_that_another_holds_is_not_taken() {
    let house = House::open().await;
    house.api.company("PT Dua", "dewi").await;
    let shown = house.api.get(&house.path(""), &house.admin).await;
    let tag = shown.headers["etag"].to_str().unwrap().to_owned();
    house.rename("P.T.  DUA", Some(&tag)).await.expect_problem(409, "companies/name-taken");
}
