//! Login by an identity provider: another realm of the same Keycloak.

use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::support::{
    admin::Admin,
    form::{Page, Person},
    stack::Stack,
    turn, unique,
    walk::{PASSWORD, enrol_email, ensure_kept_out, forms, is_let_in},
};

const REVIEW: &str = "kc-idp-review-profile-form";

/// A realm elsewhere that vouches for one person, and the door to it in ours.
struct Elsewhere {
    alias: String,
    email: String,
}

impl Elsewhere {
    async fn open(stack: &Stack, admin: &Admin<'_>) -> Result<Self> {
        let alias = format!("elsewhere-{}", unique());
        let email = format!("guest-{}@example.com", unique());
        let endpoint =
            format!("{}/realms/{}/broker/{alias}/endpoint", stack.info.keycloak_url, stack.info.realm);
        let user = json!({"username": email, "email": email, "emailVerified": true, "enabled": true, "firstName": "Ani",
            "lastName": "Wijaya", "credentials": [{"type": "password", "value": PASSWORD}]});
        let client =
            json!({"clientId": "gatehouse", "secret": "not secret in a test", "redirectUris": [endpoint]});
        let realm = json!({"realm": alias, "enabled": true, "sslRequired": "none", "users": [user], "clients": [client]});
        admin.create_realm(&realm).await?;

        let oidc = format!("{}/realms/{alias}/protocol/openid-connect", stack.info.keycloak_url);
        let config = json!({"clientId": "gatehouse", "clientSecret": "not secret in a test",
            "clientAuthMethod": "client_secret_post", "authorizationUrl": format!("{oidc}/auth"),
            "tokenUrl": format!("{oidc}/token"), "userInfoUrl": format!("{oidc}/userinfo"),
            "defaultScope": "openid email profile", "syncMode": "IMPORT"});
        let provider = json!({"alias": alias, "providerId": "oidc", "enabled": true, "trustEmail": true, "config": config,
            "postBrokerLoginFlowAlias": "gatehouse post broker login"});
        admin.done(Method::POST, "identity-provider/instances", Some(provider)).await?;
        Ok(Self { alias, email })
    }

    /// Comes from the portal, says who they are over there, and is back.
    async fn come_in(&self, stack: &Stack, person: &mut Person) -> Result<Page> {
        self.come_to(stack.portal_login()?, person).await
    }

    /// The same with any address of a login.
    async fn come_to(&self, mut url: Url, person: &mut Person) -> Result<Page> {
        url.query_pairs_mut().append_pair("kc_idp_hint", &self.alias);
        let page = person.open(url).await?;
        if !page.has_form(forms::LOGIN) {
            return Ok(page);
        }
        ensure!(page.url.path().contains(&self.alias), page.text("not at the other realm"));
        person.submit_to(&page, forms::LOGIN, &[("username", &self.email), ("password", PASSWORD)]).await
    }

    /// The same for the first time, to the end of the enrolment.
    async fn join(&self, stack: &Stack) -> Result<()> {
        let mut person = Person::new()?;
        let mut page = self.come_in(stack, &mut person).await?;
        ensure_kept_out(stack, &page)?;
        if page.has_form(REVIEW) {
            let fields = [
                ("email", self.email.as_str()),
                ("firstName", "Ani"),
                ("lastName", "Wijaya"),
                ("company", &self.alias),
                ("country", "SG"),
                ("locale", "en"),
            ];
            page = person.submit_to(&page, REVIEW, &fields).await?;
        }
        ensure!(page.has_form(forms::CHOOSE), page.text("no choice of a second factor"));
        ensure_kept_out(stack, &person.open(stack.account_login()?).await?)?;
        let page = self.come_in(stack, &mut person).await?;
        ensure!(page.has_form(forms::CHOOSE), page.text("the second try got further"));
        let end = enrol_email(stack, &mut person, &page, &self.email).await?;
        ensure!(is_let_in(stack, &end), end.text("not let in at last"));
        Ok(())
    }

    async fn leave_out_the_flow(&self, admin: &Admin<'_>) -> Result<()> {
        let path = format!("identity-provider/instances/{}", self.alias);
        let mut provider = admin.done(Method::GET, &path, None).await?;
        provider["postBrokerLoginFlowAlias"] = Value::Null;
        admin.done(Method::PUT, &path, Some(provider)).await?;
        Ok(())
    }
}

#[tokio::test]
async fn an_identity_provider_stands_in_for_the_password_never_for_the_second_factor() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let elsewhere = Elsewhere::open(&stack, &Admin::new(&stack)?).await?;
    elsewhere.join(&stack).await?;

    let before = stack.messages(&elsewhere.email).await?.len();
    let mut again = Person::new()?;
    let page = elsewhere.come_in(&stack, &mut again).await?;
    ensure!(page.has_form(forms::CODE), page.text("the factor was not asked for"));
    ensure_kept_out(&stack, &again.open(stack.account_login()?).await?)?;
    let page = elsewhere.come_in(&stack, &mut again).await?;
    let code = stack.mailed_code(&elsewhere.email, before).await?;
    let end = again.submit_to(&page, forms::CODE, &[("code", &code)]).await?;
    ensure!(is_let_in(&stack, &end), end.text("the right code did not open"));
    Ok(())
}

#[tokio::test]
async fn who_comes_by_an_identity_provider_is_as_strong_as_the_factor_and_no_stronger() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let elsewhere = Elsewhere::open(&stack, &Admin::new(&stack)?).await?;
    elsewhere.join(&stack).await?;
    let insisting = |level: &str| -> Result<Url> {
        let mut url = stack.portal_login()?;
        let claims = json!({"id_token": {"acr": {"essential": true, "values": [level]}}});
        url.query_pairs_mut().append_pair("claims", &claims.to_string());
        Ok(url)
    };
    for (level, opens) in [("sms", false), ("email", true)] {
        let before = stack.messages(&elsewhere.email).await?.len();
        let mut person = Person::new()?;
        let page = elsewhere.come_to(insisting(level)?, &mut person).await?;
        ensure!(page.has_form(forms::CODE), page.text("the factor was not asked for"));
        let code = stack.mailed_code(&elsewhere.email, before).await?;
        let end = person.submit_to(&page, forms::CODE, &[("code", &code)]).await?;
        ensure!(is_let_in(&stack, &end) == opens, end.text(level));
    }
    Ok(())
}

#[tokio::test]
async fn an_identity_provider_set_up_without_the_second_factor_is_a_dead_end() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let elsewhere = Elsewhere::open(&stack, &admin).await?;
    elsewhere.join(&stack).await?;
    elsewhere.leave_out_the_flow(&admin).await?;

    let mut person = Person::new()?;
    let page = elsewhere.come_in(&stack, &mut person).await?;
    ensure_kept_out(&stack, &page)?;
    ensure!(
        !page.has_form(forms::CHOOSE) && !page.has_form(forms::ENROL),
        page.text("another factor could be enrolled")
    );
    for url in [stack.portal_login()?, stack.account_login()?] {
        ensure_kept_out(&stack, &person.open(url).await?)?;
    }
    Ok(())
}
