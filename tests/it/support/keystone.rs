//! A Keystone shared by all tests: each makes a domain, projects and users of its own there.

use std::sync::Arc;

use gatehouse::adapters::keystone::{Keystone as _, KeystoneClient, KeystoneConfig, NewDomain};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use uuid::Uuid;
use xtask::KeystoneLogin;

/// The real Keystone, as its administrator.
pub struct TestKeystone {
    pub login: KeystoneLogin,
    pub client: Arc<KeystoneClient>,
    pub domain_id: String,
    pub domain_name: String,
    http: reqwest::Client,
}

impl TestKeystone {
    /// The Keystone with a fresh domain.
    pub async fn open() -> Self {
        Self::at(xtask::testing::keystone().await.expect("Keystone for tests")).await
    }

    /// A Keystone of its own with the real Nova, Neutron and Cinder in its catalogue.
    pub async fn with_quota_services() -> Self {
        static IN_CATALOGUE: OnceCell<()> = OnceCell::const_new();
        let (login, urls) = xtask::testing::quota_services().await.expect("services with quotas for tests");
        let named = async || Self::at(login.clone()).await.name_in_catalogue(&urls).await;
        IN_CATALOGUE.get_or_init(named).await;
        // A token tells the catalogue of its time: this client signs in after.
        Self::at(login).await
    }

    async fn name_in_catalogue(&self, [nova, neutron, cinder]: &[String; 3]) {
        let held = self.client.services().await.unwrap();
        let new = [
            ("compute", format!("{nova}/v2.1")),
            ("network", neutron.clone()),
            ("block-storage", format!("{cinder}/v3")),
        ];
        for (kind, url) in new.into_iter().filter(|(kind, _)| held.iter().all(|it| it.kind != *kind)) {
            let (_, made) = self.post("/services", &json!({"service": {"type": kind, "name": kind}})).await;
            let endpoint = json!({"endpoint": {
                "service_id": made["service"]["id"], "interface": "public", "region_id": "RegionOne", "url": url,
            }});
            assert_eq!(self.post("/endpoints", &endpoint).await.0, 201, "{kind}");
        }
    }

    async fn at(login: KeystoneLogin) -> Self {
        let client = Arc::new(KeystoneClient::new(&config(&login)).unwrap());
        let domain_name = format!("test-{}", Uuid::new_v4().simple());
        let domain = NewDomain { name: domain_name.clone(), description: String::new() };
        let domain_id = client.create_domain(&domain).await.unwrap().id;
        Self { login, client, domain_id, domain_name, http: reqwest::Client::new() }
    }

    /// The setting that makes its domain the one of all companies.
    pub fn domain_setting(&self) -> String {
        format!("openstack.domain = \"{}\"\n", self.domain_name)
    }

    /// A token of the administrator, for what only operators do.
    pub async fn admin_token(&self) -> String {
        self.token(
            &json!({
                "name": self.login.username, "domain": {"id": "default"}, "password": self.login.password,
            }),
            &json!({"project": {"name": self.login.project, "domain": {"id": "default"}}}),
        )
        .await
        .expect("the administrator's token")
    }

    /// A token of a user with a password, in a scope; none when Keystone refuses.
    pub async fn token(&self, user: &Value, scope: &Value) -> Option<String> {
        let request = json!({"auth": {
            "identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope,
        }});
        let url = format!("{}/auth/tokens", self.login.auth_url);
        let answer = self.http.post(url).json(&request).send().await.unwrap();
        let token = answer.headers().get("x-subject-token").map(|token| token.to_str().unwrap().to_owned());
        token.filter(|_| answer.status() == 201)
    }

    /// Asks Keystone as an operator would.
    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.call(Method::POST, path, Some(body)).await
    }

    /// The same for what has its id from the caller.
    pub async fn put(&self, path: &str, body: &Value) -> (u16, Value) {
        self.call(Method::PUT, path, Some(body)).await
    }

    /// What an operator sees.
    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.call(Method::GET, path, None).await
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let token = self.admin_token().await;
        let mut request = self.http.request(method, format!("{}{path}", self.login.auth_url));
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.header("x-auth-token", token).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    /// Registers a limit of compute once for all tests, as whoever installs Nova does. Returns the service's id.
    pub async fn register_limits(&self, resources: &[&str]) -> String {
        let services = self.client.services().await.unwrap();
        let held = services.into_iter().find(|service| service.kind == "compute");
        let service = if let Some(held) = held {
            held.id
        } else {
            let new = json!({"service": {"type": "compute", "name": "nova"}});
            let (_, made) = self.post("/services", &new).await;
            made["service"]["id"].as_str().expect("a service").to_owned()
        };
        for resource in resources {
            let new = json!({"registered_limits": [{
                "service_id": service, "region_id": "RegionOne", "resource_name": resource, "default_limit": 7,
            }]});
            let (status, answer) = self.post("/registered_limits", &new).await;
            assert!(matches!(status, 201 | 409), "{status}: {answer}");
        }
        service
    }
}

/// How our client reaches it; small pages, so that lists have several.
pub fn config(login: &KeystoneLogin) -> KeystoneConfig {
    KeystoneConfig {
        auth_url: Some(login.auth_url.parse().unwrap()),
        username: Some(login.username.clone()),
        user_domain: "Default".to_owned(),
        password: Some(SecretString::from(login.password.clone())),
        application_credential_id: None,
        application_credential_secret: None,
        admin_project: login.project.clone(),
        admin_project_domain_id: "default".to_owned(),
        region: "RegionOne".to_owned(),
        interface: "public".to_owned(),
        page: 2,
        timeout_seconds: 60,
    }
}
