//! Where a person is signed in.

use gatehouse::adapters::keycloak::{KeycloakError, SessionInfo};

use super::world::{Browser, World};
use crate::support::{eventually, keycloak_events::Person};

fn session(id: &str, address: &str) -> SessionInfo {
    SessionInfo {
        session_id: id.to_owned(),
        ip_address: Some(address.to_owned()),
        started_at: chrono::DateTime::from_timestamp(1_794_999_000, 0),
        seen_at: chrono::DateTime::from_timestamp(1_795_000_000, 0),
        applications: vec!["Gatehouse".to_owned()],
    }
}

async fn world() -> (World, Browser) {
    let (world, siti) = (World::new().await, Person::new("siti"));
    world.tell(&siti, 1).await;
    let browser = world.signed_in(&siti, "s-1").await;
    world.keycloak.state().sessions = vec![
        ("siti".to_owned(), session("s-1", "192.0.2.1")),
        ("siti".to_owned(), session("s-9", "198.51.100.7")),
        ("dewi".to_owned(), session("s-5", "203.0.113.5")),
    ];
    (world, browser)
}

#[tokio::test]
async fn a_session_elsewhere_is_shown_and_ended_there() {
    let (world, mut browser) = world().await;
    let page = browser.get("/account/sessions").await.expect(200);
    page.shows("198.51.100.7");
    page.shows("Browser ini");
    page.hides("203.0.113.5");
    page.hides("/account/sessions/s-1/end");
    let (ended, ()) =
        tokio::join!(browser.post("/account/sessions", "/account/sessions/s-9/end", &[]), async {
            let asked = || async {
                sqlx::query_scalar("SELECT count(*) FROM keycloak_commands")
                    .fetch_one(&world.pool)
                    .await
                    .unwrap()
            };
            eventually("the command", asked, |count: &i64| *count == 1).await;
            world.run_commands("siti").await;
        });
    assert_eq!(ended.expect(303).location(), "/account/sessions?done=ended");
    let left: Vec<String> =
        world.keycloak.state().sessions.iter().map(|(_, session)| session.session_id.clone()).collect();
    assert_eq!(left, ["s-1", "s-5"]);
    let over: String =
        sqlx::query_scalar("SELECT session_id FROM ended_sessions").fetch_one(&world.pool).await.unwrap();
    assert_eq!(over, "s-9", "its tokens count no longer");
    browser.get("/account/sessions").await.expect(200).hides("198.51.100.7");
}

#[tokio::test]
async fn while_the_end_of_a_session_waits_the_page_looks_after_itself() {
    let (world, mut browser) = world().await;
    let answer = browser.post("/account/sessions", "/account/sessions/s-9/end", &[]).await.expect(303);
    assert_eq!(answer.location(), "/account/sessions?done=waiting");
    let page = browser.get("/account/sessions?done=waiting").await.expect(200);
    for text in [
        "Sesi sudah berakhir di sini",
        "198.51.100.7",
        r#"id="end-s-9""#,
        r#"hx-get="/account/sessions?done=settled""#,
        r#"<noscript><meta http-equiv="refresh" content="3"></noscript>"#,
    ] {
        page.shows(text);
    }
    // It waits whatever was asked for, and also while Keycloak does not answer.
    browser.get("/account/sessions").await.expect(200).shows("hx-get");
    world.keycloak.state().fault = Some(KeycloakError::Unreachable);
    let part = browser.partial("/account/sessions?done=settled").await.expect(200);
    part.shows("hx-get");
    part.shows("Sesi Anda belum bisa ditampilkan");
    world.keycloak.state().fault = None;

    world.run_commands("siti").await;
    for done in ["settled", "waiting"] {
        let page = browser.get(&format!("/account/sessions?done={done}")).await.expect(200);
        page.shows("Ini sudah selesai. Halaman ini menunjukkan keadaan sekarang.");
        for gone in ["198.51.100.7", "hx-get", "noscript"] {
            page.hides(gone);
        }
    }
    browser.get("/account/sessions").await.expect(200).hides("Ini sudah selesai.");
}

#[tokio::test]
async fn what_keycloak_refuses_to_end_is_told() {
    let (world, mut browser) = world().await;
    browser.post("/account/sessions", "/account/sessions/s-9/end", &[]).await.expect(303);
    sqlx::query("UPDATE keycloak_commands SET payload = NULL, finished_at = now(), refusal = 'refused'")
        .execute(&world.pool)
        .await
        .unwrap();
    let page = browser.get("/account/sessions?done=settled").await.expect(200);
    page.shows("Sesi tidak bisa diakhiri di mana-mana.");
    page.hides("hx-get");
}

#[tokio::test]
async fn the_session_of_somebody_else_is_not_found() {
    let (world, mut browser) = world().await;
    for id in ["s-5", "nothing", &"x".repeat(200)] {
        browser.post("/account/sessions", &format!("/account/sessions/{id}/end"), &[]).await.expect(404);
    }
    assert_eq!(world.keycloak.state().sessions.len(), 3);
    let over: i64 =
        sqlx::query_scalar("SELECT count(*) FROM ended_sessions").fetch_one(&world.pool).await.unwrap();
    assert_eq!(over, 0);
}

#[tokio::test]
async fn while_keycloak_is_away_the_page_says_so() {
    let (world, mut browser) = world().await;
    world.keycloak.state().fault = Some(KeycloakError::Unreachable);
    browser.get("/account/sessions").await.expect(200).shows("Sesi Anda belum bisa ditampilkan");
}
