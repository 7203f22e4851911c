//! Who is signed in, for how long, and in which browser.

use chrono::TimeDelta;
use gatehouse::adapters::keycloak::SessionInfo;

use super::world::World;
use crate::support::keycloak_events::Person;

const SESSION: &str = "__Host-gatehouse-session";

async fn with_siti() -> (World, Person) {
    let (world, siti) = (World::new().await, Person::new("siti"));
    world.tell(&siti, 1).await;
    (world, siti)
}

#[tokio::test]
async fn who_is_not_signed_in_is_sent_to_keycloak_and_back_to_the_page() {
    let (world, siti) = with_siti().await;
    let mut browser = world.browser();
    let first = browser.get("/account").await.expect(303);
    assert_eq!(first.location(), "/sign-in?to=/account");
    let away = browser.get(first.location()).await.expect(303);
    for part in ["https://id.example/auth?", "code_challenge=", "nonce=", "state="] {
        assert!(away.location().contains(part), "{}", away.location());
    }
    let back = browser.sign_in(&world, &siti.id, "s-1", "/account").await;
    assert_eq!(back.location(), "/account");
    browser.get("/account").await.expect(200).shows("Siti Rahma");
}

#[tokio::test]
async fn the_cookies_are_for_this_host_alone_and_no_script_reads_them() {
    let (world, siti) = with_siti().await;
    let mut browser = world.browser();
    let back = browser.sign_in(&world, &siti.id, "s-1", "/account").await;
    let set: Vec<&str> =
        back.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap()).collect();
    let session = set.iter().find(|cookie| cookie.starts_with(SESSION)).unwrap();
    for part in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(session.contains(part), "{session}");
    }
    assert!(!session.contains("Domain"), "{session}");
    let stored: Vec<u8> =
        sqlx::query_scalar("SELECT secret_hash FROM portal_sessions").fetch_one(&world.pool).await.unwrap();
    assert_eq!(stored.len(), 32, "the database holds a hash");
    assert_ne!(stored, browser.cookies[SESSION].as_bytes());
}

#[tokio::test]
async fn an_answer_for_another_browser_signs_nobody_in() {
    let (world, siti) = with_siti().await;
    let (mut victim, mut other) = (world.browser(), world.browser());
    victim.get("/sign-in").await.expect(303);
    let theirs = other.get("/sign-in").await.expect(303);
    let asked = url::Url::parse(theirs.location()).unwrap();
    let state = asked.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    world.provider.allow("code", world.session(&siti.id, "s-1"));
    for path in [
        format!("/sign-in/callback?state={state}&code=code"),
        "/sign-in/callback?code=code".to_owned(),
        "/sign-in/callback".to_owned(),
        "/sign-in/callback?error=access_denied&state=x".to_owned(),
    ] {
        let refused = victim.get(&path).await.expect(303);
        assert_eq!(refused.location(), "/?notice=not-signed-in", "{path}");
        assert!(!victim.cookies.contains_key(SESSION), "{path}");
    }
}

