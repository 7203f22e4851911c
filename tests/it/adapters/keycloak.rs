//! Calls to Keycloak: one token for all, a new one when it is refused, and nothing made twice.

use std::sync::Arc;

use gatehouse::adapters::keycloak::{Keycloak as _, KeycloakClient, KeycloakConfig, KeycloakError, Page};
use serde_json::json;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_json, body_string_contains, header, method, path, query_param},
};

fn client(server: &MockServer) -> KeycloakClient {
    let config = KeycloakConfig {
        url: server.uri().parse().unwrap(),
        public_url: None,
        realm: "gatehouse".to_owned(),
        client_id: "gatehouse-service".to_owned(),
        client_secret: "hunter2".into(),
        portal_client_id: "gatehouse-portal".to_owned(),
        timeout_seconds: 1,
    };
    KeycloakClient::new(&config).unwrap()
}

async fn token(server: &MockServer, token: &str, times: u64) {
    Mock::given(method("POST"))
        .and(path("/realms/gatehouse/protocol/openid-connect/token"))
        .and(body_string_contains("grant_type=client_credentials"))
        .and(body_string_contains("client_secret=hunter2"))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(json!({"access_token": token, "expires_in": 300})),
        )
        .up_to_n_times(times)
        .expect(times)
        .mount(server)
        .await;
}

const USERS: &str = "/realms/gatehouse/gatehouse/users";

#[tokio::test]
async fn a_token_is_fetched_once_for_all_who_wait() {
    let server = MockServer::start().await;
    token(&server, "one", 1).await;
    Mock::given(method("GET"))
        .and(path(USERS))
        .and(header("authorization", "Bearer one"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"items": [], "next": null})))
        .expect(8)
        .mount(&server)
        .await;
    let client = Arc::new(client(&server));
    let calls = (0..8).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.users(None).await })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap(), Ok(Page::default()));
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_once() {
    let server = MockServer::start().await;
    token(&server, "old", 1).await;
    token(&server, "new", 1).await;
    Mock::given(path(USERS))
        .and(header("authorization", "Bearer old"))
        .respond_with(ResponseTemplate::new(401))
        .mount(&server)
        .await;
    Mock::given(path(USERS))
        .and(query_param("after", "u-1"))
        .and(query_param("max", "500"))
        .and(header("authorization", "Bearer new"))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(json!({"items": [{"id": "u-2"}], "next": "u-2"})),
        )
        .mount(&server)
        .await;
    let page = client(&server).users(Some("u-1")).await.unwrap();
    assert_eq!(page, Page { items: vec![json!({"id": "u-2"})], next: Some("u-2".to_owned()) });
}

#[tokio::test]
async fn what_goes_wrong_is_told_apart_and_names_nobody() {
    for (answer, expected) in [
        (ResponseTemplate::new(403), KeycloakError::Forbidden(403)),
        (ResponseTemplate::new(404), KeycloakError::NotFound),
        (ResponseTemplate::new(500).set_body_string("siti@contoh.example"), KeycloakError::Refused(500)),
        (ResponseTemplate::new(200).set_body_string("<html>"), KeycloakError::Unreadable),
        (ResponseTemplate::new(200).set_delay(std::time::Duration::from_secs(3)), KeycloakError::Unreachable),
    ] {
        let server = MockServer::start().await;
        token(&server, "one", 1).await;
        Mock::given(path(USERS)).respond_with(answer).mount(&server).await;
        let error = client(&server).users(None).await.unwrap_err();
        assert_eq!(error, expected);
        assert!(!error.to_string().contains("siti"), "{error}");
    }
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(401)).mount(&server).await;
    assert_eq!(client(&server).users(None).await, Err(KeycloakError::Forbidden(401)));
}

const ORGANIZATIONS: &str = "/admin/realms/gatehouse/organizations";

