//! Systems: made and revoked by people who may, with a secret that is shown once and kept nowhere.

use axum::http::Method;
use gatehouse::{
    access::systems::SystemJob,
    adapters::keycloak::KeycloakError,
    platform::jobs::{Handler as _, Job},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::api::Api;

struct House {
    api: Api,
    company: Uuid,
    admin: String,
    systems: String,
}

impl House {
    async fn open() -> Self {
        let api = Api::open().await;
        let company = api.company("PT Satu", "siti").await;
        api.member(company, "budi", "user").await;
        let (admin, systems) = (api.token("siti"), format!("/companies/{company}/systems"));
        Self { api, company, admin, systems }
    }

    async fn make(&self, permissions: &[&str]) -> String {
        let body = json!({"name": "Invoicing", "permissions": permissions});
        let made = self.api.post(&self.systems, &self.admin, body).await.expect(201);
        assert_eq!((&made["name"], &made["made_at"]), (&json!("Invoicing"), &Value::Null));
        made["client_id"].as_str().unwrap().to_owned()
    }

    /// Brings Keycloak what was decided about a system.
    async fn bring(&self, client_id: &str) -> Result<(), String> {
        let job = SystemJob {
            pool: self.api.pool.clone(),
            keycloak: self.api.keycloak.clone(),
            clock: self.api.clock.clone(),
        };
        let job_row = Job { kind: job.kind().to_owned(), key: client_id.to_owned(), attempts: 0 };
        job.run(&job_row).await.map(drop).map_err(|error| error.to_string())
    }

    fn token_of(&self, client_id: &str) -> String {
        self.api.tokens.sign(&self.api.tokens.of_system(client_id, self.api.now()))
    }
}

#[tokio::test]
async fn a_system_looks_at_what_it_was_given_with_any_number_of_tokens_until_it_is_revoked() {
    let house = House::open().await;
    let client_id = house.make(&["people.view"]).await;
    assert!(client_id.starts_with("system-"), "{client_id}");
    let waiting: Vec<String> = sqlx::query_scalar("SELECT key FROM jobs WHERE kind = 'access.system'")
        .fetch_all(&house.api.pool)
        .await
        .unwrap();
    assert_eq!(waiting, [client_id.as_str()]);
    house.bring(&client_id).await.unwrap();
    assert_eq!(house.api.keycloak.state().systems.get(&client_id).map(String::as_str), Some("Invoicing"));
    let listed = house.api.get(&house.systems, &house.admin).await.expect(200);
    assert!(listed["items"][0]["made_at"].is_string(), "{listed}");

    for _ in 0..3 {
        house.api.get("/users/budi/extended", &house.token_of(&client_id)).await.expect(200);
    }
    let token = house.token_of(&client_id);
    house.api.get("/users/budi/access", &token).await.expect_problem(403, "access/forbidden");
    house.api.get(&house.systems, &token).await.expect_problem(403, "access/forbidden");

    let one = format!("{}/{client_id}", house.systems);
    house.api.delete(&one, &house.admin).await.expect(204);
    house.api.get("/users/budi/extended", &token).await.expect_problem(401, "access/unauthorized");
    house.api.delete(&one, &house.admin).await.expect_problem(404, "request/not-found");
    house.bring(&client_id).await.unwrap();
    assert!(house.api.keycloak.state().systems.is_empty());
    let mut trail = house.api.audited(&client_id).await;
    trail.sort_unstable();
    assert_eq!(trail, ["access.granted", "system.made", "system.revoked"]);
}

#[tokio::test]
async fn a_secret_is_shown_once_and_kept_nowhere() {
    let house = House::open().await;
    let client_id = house.make(&["billing.view"]).await;
    let path = format!("{}/{client_id}/secret", house.systems);
    house.api.post(&path, &house.admin, json!({})).await.expect_problem(409, "systems/not-yet");
    house.bring(&client_id).await.unwrap();

    let ask = async || {
        let key = [("idempotency-key", "k-1")];
        house.api.call_with(Method::POST, &path, &house.admin, Some(json!({})), &key).await
    };
    let shown = ask().await.expect(200);
    assert_eq!(shown["client_id"], json!(client_id));
    let secret = shown["client_secret"].as_str().unwrap();
    assert!(!secret.is_empty());
    ask().await.expect_problem(409, "request/shown-once");
    let kept: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM idempotent_requests WHERE position($1 IN convert_from(body, 'UTF8')) > 0)
              + (SELECT count(*) FROM system_clients AS it WHERE it::text LIKE '%' || $1 || '%')
              + (SELECT count(*) FROM audit_entries AS it WHERE it::text LIKE '%' || $1 || '%')",
    )
    .bind(secret)
    .fetch_one(&house.api.pool)
    .await
    .unwrap();
    assert_eq!(kept, 0);
    let another = house.api.post(&path, &house.admin, json!({})).await.expect(200);
    assert_ne!(another["client_secret"], shown["client_secret"]);

    house.api.keycloak.state().fault = Some(KeycloakError::Unreachable);
    let away = house.api.post(&path, &house.admin, json!({})).await;
    away.expect_problem(503, "unavailable");
}