#[tokio::test]
async fn signing_in_again_gives_another_secret_and_ends_the_old_session() {
    let (world, siti) = with_siti().await;
    let mut browser = world.signed_in(&siti, "s-1").await;
    let mut old = browser.clone();
    browser.sign_in(&world, &siti.id, "s-1", "/account").await;
    assert_ne!(old.cookies[SESSION], browser.cookies[SESSION]);
    old.get("/account").await.expect(303);
    browser.get("/account").await.expect(200);
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_and_after_its_life() {
    let (world, siti) = with_siti().await;
    let mut browser = world.signed_in(&siti, "s-1").await;
    world.clock.advance(TimeDelta::minutes(29));
    browser.get("/account").await.expect(200);
    world.clock.advance(TimeDelta::minutes(29));
    browser.get("/account").await.expect(200);
    world.clock.advance(TimeDelta::minutes(30));
    browser.get("/account").await.expect(303);

    let mut busy = world.signed_in(&siti, "s-2").await;
    for _ in 0..23 {
        world.clock.advance(TimeDelta::minutes(25));
        busy.get("/account").await.expect(200);
    }
    world.clock.advance(TimeDelta::minutes(25));
    busy.get("/account").await.expect(303);
}

#[tokio::test]
async fn a_form_without_the_sessions_token_changes_nothing() {
    let (world, siti) = with_siti().await;
    let mut browser = world.signed_in(&siti, "s-1").await;
    let mut other = world.signed_in(&siti, "s-1").await;
    let foreign = other.get("/account").await.form_token();
    for token in ["", "x", foreign.as_str()] {
        let fields = [("first_name", "Eve"), ("last_name", "Eve"), ("language", "en"), ("form_token", token)];
        browser.post_raw("/account", &fields).await.expect(403);
    }
    browser.post_raw("/sign-out", &[]).await.expect(403);
    browser.get("/account").await.expect(200).shows("Siti");
}

#[tokio::test]
async fn signing_out_ends_the_session_here_and_at_keycloak() {
    let (world, siti) = with_siti().await;
    let mut browser = world.signed_in(&siti, "s-1").await;
    let mut stolen = browser.clone();
    let session = SessionInfo {
        session_id: "s-1".to_owned(),
        ip_address: None,
        started_at: None,
        seen_at: None,
        applications: Vec::new(),
    };
    world.keycloak.state().sessions.push(("siti".to_owned(), session));
    let away = browser.post("/account", "/sign-out", &[]).await.expect(303);
    // No token and nobody's name stands in an address.
    assert_eq!(away.location(), "/?notice=signed-out");
    world.run_commands("siti").await;
    assert!(world.keycloak.state().sessions.is_empty());
    assert!(!browser.cookies.contains_key(SESSION));
    stolen.get("/account").await.expect(303);
}

#[tokio::test]
async fn keycloak_ends_sessions_by_itself_and_nobody_else_does() {
    let (world, siti) = with_siti().await;
    let mut browser = world.signed_in(&siti, "s-1").await;
    let mut keycloak = world.browser();
    let path = "/sign-in/backchannel-logout";
    keycloak.post_raw(path, &[("logout_token", "forged")]).await.expect(400);
    browser.get("/account").await.expect(200);
    for _ in 0..2 {
        keycloak.post_raw(path, &[("logout_token", "ended-s-1")]).await.expect(200);
        browser.get("/account").await.expect(303);
    }
}

#[tokio::test]
async fn who_was_disabled_or_deleted_sees_nothing_more() {
    let (world, siti) = with_siti().await;
    let mut browser = world.signed_in(&siti, "s-1").await;
    world.tell(&siti.with("/enabled", false), 2).await;
    browser.get("/account").await.expect(303);
}

#[tokio::test]
async fn pages_run_nothing_inline_stand_in_no_frame_and_are_kept_nowhere() {
    let (world, siti) = with_siti().await;
    let mut browser = world.signed_in(&siti, "s-1").await;
    let page = browser.get("/account").await.expect(200);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    for part in ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self' https://id.example"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
    // `partial` looks at every page for what could run.
    assert!(policy.contains("; script-src 'self'; connect-src 'self';"), "{policy}");
    assert_eq!(page.body.matches("<script").count(), 1);
}

#[tokio::test]
async fn every_page_of_the_navigation_is_there() {
    let (world, siti) = with_siti().await;
    let mut browser = world.signed_in(&siti, "s-1").await;
    for (path, shows) in [
        ("/account/security", "action=password"),
        ("/account/data", "/account/data/export"),
        ("/account/contacts", "siti@contoh.example"),
    ] {
        browser.get(path).await.expect(200).shows(shows);
    }
    let file = browser.get("/account/data/export").await.expect(200);
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let all: serde_json::Value = serde_json::from_str(&file.body).unwrap();
    assert_eq!(all["person"]["first_name"], "Siti");
    assert_eq!(all["contacts"][0]["value"], "siti@contoh.example");
}