#[tokio::test]
async fn an_organization_is_made_once() {
    let server = MockServer::start().await;
    token(&server, "one", 1).await;
    Mock::given(method("GET"))
        .and(path(ORGANIZATIONS))
        .and(query_param("q", "company_id:c-1"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([])))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path(ORGANIZATIONS))
        .and(body_json(json!({
            "alias": "c-1", "name": "PT Contoh", "enabled": true, "attributes": {"company_id": ["c-1"]},
        })))
        .respond_with(
            ResponseTemplate::new(201)
                .insert_header("location", format!("{}{ORGANIZATIONS}/o-1", server.uri())),
        )
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(path(ORGANIZATIONS))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([{"id": "o-1", "alias": "c-1"}])))
        .mount(&server)
        .await;
    let client = client(&server);
    assert_eq!(client.ensure_organization("c-1", "PT Contoh").await, Ok("o-1".to_owned()));
    assert_eq!(client.ensure_organization("c-1", "PT Contoh").await, Ok("o-1".to_owned()));
}

#[tokio::test]
async fn a_name_that_is_taken_and_a_member_who_is_one_are_told_apart() {
    let server = MockServer::start().await;
    token(&server, "one", 1).await;
    Mock::given(method("GET"))
        .and(path(ORGANIZATIONS))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([])))
        .mount(&server)
        .await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(409)).mount(&server).await;
    let client = client(&server);
    assert_eq!(client.ensure_organization("c-1", "PT Contoh").await, Err(KeycloakError::Conflict));
    assert_eq!(client.ensure_member("o-1", "siti").await, Ok(()));
}

#[tokio::test]
async fn a_role_is_one_of_the_portals() {
    let server = MockServer::start().await;
    token(&server, "one", 1).await;
    Mock::given(method("GET"))
        .and(path("/admin/realms/gatehouse/clients"))
        .and(query_param("clientId", "gatehouse-portal"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([{"id": "p-1"}])))
        .mount(&server)
        .await;
    let role = json!({"id": "r-1", "name": "company-admin"});
    Mock::given(method("GET"))
        .and(path("/admin/realms/gatehouse/clients/p-1/roles/company-admin"))
        .respond_with(ResponseTemplate::new(200).set_body_json(&role))
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/admin/realms/gatehouse/users/siti/role-mappings/clients/p-1"))
        .and(body_json(json!([role])))
        .respond_with(ResponseTemplate::new(204))
        .expect(1)
        .mount(&server)
        .await;
    client(&server).ensure_role("siti", "company-admin").await.unwrap();
}

#[tokio::test]
async fn what_is_to_be_sent_again_is_named() {
    let server = MockServer::start().await;
    token(&server, "one", 1).await;
    Mock::given(method("POST"))
        .and(path("/realms/gatehouse/gatehouse/resync"))
        .and(body_json(json!({"users": ["siti"], "organizations": ["o-1"]})))
        .respond_with(ResponseTemplate::new(202))
        .expect(1)
        .mount(&server)
        .await;
    client(&server).send_again(&["siti".to_owned()], &["o-1".to_owned()]).await.unwrap();
}

#[tokio::test]
async fn only_the_credential_of_the_factor_is_taken_away() {
    let server = MockServer::start().await;
    token(&server, "one", 1).await;
    let credentials = "/admin/realms/gatehouse/users/u-1/credentials";
    let gh = |id: &str, factor: &str| json!({"id": id, "type": "gh-sms", "credentialData": json!({"factor_id": factor}).to_string()});
    Mock::given(method("GET"))
        .and(path(credentials))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([
            {"id": "c-1", "type": "password", "credentialData": "{\"hashIterations\": 5}"},
            {"id": "c-2", "type": "webauthn"},
            gh("c-3", "f-other"),
            gh("c-4", "f-1"),
        ])))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("DELETE"))
        .and(path(format!("{credentials}/c-4")))
        .respond_with(ResponseTemplate::new(204))
        .expect(1)
        .mount(&server)
        .await;
    client(&server).remove_factor("u-1", "f-1").await.unwrap();
}