#[tokio::test]
async fn nobody_gives_a_system_what_they_do_not_hold_or_what_changes_something() {
    let house = House::open().await;
    let grants = format!("/companies/{}/grants", house.company);
    let power = json!({"user_id": "budi", "permission": "systems.manage"});
    house.api.post(&grants, &house.admin, power).await.expect(201);
    let budi = house.api.token("budi");
    let body = |permission: &str| json!({"name": "Reader", "permissions": [permission]});
    house.api.post(&house.systems, &budi, body("people.view")).await.expect_problem(403, "access/forbidden");
    house
        .api
        .post(&house.systems, &house.admin, body("people.manage"))
        .await
        .expect_problem(422, "access/only-looks");
    house
        .api
        .post(&house.systems, &house.admin, body("no.such"))
        .await
        .expect_problem(400, "request/invalid");
    for name in ["", "   ", "a\u{7}b", &"x".repeat(101)] {
        let named = json!({"name": name, "permissions": []});
        house.api.post(&house.systems, &house.admin, named).await.expect_problem(400, "request/invalid");
    }
    // Nothing is left of what was refused.
    assert_eq!(house.api.get(&house.systems, &house.admin).await.expect(200), json!({"items": []}));
}

#[tokio::test]
async fn a_company_has_fifty_systems_at_most() {
    let house = House::open().await;
    for number in 0..49 {
        house.api.system(&format!("system-{number}"), Some(house.company)).await;
    }
    let last = house.make(&[]).await;
    let body = json!({"name": "One more"});
    house.api.post(&house.systems, &house.admin, body.clone()).await.expect_problem(409, "systems/too-many");
    house.api.delete(&format!("{}/{last}", house.systems), &house.admin).await.expect(204);
    house.api.post(&house.systems, &house.admin, body).await.expect(201);
}

#[tokio::test]
async fn the_operators_systems_look_into_every_company_and_only_an_operator_makes_them() {
    let house = House::open().await;
    let body = json!({"name": "Billing", "permissions": ["people.view"]});
    let service = house.api.staff_token("helga", &["customer-service"]);
    house.api.post("/system/clients", &service, body.clone()).await.expect_problem(403, "access/forbidden");
    let operator = house.api.staff_token("oki", &["operator"]);
    let made = house.api.post("/system/clients", &operator, body).await.expect(201);
    let client_id = made["client_id"].as_str().unwrap();
    let token = house.token_of(client_id);
    house.api.get("/users/siti/extended", &token).await.expect(200);
    // It is no system of the company.
    let one = format!("{}/{client_id}", house.systems);
    house.api.delete(&one, &house.admin).await.expect_problem(404, "request/not-found");
    let listed = house.api.get("/system/clients", &operator).await.expect(200);
    assert_eq!(listed["items"][0]["client_id"], json!(client_id));
    house.bring(client_id).await.unwrap();
    house.api.post(&format!("/system/clients/{client_id}/secret"), &operator, json!({})).await.expect(200);
    house.api.delete(&format!("/system/clients/{client_id}"), &operator).await.expect(204);
    house.api.get("/users/siti/extended", &token).await.expect_problem(401, "access/unauthorized");
}
