//! What systems read by their own credentials, and what becomes of the token of a human who is stopped, with
//! tokens of the real Keycloak.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{
    admin::Admin,
    form::Person,
    stack::Stack,
    staff::{Caller, until},
    turn, unique,
    walk::{PASSWORD, enrol_email, forms, login},
};

/// How long a token may outlive its session at Keycloak.
const SECONDS: Duration = Duration::from_secs(10);

/// Somebody whom an administrator made at Keycloak.
struct Customer {
    id: String,
    email: String,
}

impl Customer {
    /// Whoever names a company first leads it; the others ask to be let in.
    async fn made(admin: &Admin<'_>, company: &str) -> Result<Self> {
        let email = format!("token-{}@example.com", unique());
        let person = json!({"username": email, "email": email, "emailVerified": true, "enabled": true,
            "firstName": "Ani", "lastName": "Wijaya", "attributes": {"company": [company], "country": ["SG"]},
            "credentials": [{"type": "password", "value": PASSWORD, "temporary": false}]});
        Ok(Self { id: admin.create("users", &person).await?, email })
    }

    /// Signs in, with a second factor that is enrolled on the first occasion; their own look at themselves works.
    async fn signs_in<'a>(&self, stack: &'a Stack, admin: &Admin<'_>) -> Result<Caller<'a>> {
        let (mut browser, before) = (Person::new()?, stack.messages(&self.email).await?.len());
        let page = login(stack, &mut browser, &self.email, PASSWORD).await?;
        let end = if page.has_form(forms::CHOOSE) {
            enrol_email(stack, &mut browser, &page, &self.email).await?
        } else {
            let code = stack.mailed_code(&self.email, before).await?;
            browser.submit_to(&page, forms::CODE, &[("code", &code)]).await?
        };
        let caller = Caller::let_in(stack, admin, &end).await?;
        answers(&caller, &self.path("extended"), StatusCode::OK).await?;
        Ok(caller)
    }

    fn path(&self, part: &str) -> String {
        format!("users/{}/{part}", self.id)
    }

    /// Waits until they may sign in at Keycloak, or may not and are nowhere signed in.
    async fn stands(&self, admin: &Admin<'_>, may_sign_in: bool) -> Result<()> {
        until("Keycloak to hear of it", async || {
            let user = admin.done(Method::GET, &format!("users/{}", self.id), None).await?;
            let sessions = admin.done(Method::GET, &format!("users/{}/sessions", self.id), None).await?;
            let is_done = user["enabled"] == may_sign_in && (may_sign_in || sessions == json!([]));
            Ok(if is_done { Ok(()) } else { Err(format!("enabled: {}, {sessions}", user["enabled"])) })
        })
        .await
    }
}

/// Waits until a look ends so.
async fn answers(caller: &Caller<'_>, path: &str, expected: StatusCode) -> Result<()> {
    until(&format!("{path} to answer {expected}"), async || {
        let status = caller.look(path).await?;
        Ok(if status == expected { Ok(()) } else { Err(status.to_string()) })
    })
    .await
}

/// Makes a system of the operator with these permissions, and signs it in.
async fn system<'a>(stack: &'a Stack, operator: &Caller<'_>, permissions: &[&str]) -> Result<Caller<'a>> {
    let wanted = json!({"name": format!("tests {}", unique()), "permissions": permissions});
    let (status, made) = operator.call(Method::POST, "system/clients", Some(&wanted)).await?;
    ensure!(status == StatusCode::CREATED, "{status} {made}");
    let client_id = made["client_id"].as_str().context("no client")?;
    let mut secret = String::new();
    until("the client to be made at Keycloak", async || {
        let path = format!("system/clients/{client_id}/secret");
        let (status, shown) = operator.call(Method::POST, &path, None).await?;
        shown["client_secret"].as_str().unwrap_or_default().clone_into(&mut secret);
        Ok(if status == StatusCode::OK { Ok(()) } else { Err(format!("{status} {shown}")) })
    })
    .await?;
    Caller::system(stack, client_id, &secret).await
}

