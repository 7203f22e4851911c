//! The ways that people go: sign-up, login, the inbox.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use url::Url;

use super::{
    form::{Page, Person},
    stack::Stack,
};

/// What everybody here uses.
pub const PASSWORD: &str = "correct horse battery staple";

/// The family name that everybody signs up with.
pub const LAST_NAME: &str = "Wijaya";

/// Forms of Keycloak's pages and of ours.
pub mod forms {
    pub const LOGIN: &str = "kc-form-login";
    pub const REGISTER: &str = "kc-register-form";
    pub const RESET: &str = "kc-reset-password-form";
    pub const NEW_PASSWORD: &str = "kc-passwd-update-form";
    pub const CHOOSE: &str = "gatehouse-choose-factor";
    pub const ENROL: &str = "gatehouse-enrol";
    pub const CODE: &str = "gatehouse-code";
    pub const RETRY: &str = "gatehouse-retry";
}

impl Stack {
    /// Asks Keycloak for a login to a client. Its answer is a page, or the client's address when somebody is signed in.
    pub fn login_url(&self, client: &str, redirect: &str) -> Result<Url> {
        let base =
            format!("{}/realms/{}/protocol/openid-connect/auth", self.info.keycloak_url, self.info.realm);
        Ok(Url::parse_with_params(
            &base,
            [
                ("client_id", client),
                ("response_type", "code"),
                ("scope", "openid"),
                ("redirect_uri", redirect),
                // RFC 7636, appendix B.
                ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
                ("code_challenge_method", "S256"),
            ],
        )?)
    }

    /// A login to the portal.
    pub fn portal_login(&self) -> Result<Url> {
        self.login_url("gatehouse-portal", &format!("{}/signed-in", self.info.gatehouse_url))
    }

    /// A login to Keycloak's account console.
    pub fn account_login(&self) -> Result<Url> {
        let console = format!("{}/realms/{}/account/", self.info.keycloak_url, self.info.realm);
        self.login_url("account-console", &console)
    }

    /// All messages to an address, oldest first.
    pub async fn messages(&self, to: &str) -> Result<Vec<Value>> {
        let url = Url::parse_with_params(&format!("{}/messages", self.info.inbox_url), [("to", to)])?;
        Ok(reqwest::get(url).await?.error_for_status()?.json().await?)
    }

    /// The link of the latest mail that has one, once it is there.
    pub async fn mailed_link(&self, to: &str, after: usize) -> Result<Url> {
        let start =
            format!("{}/realms/{}/login-actions/action-token", self.info.keycloak_url, self.info.realm);
        let find = |text: &str| {
            let link = &text[text.find(&start)?..];
            link.split_whitespace().next().map(str::to_owned)
        };
        Ok(self.mailed(to, after, "a link", find).await?.parse()?)
    }

    /// The code of the latest message that has one, once it is there.
    pub async fn mailed_code(&self, to: &str, after: usize) -> Result<String> {
        let find = |text: &str| {
            let digits = text.split(|c: char| !c.is_ascii_digit());
            digits.filter(|word| word.len() == 6).map(str::to_owned).next()
        };
        self.mailed(to, after, "a code", find).await
    }

    async fn mailed(
        &self,
        to: &str,
        after: usize,
        what: &str,
        find: impl Fn(&str) -> Option<String>,
    ) -> Result<String> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let messages = self.messages(to).await?;
            let mut texts = messages.iter().skip(after).rev().filter_map(|message| message["text"].as_str());
            if let Some(found) = texts.find_map(&find) {
                return Ok(found);
            }
            ensure!(Instant::now() < deadline, "no mail with {what} to {to}; there are {}", messages.len());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// Fills in the sign-up form; the page that follows asks to open the mail.
pub async fn register(stack: &Stack, person: &mut Person, email: &str) -> Result<Page> {
    let page = person.open(stack.registration_url()?).await?;
    let fields = [
        ("email", email),
        ("firstName", "Ani"),
        ("lastName", LAST_NAME),
        ("company", email),
        ("country", "ID"),
        ("locale", "en"),
        ("password", PASSWORD),
        ("password-confirm", PASSWORD),
        ("termsAccepted", "on"),
    ];
    person.submit_to(&page, forms::REGISTER, &fields).await
}

/// Types address and password.
pub async fn login(stack: &Stack, person: &mut Person, email: &str, password: &str) -> Result<Page> {
    let page = person.open(stack.portal_login()?).await?;
    person.submit_to(&page, forms::LOGIN, &[("username", email), ("password", password)]).await
}

/// From the page with the choice to the end of the enrolment of codes by e-mail.
pub async fn enrol_email(stack: &Stack, person: &mut Person, choice: &Page, email: &str) -> Result<Page> {
    let page = person.submit_to(choice, forms::CHOOSE, &[("option", "gh-enrol-email")]).await?;
    let before = stack.messages(email).await?.len();
    let page = person.submit_to(&page, forms::ENROL, &[("destination", email)]).await?;
    let code = stack.mailed_code(email, before).await?;
    person.submit_to(&page, forms::CODE, &[("code", &code)]).await
}

/// Signs somebody up with codes by e-mail, to the end.
pub async fn signed_up(stack: &Stack, email: &str) -> Result<Person> {
    let mut person = Person::new()?;
    register(stack, &mut person, email).await?;
    let choice = person.open(stack.mailed_link(email, 0).await?).await?;
    let end = enrol_email(stack, &mut person, &choice, email).await?;
    ensure!(is_let_in(stack, &end), end.text("the sign-up did not end at the portal"));
    Ok(person)
}

/// Whether the page is the portal's address with an authorization code.
pub fn is_let_in(stack: &Stack, page: &Page) -> bool {
    page.url.as_str().starts_with(&stack.info.gatehouse_url)
        && page.url.query_pairs().any(|(name, _)| name == "code")
}

/// Fails when the person got anywhere but to a page of Keycloak that asks for more.
pub fn ensure_kept_out(stack: &Stack, page: &Page) -> Result<()> {
    let has_code = page.url.query_pairs().any(|(name, _)| name == "code");
    let at_keycloak = page.url.as_str().starts_with(&stack.info.keycloak_url);
    ensure!(
        !has_code && at_keycloak && page.status != 302,
        page.text("this page should not have been reached")
    );
    Ok(())
}

/// The address that shows a step again, as the browser's reload button does.
pub fn reload_url(page: &Page, form: &str) -> Result<Url> {
    let mut url = page.action_of(form).context("nothing to reload")?;
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .into_owned()
        .filter(|(name, _)| name != "session_code" && name != "execution")
        .collect();
    url.query_pairs_mut().clear().extend_pairs(kept);
    Ok(url)
}
