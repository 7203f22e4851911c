//! Who has to enrol a second factor: everybody, unless the very word `optional` says otherwise.

use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    admin::Admin,
    form::{Page, Person},
    stack::Stack,
    turn, unique,
    walk::{PASSWORD, ensure_kept_out, forms, login, signed_up},
};

const ATTRIBUTE: &str = "gatehouse.second-factor";

/// An application of its own, such as a console for staff.
pub async fn console(admin: &Admin<'_>, attributes: Value) -> Result<String> {
    let client_id = format!("console-{}", unique());
    let client = json!({"clientId": client_id, "publicClient": true, "redirectUris": ["http://console.invalid/*"],
        "attributes": attributes});
    admin.create("clients", &client).await?;
    Ok(client_id)
}

pub async fn login_at(stack: &Stack, person: &mut Person, client: &str, email: &str) -> Result<Page> {
    let page = person.open(stack.login_url(client, "http://console.invalid/in")?).await?;
    if !page.has_form(forms::LOGIN) {
        return Ok(page);
    }
    person.submit_to(&page, forms::LOGIN, &[("username", email), ("password", PASSWORD)]).await
}

pub fn is_at_console(page: &Page) -> bool {
    page.url.host_str() == Some("console.invalid") && page.url.query_pairs().any(|(name, _)| name == "code")
}

#[tokio::test]
async fn a_console_that_may_go_without_opens_for_who_has_no_factor_and_nothing_else_does() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let client = console(&admin, json!({ATTRIBUTE: "optional"})).await?;
    let email = format!("console-{}@example.com", unique());
    admin.create_person(&email, PASSWORD).await?;

    let mut person = Person::new()?;
    let page = login_at(&stack, &mut person, &client, &email).await?;
    ensure!(is_at_console(&page), page.text("the console did not open"));
    let page = person.open(stack.portal_login()?).await?;
    ensure!(page.has_form(forms::CHOOSE), page.text("the session of the console opened the portal"));
    Ok(())
}

#[tokio::test]
async fn who_has_a_factor_is_asked_for_it_even_where_it_is_optional() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let client = console(&Admin::new(&stack)?, json!({ATTRIBUTE: "optional"})).await?;
    let email = format!("asked-{}@example.com", unique());
    signed_up(&stack, &email).await?;

    let mut person = Person::new()?;
    let page = login_at(&stack, &mut person, &client, &email).await?;
    ensure!(page.has_form(forms::CODE), page.text("the factor was not asked for"));
    ensure_kept_out(&stack, &page)
}

#[tokio::test]
async fn a_broken_or_missing_setting_means_mandatory() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let email = format!("broken-{}@example.com", unique());
    admin.create_person(&email, PASSWORD).await?;

    for value in [None, Some("optinal"), Some("false"), Some("none"), Some("mandatory")] {
        let attributes = value.map_or(json!({}), |value| json!({ATTRIBUTE: value}));
        let client = console(&admin, attributes).await?;
        let page = login_at(&stack, &mut Person::new()?, &client, &email).await?;
        ensure!(page.has_form(forms::CHOOSE), page.text(&format!("{value:?} let somebody in")));
    }
    Ok(())
}

#[tokio::test]
async fn the_realm_can_make_it_optional_and_a_client_can_take_that_back() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let email = format!("realm-{}@example.com", unique());
    admin.create_person(&email, PASSWORD).await?;
    let plain = console(&admin, json!({})).await?;
    let strict = console(&admin, json!({ATTRIBUTE: "mandatory"})).await?;

    let before = admin.done(Method::GET, "", None).await?["attributes"].clone();
    let mut optional = before.clone();
    optional[ATTRIBUTE] = "optional".into();
    admin.done(Method::PUT, "", Some(json!({"attributes": optional}))).await?;
    let open = login_at(&stack, &mut Person::new()?, &plain, &email).await;
    let shut = login_at(&stack, &mut Person::new()?, &strict, &email).await;
    let mut mandatory = before;
    mandatory[ATTRIBUTE] = "mandatory".into();
    admin.done(Method::PUT, "", Some(json!({"attributes": mandatory}))).await?;

    let (open, shut) = (open?, shut?);
    ensure!(is_at_console(&open), open.text("the realm's word did not count"));
    ensure!(shut.has_form(forms::CHOOSE), shut.text("the client's word did not count"));
    Ok(())
}

#[tokio::test]
async fn a_realm_without_the_choice_lets_nobody_in_instead_of_everybody() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let email = format!("no-choice-{}@example.com", unique());
    admin.create_person(&email, PASSWORD).await?;

    let path = "authentication/required-actions/gh-choose-factor";
    let action = admin.done(Method::GET, path, None).await?;
    let mut disabled = action.clone();
    disabled["enabled"] = false.into();
    admin.done(Method::PUT, path, Some(disabled)).await?;
    let page = login(&stack, &mut Person::new()?, &email, PASSWORD).await;
    admin.done(Method::PUT, path, Some(action)).await?;

    let page = page?;
    ensure_kept_out(&stack, &page)?;
    ensure!(!page.has_form(forms::CHOOSE), page.text("the choice was switched off"));
    Ok(())
}

#[tokio::test]
async fn who_lost_the_factor_enrols_again_before_anything_opens() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let email = format!("lost-{}@example.com", unique());
    signed_up(&stack, &email).await?;
    let id = admin.id_of(&email).await?;
    let credentials = admin.done(Method::GET, &format!("users/{id}/credentials"), None).await?;
    for credential in credentials.as_array().into_iter().flatten() {
        if credential["type"] == "gh-email" {
            let path = format!("users/{id}/credentials/{}", credential["id"].as_str().unwrap_or_default());
            admin.done(Method::DELETE, &path, None).await?;
        }
    }

    let page = login(&stack, &mut Person::new()?, &email, PASSWORD).await?;
    ensure!(page.has_form(forms::CHOOSE), page.text("no choice of a second factor"));
    ensure_kept_out(&stack, &page)
}

#[tokio::test]
async fn a_factor_that_was_never_proved_opens_nothing() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let email = format!("forged-{}@example.com", unique());
    let data = json!({"factor_id": "0193a5e0-0000-7000-8000-000000000000", "channel": "email", "hint": "x••@example.com"});
    let credentials = json!([
        {"type": "password", "value": PASSWORD, "temporary": false},
        {"type": "gh-email", "credentialData": data.to_string(), "secretData": "{}"},
    ]);
    let person = json!({"username": email, "email": email, "emailVerified": true, "enabled": true, "firstName": "Ani",
        "lastName": "Wijaya", "attributes": {"company": [email], "country": ["SG"]}, "credentials": credentials});
    let id = admin.create("users", &person).await?;
    let listed = admin.done(Method::GET, &format!("users/{id}/credentials"), None).await?;
    ensure!(listed.to_string().contains("gh-email"), "the credential was not taken: {listed}");

    let mut browser = Person::new()?;
    let page = login(&stack, &mut browser, &email, PASSWORD).await?;
    ensure_kept_out(&stack, &page)?;
    ensure!(!page.has_form(forms::CODE) && !page.has_form(forms::CHOOSE), page.text("a way on"));
    let page = browser.open(stack.account_login()?).await?;
    ensure_kept_out(&stack, &page)?;
    assert_eq!(stack.messages(&email).await?.len(), 0, "a code was sent to an address that nobody proved");
    Ok(())
}