#[tokio::test]
async fn a_system_reads_a_person_by_its_credentials_as_far_as_it_was_allowed() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let operator = Caller::sign_in(&stack, &admin).await?;
    let (person, other) =
        (Customer::made(&admin, &unique()).await?, Customer::made(&admin, &unique()).await?);
    let (own, elsewhere) = (person.signs_in(&stack, &admin).await?, other.signs_in(&stack, &admin).await?);
    let reader = system(&stack, &operator, &["people.view", "access.view"]).await?;
    let finder = system(&stack, &operator, &["directory.view"]).await?;
    let counter = system(&stack, &operator, &["records.view"]).await?;
    let (nobody, forger) =
        (Caller::with_token(&stack, ""), Caller::with_token(&stack, "eyJhbGciOiJub25lIn0.e30."));

    for part in ["extended", "access"] {
        let path = person.path(part);
        let (status, shown) = reader.call(Method::GET, &path, None).await?;
        ensure!(
            status == StatusCode::OK && shown["user_id"] == person.id.as_str(),
            "{part}: {status} {shown}"
        );
        let unknown = format!("users/{}/{part}", uuid::Uuid::new_v4());
        for (who, caller, path, expected) in [
            ("oneself", &own, &path, StatusCode::OK),
            ("no token", &nobody, &path, StatusCode::UNAUTHORIZED),
            ("an unsigned token", &forger, &path, StatusCode::UNAUTHORIZED),
            ("who may know, not see", &finder, &path, StatusCode::FORBIDDEN),
            ("who may not even know", &counter, &path, StatusCode::NOT_FOUND),
            ("another company", &elsewhere, &path, StatusCode::NOT_FOUND),
            ("nobody to see", &reader, &unknown, StatusCode::NOT_FOUND),
        ] {
            let status = caller.look(path).await?;
            ensure!(status == expected, "{part}, {who}: {status}, expected {expected}");
        }
    }
    let (_, shown) = reader.call(Method::GET, &person.path("extended"), None).await?;
    ensure!(shown["masked"] == false && shown["second_factors"] == json!(["email"]), "{shown}");

    // It changes nothing, whatever it may look at.
    let why = json!({"reason": "a system has none"});
    let status =
        reader.call(Method::POST, &format!("backoffice/users/{}/block", person.id), Some(&why)).await?.0;
    ensure!(status == StatusCode::FORBIDDEN, "a system blocks somebody: {status}");
    Ok(())
}

#[tokio::test]
async fn whoever_is_blocked_or_disabled_is_refused_at_once_and_at_keycloak_until_let_go_on() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let operator = Caller::sign_in(&stack, &admin).await?;
    let company = unique();
    let leader = Customer::made(&admin, &company).await?;
    let leading = leader.signs_in(&stack, &admin).await?;
    let mut company_id = String::new();
    until("the company to be founded", async || {
        let (_, shown) = leading.call(Method::GET, &leader.path("access"), None).await?;
        shown["companies"][0].as_str().unwrap_or_default().clone_into(&mut company_id);
        Ok(if company_id.is_empty() { Err(shown.to_string()) } else { Ok(()) })
    })
    .await?;
    let member = Customer::made(&admin, &company).await?;
    until("the second person to be let in", async || {
        let path = format!("companies/{company_id}/join-requests/{}/approve", member.id);
        let (status, shown) = leading.call(Method::POST, &path, None).await?;
        Ok(if status == StatusCode::ACCEPTED { Ok(()) } else { Err(format!("{status} {shown}")) })
    })
    .await?;

    let why = json!({"reason": "seen by a test"});
    let of_staff = format!("backoffice/users/{}", member.id);
    let of_company = format!("companies/{company_id}/people/{}", member.id);
    for (by, stop, start) in [
        (&operator, format!("{of_staff}/block"), format!("{of_staff}/unblock")),
        (&leading, format!("{of_company}/disable"), format!("{of_company}/enable")),
    ] {
        let (own, path) = (member.signs_in(&stack, &admin).await?, member.path("extended"));
        for (order, may_sign_in) in [(&stop, false), (&start, true)] {
            let (status, shown) = by.call(Method::POST, order, Some(&why)).await?;
            ensure!(status == StatusCode::ACCEPTED, "{order}: {status} {shown}");
            let status = own.look(&path).await?;
            ensure!(status == StatusCode::UNAUTHORIZED, "the token of before {stop} after {order}: {status}");
            member.stands(&admin, may_sign_in).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_token_is_refused_within_seconds_of_a_logout_at_keycloak() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let person = Customer::made(&admin, &unique()).await?;
    let own = person.signs_in(&stack, &admin).await?;
    let logged_out = Instant::now();
    admin.done(Method::POST, &format!("users/{}/logout", person.id), None).await?;
    answers(&own, &person.path("extended"), StatusCode::UNAUTHORIZED).await?;
    ensure!(logged_out.elapsed() < SECONDS, "it took {:?}", logged_out.elapsed());
    Ok(())
}
