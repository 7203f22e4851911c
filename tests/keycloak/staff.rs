//! What staff do with factors, seen at Keycloak: a reset through the API takes the credential away, and its owner
//! enrols before anything opens.

use anyhow::{Context as _, Result, ensure};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{
    admin::Admin,
    form::Person,
    stack::Stack,
    staff::{Caller, until},
    turn, unique,
    walk::{PASSWORD, enrol_email, ensure_kept_out, forms, is_let_in, login, signed_up},
};

/// The kinds of second factors that Keycloak holds for somebody.
async fn credentials(admin: &Admin<'_>, user_id: &str) -> Result<Vec<String>> {
    let held = admin.done(Method::GET, &format!("users/{user_id}/credentials"), None).await?;
    let kinds = held.as_array().into_iter().flatten().filter_map(|it| it["type"].as_str());
    Ok(kinds.filter(|kind| kind.starts_with("gh-")).map(str::to_owned).collect())
}

#[tokio::test]
async fn a_factor_that_two_of_staff_reset_is_gone_at_keycloak_and_its_owner_enrols_again() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let email = format!("reset-{}@example.com", unique());
    signed_up(&stack, &email).await?;
    let user_id = admin.id_of(&email).await?;
    let (first, second) = (Caller::sign_in(&stack, &admin).await?, Caller::sign_in(&stack, &admin).await?);

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
