//! Every door of the realm, tried without the second factor.

use anyhow::{Result, ensure};
use reqwest::Client;
use serde_json::Value;

use crate::support::{
    admin::Admin,
    form::{Page, Person},
    stack::Stack,
    turn, unique,
    walk::{
        PASSWORD, enrol_email, ensure_kept_out, forms, is_let_in, login, register, reload_url, signed_up,
    },
};

#[tokio::test]
async fn no_client_gets_a_token_for_a_password() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let email = format!("grant-{}@example.com", unique());
    Admin::new(&stack)?.create_person(&email, PASSWORD).await?;
    let url =
        format!("{}/realms/{}/protocol/openid-connect/token", stack.info.keycloak_url, stack.info.realm);
    let service = &stack.info.service_client;

    for (client, secret) in [
        ("admin-cli", ""),
        ("account-console", ""),
        (service.client_id.as_str(), service.client_secret.as_str()),
    ] {
        let form = [
            ("grant_type", "password"),
            ("client_id", client),
            ("client_secret", secret),
            ("username", &email),
            ("password", PASSWORD),
        ];
        let answer = Client::new().post(&url).form(&form).send().await?;
        let (status, body): (_, Value) = (answer.status(), answer.json().await?);
        assert_eq!((status.as_u16(), body["error"].as_str()), (400, Some("unauthorized_client")), "{client}");
    }
    Ok(())
}

#[tokio::test]
async fn a_sign_up_reaches_nothing_before_address_and_second_factor_are_proved() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let email = format!("sign-up-{}@example.com", unique());
    let mut person = Person::new()?;

    let sent = register(&stack, &mut person, &email).await?;
    ensure_kept_out(&stack, &sent)?;
    ensure_nothing_opens(&stack, &mut person).await?;

    let choice = person.open(stack.mailed_link(&email, 0).await?).await?;
    ensure!(choice.has_form(forms::CHOOSE), choice.text("no choice of a second factor"));
    ensure_nothing_opens(&stack, &mut person).await?;

    let end = enrol_email(&stack, &mut person, &choice, &email).await?;
    ensure!(is_let_in(&stack, &end), end.text("not let in at last"));
    Ok(())
}

/// Asks for the portal and the account console in the same browser, as in another tab.
async fn ensure_nothing_opens(stack: &Stack, person: &mut Person) -> Result<()> {
    for url in [stack.portal_login()?, stack.account_login()?] {
        let page = person.open(url).await?;
        ensure_kept_out(stack, &page)?;
    }
    Ok(())
}

#[tokio::test]
async fn a06_24_a06_25_a_login_needs_the_code_and_no_reload_sends_or_skips_it() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let email = format!("login-{}@example.com", unique());
    signed_up(&stack, &email).await?;
    let before = stack.messages(&email).await?.len();

    let mut person = Person::new()?;
    let mut page = login(&stack, &mut person, &email, PASSWORD).await?;
    ensure!(page.has_form(forms::CODE), page.text("no question for the code"));
    let code = stack.mailed_code(&email, before).await?;
    for _ in 0..3 {
        page = person.open(reload_url(&page, forms::CODE)?).await?;
        ensure!(page.has_form(forms::CODE), page.text("the reload lost the step"));
    }
    assert_eq!(stack.messages(&email).await?.len(), before + 1, "a reload sent a message");

    skip(&stack, &mut person, &page).await?;
    let mut other = Person::new()?;
    let other_page = login(&stack, &mut other, &email, PASSWORD).await?;
    ensure!(other_page.has_form(forms::CODE), other_page.text("another browser is not asked"));
    let foreign = other.submit_to(&other_page, forms::CODE, &[("code", &wrong(&code))]).await?;
    ensure_kept_out(&stack, &foreign)?;

    let mut page = login(&stack, &mut person, &email, PASSWORD).await?;
    page = person.submit_to(&page, forms::CODE, &[("code", &wrong(&code))]).await?;
    ensure_kept_out(&stack, &page)?;
    let end = enter_until_counted(&stack, &mut person, page, &email).await?;
    ensure!(is_let_in(&stack, &end), end.text("the right code did not open"));
    Ok(())
}

