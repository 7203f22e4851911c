//! Keycloak's Admin API and the extension's own resource.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::stack::Stack;

/// Shorter than an administrator's token lives.
const TOKEN_LIFE: Duration = Duration::from_secs(30);

/// The administrator of the realm, at work from several tasks at once.
pub struct Admin<'a> {
    stack: &'a Stack,
    url: String,
    http: Client,
    token: Mutex<Option<(Instant, String)>>,
}

impl<'a> Admin<'a> {
    /// Somebody who has not signed in yet.
    pub fn new(stack: &'a Stack) -> Result<Self> {
        Self::of_realm(stack, &stack.info.realm)
    }

    /// The same for another realm of that Keycloak.
    pub fn of_realm(stack: &'a Stack, realm: &str) -> Result<Self> {
        let http = Client::builder().timeout(Duration::from_mins(1)).build()?;
        let url = format!("{}/admin/realms/{realm}", stack.info.keycloak_url);
        Ok(Self { stack, url, http, token: Mutex::new(None) })
    }

    /// A call below `/admin/realms/{realm}`; the body of an empty answer is `null`.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<(StatusCode, Value)> {
        let mut request =
            self.http.request(method, format!("{}/{path}", self.url)).bearer_auth(self.token().await?);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        Ok((answer.status(), serde_json::from_str(&answer.text().await?).unwrap_or_default()))
    }

    /// A call that has to succeed.
    pub async fn done(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let (status, value) = self.call(method.clone(), path, body).await?;
        ensure!(status.is_success(), "{method} {path}: {status} {value}");
        Ok(value)
    }

    /// Makes something and returns its id.
    pub async fn create(&self, path: &str, body: &Value) -> Result<String> {
        let request =
            self.http.post(format!("{}/{path}", self.url)).bearer_auth(self.token().await?).json(body);
        let answer = request.send().await?;
        ensure!(answer.status() == StatusCode::CREATED, "POST {path}: {}", answer.status());
        let location = answer.headers().get("location").context("no Location")?.to_str()?;
        Ok(location.rsplit('/').next().context("an empty Location")?.to_owned())
    }

    /// Keycloak's id of who has this address.
    pub async fn id_of(&self, email: &str) -> Result<String> {
        let found = self.done(Method::GET, &format!("users?exact=true&email={email}"), None).await?;
        found[0]["id"].as_str().map(str::to_owned).context("nobody has that address")
    }

    /// Another realm of that Keycloak.
    pub async fn create_realm(&self, realm: &Value) -> Result<()> {
        let url = format!("{}/admin/realms", self.stack.info.keycloak_url);
        let answer = self.http.post(url).bearer_auth(self.token().await?).json(realm).send().await?;
        let status = answer.status();
        ensure!(status.is_success(), "the realm was not made: {status} {}", answer.text().await?);
        Ok(())
    }

    /// A person with a password and a proved address.
    pub async fn create_person(&self, email: &str, password: &str) -> Result<String> {
        let credentials = json!([{"type": "password", "value": password, "temporary": false}]);
        let attributes = json!({"company": [email], "country": ["SG"]});
        let person = json!({"username": email, "email": email, "emailVerified": true, "enabled": true, "firstName": "Ani",
            "lastName": "Wijaya", "attributes": attributes, "credentials": credentials});
        self.create("users", &person).await
    }

    async fn token(&self) -> Result<String> {
        let mut token = self.token.lock().await;
        if let Some((since, token)) = token.as_ref()
            && since.elapsed() < TOKEN_LIFE
        {
            return Ok(token.clone());
        }
        let fresh = self.stack.admin_token().await?;
        *token = Some((Instant::now(), fresh.clone()));
        Ok(fresh)
    }
}

/// The service, calling the extension's resource with its own account.
pub struct ServiceAccount {
    http: Client,
    url: String,
    token: String,
}

impl ServiceAccount {
    /// Signs in with the client's secret.
    pub async fn sign_in(stack: &Stack) -> Result<Self> {
        let realm = format!("{}/realms/{}", stack.info.keycloak_url, stack.info.realm);
        let client = &stack.info.service_client;
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client.client_id.as_str()),
            ("client_secret", client.client_secret.as_str()),
        ];
        let http = Client::new();
        let url = format!("{realm}/protocol/openid-connect/token");
        let answer: Value = http.post(url).form(&form).send().await?.error_for_status()?.json().await?;
        let token = answer["access_token"].as_str().context("no token")?.to_owned();
        Ok(Self { http, url: format!("{realm}/gatehouse"), token })
    }

    /// `GET` below the resource.
    pub async fn get(&self, path: &str) -> Result<(StatusCode, Value)> {
        let answer = self.http.get(format!("{}/{path}", self.url)).bearer_auth(&self.token).send().await?;
        Ok((answer.status(), serde_json::from_str(&answer.text().await?).unwrap_or_default()))
    }

    /// Asks for states to be sent again.
    pub async fn resync(&self, body: &Value) -> Result<StatusCode> {
        let request = self.http.post(format!("{}/resync", self.url)).bearer_auth(&self.token).json(body);
        Ok(request.send().await?.status())
    }
}
