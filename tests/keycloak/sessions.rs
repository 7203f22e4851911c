//! One session a person, and who hears of its end.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    time::timeout,
};

use crate::support::{
    admin::Admin,
    form::{Page, Person},
    stack::Stack,
    turn, unique,
    walk::{PASSWORD, forms, is_let_in, login, signed_up},
};

/// The code challenge of every login here is of this verifier (RFC 7636, appendix B).
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn claims(token: &str) -> Result<Value> {
    let payload = token.split('.').nth(1).context("no JWT")?;
    Ok(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload)?)?)
}

/// The body of the one request that comes.
async fn notified(listener: TcpListener) -> Result<String> {
    let (mut socket, _) = listener.accept().await?;
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    let body = loop {
        let read = socket.read(&mut chunk).await?;
        ensure!(read > 0, "the request broke off");
        request.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            break body.to_owned();
        }
    };
    socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await?;
    Ok(body)
}

#[tokio::test]
async fn a_new_login_ends_the_old_session_and_the_application_hears_which() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let client = format!("heard-{}", unique());
    let attributes = json!({"backchannel.logout.url": format!("http://{address}/"), "backchannel.logout.session.required": "true"});
    let made = json!({"clientId": client, "publicClient": true, "redirectUris": ["http://app.invalid/*"], "attributes": attributes});
    Admin::new(&stack)?.create("clients", &made).await?;
    let email = format!("twice-{}@example.com", unique());
    let mut old = signed_up(&stack, &email).await?;
    let session = session_of(&stack, &mut old, &client).await?;

    let heard = tokio::spawn(notified(listener));
    let before = stack.messages(&email).await?.len();
    let mut fresh = Person::new()?;
    let page = login(&stack, &mut fresh, &email, PASSWORD).await?;
    let code = stack.mailed_code(&email, before).await?;
    let end = fresh.submit_to(&page, forms::CODE, &[("code", &code)]).await?;
    ensure!(is_let_in(&stack, &end), end.text("not let in"));

    let body = timeout(Duration::from_secs(20), heard).await.context("nobody told the application")???;
    let token = body.strip_prefix("logout_token=").with_context(|| format!("no logout token: {body}"))?;
    assert_eq!(claims(token)?["sid"], session);
    let page = old.open(stack.portal_login()?).await?;
    ensure!(page.has_form(forms::LOGIN), page.text("the old session lives"));
    Ok(())
}

/// The `sid` that the application sees, in the ID token and in the access token alike.
async fn session_of(stack: &Stack, person: &mut Person, client: &str) -> Result<Value> {
    let redirect = "http://app.invalid/in";
    let page: Page = person.open(stack.login_url(client, redirect)?).await?;
    let code = page.url.query_pairs().find(|(name, _)| name == "code");
    let code = code.with_context(|| page.text("no code"))?.1.into_owned();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("code", &code),
        ("redirect_uri", redirect),
        ("code_verifier", VERIFIER),
    ];
    let url =
        format!("{}/realms/{}/protocol/openid-connect/token", stack.info.keycloak_url, stack.info.realm);
    let tokens: Value = Client::new().post(url).form(&form).send().await?.error_for_status()?.json().await?;
    let id = claims(tokens["id_token"].as_str().context("no ID token")?)?;
    let access = claims(tokens["access_token"].as_str().context("no access token")?)?;
    ensure!(id["sid"].is_string() && id["sid"] == access["sid"], "no session in the tokens: {id} {access}");
    Ok(id["sid"].clone())
}

#[tokio::test]
async fn the_portal_is_told_of_ended_sessions() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let found = Admin::new(&stack)?.done(Method::GET, "clients?clientId=gatehouse-portal", None).await?;
    let attributes = &found[0]["attributes"];
    let expected = format!("{}/sign-in/backchannel-logout", stack.info.gatehouse_url);
    assert_eq!(attributes["backchannel.logout.url"], expected);
    assert_eq!(attributes["backchannel.logout.session.required"], "true");
    Ok(())
}
