//! What staff do with factors, seen at Keycloak: a reset through the API takes the credential away, and its owner
//! enrols before anything opens.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    admin::Admin,
    form::Person,
    stack::Stack,
    turn, unique,
    walk::{PASSWORD, enrol_email, ensure_kept_out, forms, is_let_in, login, signed_up},
};

/// RFC 7636, appendix B; the login's address holds its challenge.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// The role of those who may reset factors.
const ROLE: &str = "operator";

/// A member of staff at the API.
struct Staff<'a> {
    stack: &'a Stack,
    http: Client,
    token: String,
}

impl<'a> Staff<'a> {
    /// Somebody new, who signs in with a second factor like everybody.
    async fn sign_in(stack: &'a Stack, admin: &Admin<'_>) -> Result<Self> {
        let email = format!("staff-{}@example.com", unique());
        let id = admin.create_person(&email, PASSWORD).await?;
        let role = admin.done(Method::GET, &format!("roles/{ROLE}"), None).await?;
        admin.done(Method::POST, &format!("users/{id}/role-mappings/realm"), Some(json!([role]))).await?;
        let mut person = Person::new()?;
        let choice = login(stack, &mut person, &email, PASSWORD).await?;
        let end = enrol_email(stack, &mut person, &choice, &email).await?;
        let code = end.url.query_pairs().find(|(name, _)| name == "code").map(|(_, code)| code.into_owned());
        let code = code.with_context(|| end.text("the member of staff did not get in"))?;

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
        let http = Client::new();
        let url =
            format!("{}/realms/{}/protocol/openid-connect/token", stack.info.keycloak_url, stack.info.realm);
        let answer: Value = http.post(url).form(&form).send().await?.error_for_status()?.json().await?;
        let token = answer["access_token"].as_str().context("no token")?.to_owned();
        Ok(Self { stack, http, token })
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<(StatusCode, Value)> {
        let url = format!("{}/api/v1/{path}", self.stack.info.gatehouse_url);
        let mut request = self.http.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        Ok((answer.status(), serde_json::from_str(&answer.text().await?).unwrap_or_default()))
    }
}

/// The kinds of second factors that Keycloak holds for somebody.
async fn credentials(admin: &Admin<'_>, user_id: &str) -> Result<Vec<String>> {
    let held = admin.done(Method::GET, &format!("users/{user_id}/credentials"), None).await?;
    let kinds = held.as_array().into_iter().flatten().filter_map(|it| it["type"].as_str());
    Ok(kinds.filter(|kind| kind.starts_with("gh-")).map(str::to_owned).collect())
}

/// Waits for what the stream and the jobs bring about.
async fn until(what: &str, mut seen: impl AsyncFnMut() -> Result<Result<(), String>>) -> Result<()> {
    let deadline = Instant::now() + Duration::from_mins(1);
    while let Err(last) = seen().await? {
        ensure!(Instant::now() < deadline, "{what}: last seen was {last}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

#[tokio::test]
async fn a_factor_that_two_of_staff_reset_is_gone_at_keycloak_and_its_owner_enrols_again() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let email = format!("reset-{}@example.com", unique());
    signed_up(&stack, &email).await?;
    let users = admin.done(Method::GET, &format!("users?exact=true&email={email}"), None).await?;
    let user_id = users[0]["id"].as_str().context("no person")?.to_owned();
    let (first, second) = (Staff::sign_in(&stack, &admin).await?, Staff::sign_in(&stack, &admin).await?);

    let list = format!("users/{user_id}/factors");
    // Only what Keycloak has shown as a credential was one.
    until("the factor to be bound", async || {
        let (_, factors) = first.call(Method::GET, &list, None).await?;
        Ok(if factors[0]["bound_at"].is_string() { Ok(()) } else { Err(factors.to_string()) })
    })
    .await?;
    let (_, factors) = first.call(Method::GET, &list, None).await?;
    let reset = format!("{list}/{}/reset", factors[0]["id"].as_str().context("no factor")?);
    let why = json!({"reason": "the mailbox is lost, identity checked by phone"});
    ensure!(first.call(Method::POST, &reset, Some(&why)).await?.0 == StatusCode::ACCEPTED);
    ensure!(
        first.call(Method::POST, &reset, Some(&why)).await?.0 == StatusCode::CONFLICT,
        "one asked and confirmed"
    );
    ensure!(credentials(&admin, &user_id).await? == ["gh-email"], "one of staff was enough");
    ensure!(second.call(Method::POST, &reset, Some(&why)).await?.0 == StatusCode::OK);

    until("the credential to go", async || {
        let held = credentials(&admin, &user_id).await?;
        Ok(if held.is_empty() { Ok(()) } else { Err(format!("{held:?}")) })
    })
    .await?;
    let mut person = Person::new()?;
    let page = login(&stack, &mut person, &email, PASSWORD).await?;
    ensure!(page.has_form(forms::CHOOSE), page.text("no choice of a second factor"));
    ensure_kept_out(&stack, &page)?;
    let end = enrol_email(&stack, &mut person, &page, &email).await?;
    ensure!(is_let_in(&stack, &end), end.text("the same address could not be enrolled again"));
    Ok(())
}