/// Calls the steps behind the code directly, with the session that waits for it.
async fn skip(stack: &Stack, person: &mut Person, page: &Page) -> Result<()> {
    for execution in
        ["gh-choose-factor", "gh-enrol-email", "gh-enrol-sms", "CONFIGURE_TOTP", "UPDATE_PASSWORD"]
    {
        let mut url = page.action_of(forms::CODE)?;
        url.set_path(&url.path().replace("/authenticate", "/required-action"));
        let kept: Vec<(String, String)> =
            url.query_pairs().into_owned().filter(|(name, _)| name != "execution").collect();
        url.query_pairs_mut().clear().extend_pairs(kept).append_pair("execution", execution);
        let reached = person.open(url).await?;
        ensure_kept_out(stack, &reached)?;
        ensure!(
            !reached.has_form(forms::ENROL) && !reached.has_form(forms::CHOOSE),
            reached.text("a step was skipped")
        );
    }
    Ok(())
}

/// Types the code that was sent last. Keycloak refuses an attempt while it still counts the one before, with the words of
/// a wrong code, so the code is typed again until it counts.
async fn enter_until_counted(
    stack: &Stack,
    person: &mut Person,
    mut page: Page,
    email: &str,
) -> Result<Page> {
    let code = stack.mailed_code(email, 0).await?;
    for _ in 0..20 {
        page = person.submit_to(&page, forms::CODE, &[("code", &code)]).await?;
        if !page.has_form(forms::CODE) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    Ok(page)
}

fn wrong(code: &str) -> String {
    code.chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect()
}

#[tokio::test]
async fn somebody_made_by_an_administrator_enrols_before_anything_opens() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let email = format!("made-{}@example.com", unique());
    Admin::new(&stack)?.create_person(&email, PASSWORD).await?;

    let mut person = Person::new()?;
    let choice = login(&stack, &mut person, &email, PASSWORD).await?;
    ensure!(choice.has_form(forms::CHOOSE), choice.text("no choice of a second factor"));
    ensure_nothing_opens(&stack, &mut person).await?;
    Ok(())
}

#[tokio::test]
async fn a06_27_a06_38_a_forgotten_password_needs_the_code_and_tells_nobody_who_is_known() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let email = format!("forgot-{}@example.com", unique());
    let nobody = format!("forgot-{}@example.com", unique());
    signed_up(&stack, &email).await?;
    let before = stack.messages(&email).await?.len();

    let mut person = Person::new()?;
    let known = ask_for_link(&stack, &mut person, &email).await?;
    let unknown = ask_for_link(&stack, &mut Person::new()?, &nobody).await?;
    assert_eq!((known.status, visible(&known, &email)), (unknown.status, visible(&unknown, &nobody)));
    assert_eq!(stack.messages(&nobody).await?.len(), 0);

    let page = person.open(stack.mailed_link(&email, before).await?).await?;
    ensure!(page.has_form(forms::CODE), page.text("the link alone was enough"));
    let code = stack.mailed_code(&email, before + 1).await?;
    let page = person.submit_to(&page, forms::CODE, &[("code", &code)]).await?;
    let password = "another horse battery staple";
    let fields = [("password-new", password), ("password-confirm", password)];
    let end = person.submit_to(&page, forms::NEW_PASSWORD, &fields).await?;
    ensure!(is_let_in(&stack, &end), end.text("the new password was not taken"));

    let mut again = Person::new()?;
    let page = login(&stack, &mut again, &email, password).await?;
    ensure!(page.has_form(forms::CODE), page.text("the new password is not asked with a code"));
    Ok(())
}

async fn ask_for_link(stack: &Stack, person: &mut Person, email: &str) -> Result<Page> {
    let page = person.open(stack.portal_login()?).await?;
    let mut url = page.action_of(forms::LOGIN)?;
    url.set_path(&url.path().replace("/authenticate", "/reset-credentials"));
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .into_owned()
        .filter(|(name, _)| name != "session_code" && name != "execution")
        .collect();
    url.query_pairs_mut().clear().extend_pairs(kept);
    let page = person.open(url).await?;
    person.submit_to(&page, forms::RESET, &[("username", email)]).await
}

