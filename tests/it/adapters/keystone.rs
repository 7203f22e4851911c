//! The real Keystone does what our client asks, and asking twice does no harm.

use gatehouse::{
    adapters::keystone::{
        Federated, FederatedProtocol, Filter, Keystone as _, KeystoneClient, KeystoneError, Limit,
        NewProject, NewUser, ProjectChange, UserChange,
    },
    platform::masked::Masked,
};
use secrecy::SecretString;
use serde_json::json;

use crate::support::{TestKeystone, keystone::config};

fn project(keystone: &TestKeystone, name: &str) -> NewProject {
    NewProject {
        name: name.to_owned(),
        domain_id: keystone.domain_id.clone(),
        description: "Tempat kerja".to_owned(),
        enabled: true,
        tags: vec![format!("gatehouse:{name}")],
    }
}

fn user(keystone: &TestKeystone, name: &str, password: Option<&str>) -> NewUser {
    NewUser {
        name: Masked::new(name.to_owned()),
        domain_id: keystone.domain_id.clone(),
        enabled: true,
        email: Masked::new(name.to_owned()),
        description: Masked::new("Siti Rahma".to_owned()),
        gatehouse_id: format!("mark-{name}"),
        password: password.map(SecretString::from),
        federated: Vec::new(),
    }
}

fn of_domain(keystone: &TestKeystone) -> Filter {
    Filter { domain_id: Some(keystone.domain_id.clone()), ..Filter::default() }
}

#[tokio::test]
async fn lists_come_whole_over_pages() {
    let keystone = TestKeystone::open().await;
    for name in ["a", "b", "c", "d", "e"] {
        keystone.client.create_project(&project(&keystone, name)).await.unwrap();
    }
    let projects = keystone.client.projects(&of_domain(&keystone)).await.unwrap();
    let mut names: Vec<&str> = projects.iter().map(|project| project.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["a", "b", "c", "d", "e"]);
    let third = projects.iter().find(|project| project.name == "c").unwrap();
    assert_eq!(third.tags, ["gatehouse:c"], "{third:?}");
    assert!(keystone.client.domains(&Filter::default()).await.unwrap().len() >= 2);
    assert!(keystone.client.roles().await.unwrap().iter().any(|role| role.name == "member"));
}

#[tokio::test]
async fn a_name_is_taken_once_and_things_change() {
    let keystone = TestKeystone::open().await;
    let made = keystone.client.create_project(&project(&keystone, "kerja")).await.unwrap();
    let again = keystone.client.create_project(&project(&keystone, "kerja")).await;
    assert_eq!(again, Err(KeystoneError::Conflict));
    let change = ProjectChange { enabled: Some(false), ..ProjectChange::default() };
    keystone.client.change_project(&made.id, &change).await.unwrap();
    let held = keystone.client.projects(&of_domain(&keystone)).await.unwrap();
    assert!(!held[0].enabled && held[0].description.as_deref() == Some("Tempat kerja"), "{held:?}");
    let nobody = keystone.client.change_project("../users", &change).await;
    assert_eq!(nobody, Err(KeystoneError::NotFound));
}

