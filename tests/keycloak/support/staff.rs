//! People and systems at the API.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use super::{
    admin::Admin,
    form::{Page, Person},
    stack::Stack,
    unique,
    walk::{PASSWORD, enrol_email, login},
};

/// RFC 7636, appendix B; the login's address holds its challenge.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// The role of those who may reset factors.
const ROLE: &str = "operator";

/// Somebody at the API, by a token of their own.
pub struct Caller<'a> {
    stack: &'a Stack,
    http: Client,
    token: String,
}

impl<'a> Caller<'a> {
    /// Somebody new of the staff, who signs in with a second factor like everybody.
    pub async fn sign_in(stack: &'a Stack, admin: &Admin<'_>) -> Result<Self> {
        let email = format!("staff-{}@example.com", unique());
        let id = admin.create_person(&email, PASSWORD).await?;
        let role = admin.done(Method::GET, &format!("roles/{ROLE}"), None).await?;
        admin.done(Method::POST, &format!("users/{id}/role-mappings/realm"), Some(json!([role]))).await?;
        let mut person = Person::new()?;
        let choice = login(stack, &mut person, &email, PASSWORD).await?;
        let end = enrol_email(stack, &mut person, &choice, &email).await?;
        Self::let_in(stack, admin, &end).await
    }

    /// Whoever got to that address of the portal, with the code that is in it.
    pub async fn let_in(stack: &'a Stack, admin: &Admin<'_>, end: &Page) -> Result<Self> {
        let code = end.url.query_pairs().find(|(name, _)| name == "code").map(|(_, code)| code.into_owned());
        let code = code.with_context(|| end.text("there is no code"))?;
        let clients = admin.done(Method::GET, "clients?clientId=gatehouse-portal", None).await?;
        let portal = clients[0]["id"].as_str().context("no portal")?;
        let secret = admin.done(Method::GET, &format!("clients/{portal}/client-secret"), None).await?;
        let redirect = format!("{}/signed-in", stack.info.gatehouse_url);
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "gatehouse-portal"),
            ("client_secret", secret["value"].as_str().context("no secret")?),
            ("redirect_uri", &redirect),
            ("code", &code),
            ("code_verifier", VERIFIER),
        ];
        Self::granted(stack, &form).await
    }

    /// A system, by the secret that it was given.
    pub async fn system(stack: &'a Stack, client_id: &str, secret: &str) -> Result<Self> {
        let form =
            [("grant_type", "client_credentials"), ("client_id", client_id), ("client_secret", secret)];
        Self::granted(stack, &form).await
    }

    /// Somebody with this text for a token.
    pub fn with_token(stack: &'a Stack, token: &str) -> Self {
        Self { stack, http: Client::new(), token: token.to_owned() }
    }

    async fn granted(stack: &'a Stack, form: &[(&str, &str)]) -> Result<Self> {
        let url =
            format!("{}/realms/{}/protocol/openid-connect/token", stack.info.keycloak_url, stack.info.realm);
        let answer = Client::new().post(url).form(form).send().await?.error_for_status()?;
        let answer: Value = answer.json().await?;
        Ok(Self::with_token(stack, answer["access_token"].as_str().context("no token")?))
    }

    pub async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<(StatusCode, Value)> {
        let url = format!("{}/api/v1/{path}", self.stack.info.gatehouse_url);
        let mut request = self.http.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        Ok((answer.status(), serde_json::from_str(&answer.text().await?).unwrap_or_default()))
    }

    /// The status of a look at something.
    pub async fn look(&self, path: &str) -> Result<StatusCode> {
        Ok(self.call(Method::GET, path, None).await?.0)
    }
}

/// Waits for what the stream and the jobs bring about.
pub async fn until(what: &str, mut seen: impl AsyncFnMut() -> Result<Result<(), String>>) -> Result<()> {
    let deadline = Instant::now() + Duration::from_mins(1);
    while let Err(last) = seen().await? {
        ensure!(Instant::now() < deadline, "{what}: last seen was {last}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}