/// The words on the page, without the addresses of this very session.
fn visible(page: &Page, email: &str) -> String {
    let mut text = String::new();
    let body = page.html.split("<body").nth(1).unwrap_or_default();
    for part in body.split('<') {
        let script = part.starts_with("script") || part.starts_with("style");
        if let (false, Some((_, words))) = (script, part.split_once('>')) {
            text.push_str(words.trim());
        }
    }
    text.replace(email, "")
}

#[tokio::test]
async fn while_the_service_is_away_nobody_gets_in_and_the_page_says_so() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let email = format!("away-{}@example.com", unique());
    signed_up(&stack, &email).await?;

    stack.kill("gatehouse").await?;
    let mut person = Person::new()?;
    let page = login(&stack, &mut person, &email, PASSWORD).await;
    let still = match &page {
        Ok(page) => person.submit_to(page, forms::RETRY, &[("action", "retry")]).await,
        Err(_) => Person::new()?.open(stack.portal_login()?).await,
    };
    stack.start("gatehouse").await?;
    let (page, still) = (page?, still?);
    ensure!(page.has_form(forms::RETRY) && still.has_form(forms::RETRY), still.text("no word of the outage"));
    ensure_kept_out(&stack, &still)?;

    let page = person.submit_to(&still, forms::RETRY, &[("action", "retry")]).await?;
    ensure!(page.has_form(forms::CODE), page.text("no code after the outage"));
    Ok(())
}

#[tokio::test]
async fn an_application_that_asks_for_less_gets_no_less() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let email = format!("less-{}@example.com", unique());
    signed_up(&stack, &email).await?;

    let least = r#"{"id_token":{"acr":{"essential":true,"values":["device"]}}}"#;
    let asked = [
        ("acr_values", "0"),
        ("acr_values", "device"),
        ("acr_values", "nothing at all"),
        ("claims", least),
        ("prompt", "login"),
        ("prompt", "consent"),
        ("max_age", "100000000"),
        ("kc_action", "gh-choose-factor"),
        ("kc_action", "gh-enrol-sms"),
        ("kc_action", "no-such-action"),
    ];
    for (name, value) in asked {
        let mut person = Person::new()?;
        let mut url = stack.portal_login()?;
        url.query_pairs_mut().append_pair(name, value);
        let page = person.open(url).await?;
        if !page.has_form(forms::LOGIN) {
            ensure_kept_out(&stack, &page)?;
            continue;
        }
        let fields = [("username", email.as_str()), ("password", PASSWORD)];
        let page = person.submit_to(&page, forms::LOGIN, &fields).await?;
        ensure!(
            page.has_form(forms::CODE) || page.has_form(forms::RETRY),
            page.text(&format!("{name}={value} is not asked for the code"))
        );
        ensure_nothing_opens(&stack, &mut person).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a06_24_the_same_form_sent_twice_costs_one_try_and_sends_nothing() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let email = format!("twice-{}@example.com", unique());
    signed_up(&stack, &email).await?;
    let before = stack.messages(&email).await?.len();
    let mut person = Person::new()?;
    let first = login(&stack, &mut person, &email, PASSWORD).await?;
    let code = stack.mailed_code(&email, before).await?;
    let wrong = wrong(&code);

    let told = person.submit_to(&first, forms::CODE, &[("code", &wrong)]).await?;
    ensure!(told.html.contains("Tries left: 4"), told.text("the first try was not told"));
    let again = person.submit_to(&first, forms::CODE, &[("code", &wrong)]).await?;
    ensure_kept_out(&stack, &again)?;
    let now = person.open(reload_url(&told, forms::CODE)?).await?;
    let told = person.submit_to(&now, forms::CODE, &[("code", &wrong)]).await?;
    ensure!(told.html.contains("Tries left: 3"), told.text("the second copy of the form cost a try"));
    assert_eq!(stack.messages(&email).await?.len(), before + 1, "a message was sent again");
    Ok(())
}
