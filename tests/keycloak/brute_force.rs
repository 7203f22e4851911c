//! Wrong codes count in Keycloak's own protection against guessing, too.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    admin::Admin,
    form::{Page, Person},
    stack::Stack,
    turn, unique,
    walk::{PASSWORD, ensure_kept_out, forms, is_let_in, login, signed_up},
};

/// The failures that Keycloak counts, once they are `expected`; it counts them by the way, on another thread.
async fn ensure_counted(admin: &Admin<'_>, user: &str, expected: i64) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(15);
    let path = format!("attack-detection/brute-force/users/{user}");
    loop {
        let seen = admin.done(Method::GET, &path, None).await?;
        if seen["numFailures"] == expected {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "expected {expected} failures, Keycloak says {seen}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn guess(person: &mut Person, page: &Page, code: &str) -> Result<Page> {
    let wrong: String = code.chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect();
    person.submit_to(page, forms::CODE, &[("code", &wrong)]).await
}

/// What the page says is wrong, without the number of tries that are left.
fn complaint(page: &Page) -> String {
    let text = page.html.split("id=\"input-error-code\"").nth(1).unwrap_or_default();
    let text = text.split_once('>').map_or("", |(_, rest)| rest).split('<').next().unwrap_or_default();
    text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>().trim().to_owned()
}

#[tokio::test]
async fn a06_26_a06_41_keycloak_counts_wrong_codes_and_its_lock_looks_like_one() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let email = format!("guess-{}@example.com", unique());
    signed_up(&stack, &email).await?;
    let user = admin.id_of(&email).await?;

    let limit = admin.done(Method::GET, "", None).await?["failureFactor"].clone();
    admin.done(Method::PUT, "", Some(json!({"failureFactor": 3}))).await?;
    let walked = guess_until_locked(&stack, &admin, &email, &user).await;
    admin.done(Method::PUT, "", Some(json!({"failureFactor": limit}))).await?;
    walked?;

    admin.done(Method::DELETE, &format!("attack-detection/brute-force/users/{user}"), None).await?;
    let before = stack.messages(&email).await?.len();
    let mut person = Person::new()?;
    let page = login(&stack, &mut person, &email, PASSWORD).await?;
    let code = stack.mailed_code(&email, before).await?;
    let end = person.submit_to(&page, forms::CODE, &[("code", &code)]).await?;
    ensure!(is_let_in(&stack, &end), end.text("the lock outlived its removal"));
    ensure_counted(&admin, &user, 0).await
}

async fn guess_until_locked(stack: &Stack, admin: &Admin<'_>, email: &str, user: &str) -> Result<()> {
    let before = stack.messages(email).await?.len();
    let mut person = Person::new()?;
    let mut page = login(stack, &mut person, email, PASSWORD).await?;
    let code = stack.mailed_code(email, before).await?;
    let mut said = Vec::new();
    for count in 1..=3 {
        page = guess(&mut person, &page, &code).await?;
        ensure_kept_out(stack, &page)?;
        ensure_counted(admin, user, count).await?;
        said.push(complaint(&page));
    }
    let locked = admin.done(Method::GET, &format!("attack-detection/brute-force/users/{user}"), None).await?;
    ensure!(locked["disabled"] == Value::Bool(true), "not locked after three: {locked}");

    let refused = person.submit_to(&page, forms::CODE, &[("code", &code)]).await?;
    ensure_kept_out(stack, &refused)?;
    said.push(complaint(&refused));
    ensure!(!said[0].is_empty() && said.iter().all(|words| *words == said[0]), "told apart: {said:?}");
    Ok(())
}
