//! Numbers from before, the whole way: from an attribute in Keycloak to a factor that its owner has proven.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use gatehouse::{
    adapters::keycloak::KeycloakClient,
    app::Config,
    otp::{Import, ImportOutcome, ImportResult},
    platform::{clock::SystemClock, entropy::OsEntropy},
};
use reqwest::Method;
use serde_json::json;
use sqlx::PgPool;

use crate::support::{
    admin::Admin,
    form::Person,
    stack::Stack,
    turn, unique,
    walk::{PASSWORD, ensure_kept_out, forms, is_let_in, login},
};

/// An attribute that the realm's profile has; the number of old stands there.
const ATTRIBUTE: &str = "company";
const IMPORTED: &str = "gatehouse-imported";

/// What the stack's service is configured with, as far as an import looks at it.
fn config(stack: &Stack) -> Result<Config> {
    let client = &stack.info.service_client;
    let toml = format!(
        r#"
        http.public_url = "{}"
        database.url = "{}"
        kafka.bootstrap_servers = "localhost:9092"
        keycloak.url = "{}"
        keycloak.realm = "{}"
        keycloak.client_id = "{}"
        keycloak.client_secret = "{}"
        portal.client_secret = "none"
        webhook.secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
        otp.peppers = ["1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]
        mail.host = "localhost"
        mail.from = "Gatehouse <no-reply@example.com>"
        profile = "development"
        "#,
        stack.info.gatehouse_url,
        stack.info.postgres_url,
        stack.info.keycloak_url,
        stack.info.realm,
        client.client_id,
        client.client_secret,
    );
    Ok(Config::from_toml(&toml)?)
}

/// Imports from Keycloak, and says what became of one person.
async fn import(stack: &Stack, pool: &PgPool, user_id: &str, is_dry_run: bool) -> Result<ImportResult> {
    let config = config(stack)?;
    let keycloak = KeycloakClient::new(&config.keycloak)?;
    let ports = (Arc::new(SystemClock) as _, Arc::new(OsEntropy) as _);
    let mut import = Import::new(pool.clone(), &config.otp, &stack.info.realm, ports, is_dry_run);
    let mut found = None;
    let tell = |result: ImportResult| {
        if result.user_id.as_deref() == Some(user_id) {
            found = Some(result);
        }
    };
    import.from_keycloak(&keycloak, ATTRIBUTE, tell).await?;
    found.context("the person was not among them")
}

/// A number of nobody else.
fn number() -> String {
    let digits: u64 = unique().bytes().fold(7, |sum, byte| (sum * 31 + u64::from(byte)) % 100_000_000);
    format!("+62812{digits:08}")
}

#[tokio::test]
async fn a_number_from_keycloaks_attribute_is_offered_and_proven_at_the_next_login() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let pool = PgPool::connect(&stack.info.postgres_url).await?;
    let (email, phone) = (format!("old-{}@example.com", unique()), number());
    let credentials = json!([{"type": "password", "value": PASSWORD, "temporary": false}]);
    let person = json!({"username": email, "email": email, "emailVerified": true, "enabled": true, "firstName": "Ani",
        "lastName": "Wijaya", "attributes": {"company": [phone], "country": ["ID"]}, "credentials": credentials});
    let user_id = admin.create("users", &person).await?;
    let deadline = Instant::now() + Duration::from_mins(1);
    while import(&stack, &pool, &user_id, true).await.is_err() {
        ensure!(Instant::now() < deadline, "the directory has not heard of the person");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    ensure!(import(&stack, &pool, &user_id, false).await?.outcome == ImportOutcome::New);
    ensure!(import(&stack, &pool, &user_id, false).await?.outcome == ImportOutcome::Unchanged);

    let mut browser = Person::new()?;
    let page = login(&stack, &mut browser, &email, PASSWORD).await?;
    ensure!(page.has_form(forms::CHOOSE), page.text("an import let somebody in"));
    let page = browser.submit_to(&page, forms::CHOOSE, &[("option", "gh-enrol-sms")]).await?;
    let hint = format!("+62 ••• {}", &phone[phone.len() - 2..]);
    ensure!(page.has_form(IMPORTED) && page.html.contains(&hint), page.text("the number is not offered"));
    ensure!(!page.html.contains(&phone), page.text("the number is shown in full"));
    ensure!(stack.messages(&phone).await?.is_empty(), "a code was sent before anybody asked");
    let page = browser.submit_to(&page, IMPORTED, &[("action", "imported")]).await?;
    ensure!(page.has_form(forms::CODE), page.text("no code is asked for"));
    ensure_kept_out(&stack, &page)?;
    let held = admin.done(Method::GET, &format!("users/{user_id}/credentials"), None).await?;
    ensure!(!held.to_string().contains("gh-sms"), "a factor before its code: {held}");

    let code = stack.mailed_code(&phone, 0).await?;
    let end = browser.submit_to(&page, forms::CODE, &[("code", &code)]).await?;
    ensure!(is_let_in(&stack, &end), end.text("the right code did not open"));
    let held = admin.done(Method::GET, &format!("users/{user_id}/credentials"), None).await?;
    ensure!(held.to_string().contains(&hint), "no credential: {held}");
    ensure!(import(&stack, &pool, &user_id, false).await?.outcome == ImportOutcome::Proven);
    Ok(())
}

#[tokio::test]
async fn who_has_another_number_now_types_it_and_an_expired_code_is_sent_there_again() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let pool = PgPool::connect(&stack.info.postgres_url).await?;
    let email = format!("moved-{}@example.com", unique());
    let (old, new) = (number(), number());
    let user_id = admin.create_person(&email, PASSWORD).await?;
    sqlx::query(
        "INSERT INTO otp_imports (realm, user_id, channel, destination, hint) VALUES ($1, $2, 'sms', $3, 'old')",
    )
    .bind(&stack.info.realm)
    .bind(&user_id)
    .bind(&old)
    .execute(&pool)
    .await?;

    let mut browser = Person::new()?;
    let page = login(&stack, &mut browser, &email, PASSWORD).await?;
    let page = browser.submit_to(&page, forms::CHOOSE, &[("option", "gh-enrol-sms")]).await?;
    let page = browser.submit_to(&page, forms::ENROL, &[("destination", &new)]).await?;
    ensure!(page.has_form(forms::CODE), page.text("no code is asked for"));
    stack.mailed_code(&new, 0).await?;
    sqlx::query("UPDATE otp_challenges SET expires_at = now() - interval '1 second' WHERE user_id = $1")
        .bind(&user_id)
        .execute(&pool)
        .await?;
    let page = browser.submit_to(&page, forms::CODE, &[("code", "000000")]).await?;
    ensure!(page.has_form(forms::CODE), page.text("an expired code ends the enrolment"));
    let page = browser.submit_to(&page, "gatehouse-resend", &[("action", "resend")]).await?;
    ensure!(page.has_form(forms::CODE), page.text("no new code is asked for"));
    let code = stack.mailed_code(&new, 1).await?;
    let end = browser.submit_to(&page, forms::CODE, &[("code", &code)]).await?;
    ensure!(is_let_in(&stack, &end), end.text("the right code did not open"));
    ensure!(stack.messages(&old).await?.is_empty(), "a code went to the number of old");
    Ok(())
}
