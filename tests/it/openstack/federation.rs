//! Signing in to OpenStack by Keycloak: the rules say who somebody is, and Keystone knows them before they come.

use std::path::PathBuf;

use gatehouse::{
    app::Config,
    openstack::{NewCloudUser, mapping},
    platform::masked::Masked,
};
use serde_json::{Value, json};

use super::grant;
use crate::support::{CloudHouse, TestKeystone};

const ISSUER: &str = "https://id.example/realms/gatehouse";

fn rules() -> Value {
    let config = Config::from_toml(&format!(
        "{}\nopenstack.federation.identity_provider = \"gatehouse\"",
        crate::config::MINIMAL
    ));
    mapping(&config.unwrap().openstack.federation, ISSUER)
}

/// What Keystone's own engine makes of claims; none when it finds nobody.
async fn engine(claims: &[(&str, &str)]) -> Option<Value> {
    let python: PathBuf = xtask::testing::keystone_python().await.unwrap();
    let folder = std::env::temp_dir().join(format!("mapping-{}", uuid::Uuid::new_v4()));
    tokio::fs::create_dir(&folder).await.unwrap();
    let lines: Vec<String> = claims.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    tokio::fs::write(folder.join("rules.json"), rules().to_string()).await.unwrap();
    tokio::fs::write(folder.join("claims.txt"), lines.join("\n")).await.unwrap();
    let output = tokio::process::Command::new(python.with_file_name("keystone-manage"))
        .args(["mapping_engine", "--rules", "rules.json", "--input", "claims.txt"])
        .current_dir(&folder)
        .output()
        .await
        .unwrap();
    tokio::fs::remove_dir_all(&folder).await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let json = text.get(text.find("\n{\n")?..)?; // after what it logs
    let answer = serde_json::from_str(json);
    Some(answer.unwrap_or_else(|error| panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr))))
}

fn claims<'a>(issuer: &'a str, roles: &'a str) -> Vec<(&'a str, &'a str)> {
    let person = [
        ("HTTP_OIDC_SUB", "5f1c-siti"),
        ("HTTP_OIDC_PREFERRED_USERNAME", "siti@contoh.example"),
        ("HTTP_OIDC_EMAIL", "siti@contoh.example"),
        ("HTTP_OIDC_ISS", issuer),
        ("HTTP_OIDC_ROLES", roles),
    ];
    person.into()
}

#[tokio::test]
async fn keystones_own_engine_takes_the_rules_and_knows_a_person_by_the_id_of_keycloak() {
    let person = engine(&claims(ISSUER, "company-admin")).await.expect("somebody");
    assert_eq!(person["user"]["id"], "5f1c-siti", "{person}");
    assert_eq!(person["user"]["name"], "siti@contoh.example", "{person}");
    assert_eq!(person["user"]["email"], "siti@contoh.example", "{person}");
    assert_eq!((&person["group_names"], &person["group_ids"]), (&json!([]), &json!([])), "{person}");
}

#[tokio::test]
async fn each_role_of_staff_is_a_group_and_nothing_else_is() {
    let person = engine(&claims(ISSUER, "company-user;operator;uma_authorization")).await.expect("somebody");
    let expected = json!([{"name": "gatehouse-operator", "domain": {"name": "Default"}}]);
    assert_eq!(person["group_names"], expected, "{person}");
}

#[tokio::test]
async fn whoever_comes_from_another_issuer_is_nobody() {
    let person = engine(&claims("https://id.example/realms/other", "operator")).await;
    let user = person.as_ref().map(|person| &person["user"]["id"]);
    assert!(user.is_none_or(Value::is_null), "{person:?}");
}

#[tokio::test]
async fn somebody_of_keycloak_is_made_with_their_identity_before_they_first_sign_in() {
    let keystone = TestKeystone::open().await;
    let provider = format!("gatehouse-{}", uuid::Uuid::new_v4().simple());
    let at = format!("/OS-FEDERATION/identity_providers/{provider}");
    for (path, body) in [
        (
            at.clone(),
            json!({"identity_provider": {
                "enabled": true, "remote_ids": [provider], "domain_id": keystone.domain_id,
            }}),
        ),
        (format!("/OS-FEDERATION/mappings/{provider}"), json!({"mapping": {"rules": rules()}})),
        (format!("{at}/protocols/openid"), json!({"protocol": {"mapping_id": provider}})),
    ] {
        let (status, answer) = keystone.put(&path, &body).await;
        assert_eq!(status, 201, "{path}: {answer}");
    }
    let client = keystone.client.clone();
    let settings = format!(
        "openstack.domain = \"{}\"\nopenstack.federation.identity_provider = \"{provider}\"",
        keystone.domain_name
    );
    let house = CloudHouse::over(client, &settings).await;
    let (project, _) = super::want(&house, "kerja").await;
    let mut tx = house.pool.begin().await.unwrap();
    let siti = NewCloudUser {
        user_id: Some("5f1c-siti".to_owned()),
        company_id: None,
        email: Masked::new("siti@contoh.example".to_owned()),
        full_name: Masked::new("Siti Rahma".to_owned()),
    };
    let siti = house.cloud.openstack.want_user_in_tx(&mut tx, siti).await.unwrap().unwrap();
    house.cloud.openstack.put_grant_in_tx(&mut tx, &grant(project, siti, true)).await.unwrap();
    tx.commit().await.unwrap();
    let report = house.cloud.openstack.apply(Some(project)).await.unwrap();
    assert!(report.failed.is_empty() && report.cut_off.is_none(), "{report:?}");

    let (_, listed) = keystone
        .get(&format!("/users?domain_id={}&idp_id={provider}&unique_id=5f1c-siti", keystone.domain_id))
        .await;
    let user = &listed["users"][0];
    assert_eq!(user["name"], "siti@contoh.example", "{listed}");
    let (_, user) = keystone.get(&format!("/users/{}", user["id"].as_str().unwrap())).await;
    let expected =
        json!([{"idp_id": provider, "protocols": [{"protocol_id": "openid", "unique_id": "5f1c-siti"}]}]);
    assert_eq!(user["user"]["federated"], expected, "{user}");
    assert!(user["user"]["password_expires_at"].is_null(), "there is no password: {user}");
}
