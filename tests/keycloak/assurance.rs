//! How strong a login has to be, where a client says so in its settings.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::{
    obligation::{console, is_at_console, login_at},
    support::{
        admin::Admin,
        form::Person,
        stack::Stack,
        turn, unique,
        walk::{PASSWORD, enrol_email, ensure_kept_out, forms, is_let_in, login, signed_up},
    },
};

/// Keycloak's name of a client's minimum.
const MINIMUM: &str = "minimum.acr.value";
/// Where people add what they lack.
const SIGNING_IN: &str = "/account/account-security/signing-in";

#[tokio::test]
async fn a_client_with_a_minimum_refuses_who_is_weaker_and_says_what_is_missing() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let email = format!("weak-{}@example.com", unique());
    signed_up(&stack, &email).await?;
    let before = stack.messages(&email).await?.len();
    let strict = console(&admin, json!({MINIMUM: "totp"})).await?;
    let mut person = Person::new()?;
    let page = login_at(&stack, &mut person, &strict, &email).await?;
    ensure!(page.has_form(forms::CODE), page.text("the factor was not asked for"));
    let code = stack.mailed_code(&email, before).await?;
    let page = person.submit_to(&page, forms::CODE, &[("code", &code)]).await?;
    ensure!(!is_at_console(&page), page.text("a code by mail was enough"));
    ensure!(page.html.contains(SIGNING_IN), page.text("nothing says what to do"));
    ensure_kept_out(&stack, &page)?;
    let page = person.open(stack.portal_login()?).await?;
    ensure!(!is_let_in(&stack, &page), page.text("the refused login opened another application"));

    let lenient = console(&admin, json!({MINIMUM: "email"})).await?;
    let before = stack.messages(&email).await?.len();
    let mut person = Person::new()?;
    let page = login_at(&stack, &mut person, &lenient, &email).await?;
    let code = stack.mailed_code(&email, before).await?;
    let page = person.submit_to(&page, forms::CODE, &[("code", &code)]).await?;
    ensure!(is_at_console(&page), page.text("what was asked for was not enough"));
    Ok(())
}

#[tokio::test]
async fn who_has_no_factor_may_only_enrol_what_a_client_with_a_minimum_takes() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let email = format!("bare-{}@example.com", unique());
    admin.create_person(&email, PASSWORD).await?;
    let strict = console(&admin, json!({MINIMUM: "totp"})).await?;
    let mut person = Person::new()?;
    let page = login_at(&stack, &mut person, &strict, &email).await?;
    ensure!(page.has_form(forms::CHOOSE), page.text("no choice of a second factor"));
    ensure!(
        !page.html.contains("gh-enrol-email") && page.html.contains("CONFIGURE_TOTP"),
        page.text("too weak a choice")
    );
    let forged = person.submit_to(&page, forms::CHOOSE, &[("option", "gh-enrol-email")]).await?;
    ensure!(!forged.has_form(forms::ENROL), forged.text("a forged choice was taken"));
    ensure_kept_out(&stack, &forged)
}

#[tokio::test]
async fn a_weaker_factor_that_is_enrolled_in_another_login_does_not_open_the_waiting_one() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let email = format!("waits-{}@example.com", unique());
    admin.create_person(&email, PASSWORD).await?;
    let strict = console(&admin, json!({MINIMUM: "totp"})).await?;
    let mut waiting = Person::new()?;
    let page = login_at(&stack, &mut waiting, &strict, &email).await?;
    ensure!(page.has_form(forms::CHOOSE), page.text("no choice of a second factor"));
    let mut elsewhere = Person::new()?;
    let choice = login(&stack, &mut elsewhere, &email, PASSWORD).await?;
    let end = enrol_email(&stack, &mut elsewhere, &choice, &email).await?;
    ensure!(is_let_in(&stack, &end), end.text("the enrolment failed"));
    let page = waiting.submit_to(&page, forms::CHOOSE, &[("option", "CONFIGURE_TOTP")]).await?;
    ensure!(!is_at_console(&page), page.text("the waiting login got in"));
    ensure_kept_out(&stack, &page)
}
