//! Quotas of Nova, Neutron and Cinder, by the calls that their API references describe.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use gatehouse::adapters::keystone::{
    Keystone as _, KeystoneClient, KeystoneConfig, KeystoneError, QuotaService,
};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_json, header, method, path},
};
use xtask::KeystoneLogin;

use crate::support::keystone::config;

async fn cloud(kinds: &[(&str, &str)]) -> (MockServer, KeystoneClient) {
    let server = MockServer::start().await;
    let catalog: Vec<Value> = kinds
        .iter()
        .map(|(kind, at)| {
            let url = format!("{}{at}", server.uri());
            let endpoint = |region: &str, url: &str| {
                json!({"interface": "public", "region_id": region, "region": region, "url": url})
            };
            json!({"type": kind, "endpoints": [
                endpoint("Elsewhere", "http://elsewhere.invalid"), endpoint("RegionOne", &url),
            ]})
        })
        .collect();
    let token = json!({"token": {
        "issued_at": "2026-11-22T01:00:00.000000Z", "expires_at": "2026-11-22T02:00:00.000000Z",
        "catalog": catalog,
    }});
    Mock::given(method("POST"))
        .and(path("/v3/auth/tokens"))
        .respond_with(ResponseTemplate::new(201).insert_header("x-subject-token", "one").set_body_json(token))
        .expect(1)
        .mount(&server)
        .await;
    let login = KeystoneLogin {
        auth_url: format!("{}/v3", server.uri()),
        username: "admin".to_owned(),
        password: "secret".to_owned(),
        project: "admin".to_owned(),
    };
    let client = KeystoneClient::new(&config(&login)).unwrap();
    (server, client)
}

#[tokio::test]
async fn each_service_is_asked_in_its_own_words() {
    let kinds =
        [("compute", "/compute/v2.1"), ("network", "/network"), ("block-storage", "/volume/v3/admin-id")];
    let (server, client) = cloud(&kinds).await;
    for (service, at, member, name) in [
        (QuotaService::Compute, "/compute/v2.1/os-quota-sets/p-1", "quota_set", "ram"),
        (QuotaService::Network, "/network/v2.0/quotas/p-1", "quota", "port"),
        (QuotaService::Volume, "/volume/v3/admin-id/os-quota-sets/p-1", "quota_set", "gigabytes"),
    ] {
        let held = json!({ (member): {"id": "p-1", (name): 10, "server_groups": -1} });
        Mock::given(method("GET"))
            .and(path(at))
            .and(header("x-auth-token", "one"))
            .respond_with(ResponseTemplate::new(200).set_body_json(held))
            .mount(&server)
            .await;
        Mock::given(method("PUT"))
            .and(path(at))
            .and(body_json(json!({ (member): { (name): 20 } })))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({})))
            .expect(1)
            .mount(&server)
            .await;
        let held = client.quota_set(service, "p-1").await.unwrap().unwrap();
        assert_eq!(held[name], 10);
        assert_eq!(held["server_groups"], -1);
        client.set_quota_set(service, "p-1", &BTreeMap::from([(name.to_owned(), 20)])).await.unwrap();
    }
}

#[tokio::test]
async fn a_service_that_the_catalogue_lacks_has_no_quotas() {
    let (_server, client) = cloud(&[("compute", "/compute/v2.1")]).await;
    assert_eq!(client.quota_set(QuotaService::Volume, "p-1").await, Ok(None));
    let set = client.set_quota_set(QuotaService::Volume, "p-1", &BTreeMap::new()).await;
    assert_eq!(set, Err(KeystoneError::NotFound));
}

#[tokio::test]
async fn a_service_that_does_not_answer_in_time_is_asked_again_later() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v3/auth/tokens"))
        .respond_with(ResponseTemplate::new(201).set_delay(Duration::from_mins(2)))
        .mount(&server)
        .await;
    let login = KeystoneLogin {
        auth_url: format!("{}/v3", server.uri()),
        username: "admin".to_owned(),
        password: "secret".to_owned(),
        project: "admin".to_owned(),
    };
    let impatient = KeystoneConfig { timeout_seconds: 1, ..config(&login) };
    let client = KeystoneClient::new(&impatient).unwrap();
    let began = Instant::now();
    let error = client.roles().await.unwrap_err();
    assert_eq!(error, KeystoneError::Unreachable);
    assert!(error.is_transient(), "the job tries again");
    assert!(began.elapsed() < Duration::from_mins(1), "{:?}", began.elapsed());
}