#[tokio::test]
async fn a_user_carries_our_mark_and_gets_a_role_once() {
    let keystone = TestKeystone::open().await;
    let name = "siti@contoh.example";
    let user = keystone.client.create_user(&user(&keystone, name, Some("rahasia"))).await.unwrap();
    let filter = Filter { name: Some(Masked::new(name.to_owned())), ..of_domain(&keystone) };
    let found = keystone.client.users(&filter).await.unwrap();
    assert_eq!(found[0].gatehouse_id.as_deref(), Some("mark-siti@contoh.example"));

    let project = keystone.client.create_project(&project(&keystone, "kerja")).await.unwrap();
    let roles = keystone.client.roles().await.unwrap();
    let member = &roles.iter().find(|role| role.name == "member").unwrap().id;
    keystone.client.grant(&user.id, member, &project.id).await.unwrap();
    keystone.client.grant(&user.id, member, &project.id).await.unwrap();
    let filter = Filter { project_id: Some(project.id.clone()), ..Filter::default() };
    let held = keystone.client.assignments(&filter).await.unwrap();
    assert_eq!(held.len(), 1, "{held:?}");
    assert_eq!((&held[0].user_id, &held[0].role_id), (&user.id, member));
    keystone.client.revoke(&user.id, member, &project.id).await.unwrap();
    keystone.client.revoke(&user.id, member, &project.id).await.unwrap();
    assert!(keystone.client.assignments(&filter).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_federated_user_is_there_before_the_first_login() {
    let keystone = TestKeystone::open().await;
    let idp = format!("idp-{}", keystone.domain_name);
    let token = keystone.admin_token().await;
    let http = reqwest::Client::new();
    let put = |path: String, body: serde_json::Value| {
        let url = format!("{}/OS-FEDERATION/{path}", keystone.login.auth_url);
        http.put(url).header("x-auth-token", &token).json(&body).send()
    };
    let provider = json!({"identity_provider": {"enabled": true, "domain_id": keystone.domain_id}});
    assert_eq!(put(format!("identity_providers/{idp}"), provider).await.unwrap().status(), 201);
    let mapping = json!({"mapping": {"rules": [
        {"local": [{"user": {"name": "{0}"}}], "remote": [{"type": "REMOTE_USER"}]},
    ]}});
    assert_eq!(put(format!("mappings/{idp}"), mapping).await.unwrap().status(), 201);
    let protocol = json!({"protocol": {"mapping_id": idp}});
    let at = format!("identity_providers/{idp}/protocols/openid");
    assert_eq!(put(at, protocol).await.unwrap().status(), 201);

    let protocols =
        vec![FederatedProtocol { protocol_id: "openid".to_owned(), unique_id: "kc-1".to_owned() }];
    let new = NewUser {
        federated: vec![Federated { idp_id: idp, protocols }],
        ..user(&keystone, "budi@contoh.example", None)
    };
    keystone.client.create_user(&new).await.unwrap();
    let users = keystone.client.users(&of_domain(&keystone)).await.unwrap();
    assert_eq!(users.len(), 1, "{users:?}");
}

#[tokio::test]
async fn a_limit_is_made_and_changed() {
    let keystone = TestKeystone::open().await;
    let service = keystone.register_limits(&["adapter_cores"]).await;
    let project = keystone.client.create_project(&project(&keystone, "kerja")).await.unwrap();
    let limit = Limit {
        id: String::new(),
        service_id: service,
        region_id: Some("RegionOne".to_owned()),
        project_id: Some(project.id.clone()),
        resource_name: "adapter_cores".to_owned(),
        resource_limit: 20,
    };
    keystone.client.create_limit(&limit).await.unwrap();
    assert_eq!(keystone.client.create_limit(&limit).await, Err(KeystoneError::Conflict));
    let filter = Filter { project_id: Some(project.id), ..Filter::default() };
    let held = keystone.client.limits(&filter).await.unwrap();
    assert_eq!(held[0].resource_limit, 20);
    keystone.client.change_limit(&held[0].id, -1).await.unwrap();
    assert_eq!(keystone.client.limits(&filter).await.unwrap()[0].resource_limit, -1);
    let registered = keystone.client.registered_limits().await.unwrap();
    assert!(registered.iter().any(|limit| limit.resource_name == "adapter_cores"), "{registered:?}");
}

#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_the_old_one() {
    let keystone = TestKeystone::open().await;
    let user =
        keystone.client.create_user(&user(&keystone, "siti@contoh.example", Some("lama"))).await.unwrap();
    let [old, new, wrong] = ["lama", "baru", "salah"].map(SecretString::from);
    let refused = keystone.client.change_own_password(&user.id, &wrong, &new).await;
    assert_eq!(refused, Err(KeystoneError::Forbidden(401)));
    keystone.client.change_own_password(&user.id, &old, &new).await.unwrap();
    assert_eq!(keystone.client.knows_password(&user.id, &new).await, Ok(true));
    assert_eq!(keystone.client.knows_password(&user.id, &old).await, Ok(false));
    let change = UserChange { password: Some(old.clone()), ..UserChange::default() };
    keystone.client.change_user(&user.id, &change).await.unwrap();
    assert_eq!(keystone.client.knows_password(&user.id, &old).await, Ok(true));
}

#[tokio::test]
async fn only_a_token_for_the_project_of_administrators_is_an_administrators() {
    let keystone = TestKeystone::open().await;
    let admin = SecretString::from(keystone.admin_token().await);
    assert_eq!(keystone.client.is_administrator(&admin).await, Ok(true));
    let made = keystone.client.create_user(&user(&keystone, "siti@contoh.example", Some("x"))).await.unwrap();
    let token = keystone.token(&json!({"id": made.id, "password": "x"}), &json!("unscoped")).await.unwrap();
    assert_eq!(keystone.client.is_administrator(&SecretString::from(token)).await, Ok(false));
    for rubbish in ["", "c35ee31e-3ee2-4a38-9eae-e738bafdccb5"] {
        assert_eq!(keystone.client.is_administrator(&SecretString::from(rubbish)).await, Ok(false));
    }
}

#[tokio::test]
async fn an_application_credential_is_an_account_and_a_wrong_one_is_said() {
    let keystone = TestKeystone::open().await;
    let filter = Filter {
        name: Some(Masked::new(keystone.login.username.clone())),
        domain_id: Some("default".to_owned()),
        ..Filter::default()
    };
    let admin = keystone.client.users(&filter).await.unwrap().remove(0);
    let new = json!({"application_credential": {"name": keystone.domain_name, "unrestricted": true}});
    let (status, made) = keystone.post(&format!("/users/{}/application_credentials", admin.id), &new).await;
    assert_eq!(status, 201, "{made}");
    let text = |field: &str| made["application_credential"][field].as_str().map(str::to_owned);
    let mut settings = config(&keystone.login);
    (settings.username, settings.password) = (None, None);
    settings.application_credential_id = text("id");
    settings.application_credential_secret = text("secret").map(SecretString::from);
    let client = KeystoneClient::new(&settings).unwrap();
    assert!(!client.projects(&Filter::default()).await.unwrap().is_empty());
    settings.application_credential_secret = Some(SecretString::from("wrong"));
    let client = KeystoneClient::new(&settings).unwrap();
    assert_eq!(client.roles().await, Err(KeystoneError::Forbidden(401)));
}
