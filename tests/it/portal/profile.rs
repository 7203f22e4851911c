//! Name and language.

use super::world::World;
use crate::support::keycloak_events::Person;

#[tokio::test]
async fn a_change_goes_to_keycloak_and_shows_when_it_comes_back() {
    let (world, siti) = (World::new().await, Person::new("siti"));
    world.tell(&siti, 1).await;
    let mut browser = world.signed_in(&siti, "s-1").await;
    let fields = [("first_name", "  Nur "), ("last_name", "Ålesund 李"), ("language", "en")];
    let (answer, ()) = tokio::join!(browser.post("/account", "/account", &fields), async {
        let command = "SELECT count(*) FROM keycloak_commands WHERE kind = 'set_profile'";
        let asked = || async { sqlx::query_scalar(command).fetch_one(&world.pool).await.unwrap() };
        crate::support::eventually("the command", asked, |count: &i64| *count == 1).await;
        world.run_commands("siti").await;
        let changed =
            siti.clone().with("/first_name", "Nur").with("/last_name", "Ålesund 李").with("/locale", "en");
        world.tell(&changed, 2).await;
    });
    assert_eq!(answer.expect(303).location(), "/account?done=saved");
    let (user, change) = world.keycloak.state().changes[0].clone();
    assert_eq!((user.as_str(), change.locale.as_deref()), ("siti", Some("en")));
    let page = browser.get("/account?done=saved").await.expect(200);
    page.shows("Your name and language are saved.");
    page.shows("Nur Ålesund 李");
    let kept: Option<serde_json::Value> =
        sqlx::query_scalar("SELECT payload FROM keycloak_commands").fetch_one(&world.pool).await.unwrap();
    assert_eq!(kept, None, "the name stays nowhere else");
    let recorded: (String, serde_json::Value, serde_json::Value) =
        sqlx::query_as("SELECT action, before, after FROM audit_entries")
            .fetch_one(&world.pool)
            .await
            .unwrap();
    assert_eq!(recorded.0, "person.profile_changed");
    let shown = |first: &str, last: &str, locale: &str| serde_json::json!({"first_name": first, "last_name": last, "locale": locale});
    assert_eq!(recorded.1, shown("S•••", "R•••", "id"));
    assert_eq!(recorded.2, shown("N•••", "Å•••", "en"));
}

#[tokio::test]
async fn each_wrong_field_says_what_is_expected_in_the_persons_language() {
    let (world, siti) = (World::new().await, Person::new("siti"));
    world.tell(&siti, 1).await;
    let mut browser = world.signed_in(&siti, "s-1").await;
    let fields = [("first_name", "<script>"), ("last_name", ""), ("language", "tlh")];
    let page = browser.post("/account", "/account", &fields).await.expect(422);
    page.shows(r##"<a href="#first_name">Isi nama depan Anda"##);
    page.shows(r##"<a href="#last_name">Isi nama belakang Anda"##);
    page.shows(r##"<a href="#language">Pilih salah satu bahasa"##);
    page.shows(r#"aria-invalid="true" aria-describedby="first_name-problem""#);
    page.shows("&#60;script&#62;");
    page.hides("<script>");
    let asked: i64 =
        sqlx::query_scalar("SELECT count(*) FROM keycloak_commands").fetch_one(&world.pool).await.unwrap();
    assert_eq!(asked, 0);
}

#[tokio::test]
async fn while_keycloak_is_away_the_change_waits_and_the_page_says_so() {
    let (world, siti) = (World::new().await, Person::new("siti"));
    world.tell(&siti, 1).await;
    let mut browser = world.signed_in(&siti, "s-1").await;
    let fields = [("first_name", "Nur"), ("last_name", "Aini"), ("language", "ms")];
    let answer = browser.post("/account", "/account", &fields).await.expect(303);
    assert_eq!(answer.location(), "/account?done=waiting");
    let page = browser.get("/account?done=waiting").await.expect(200);
    for text in [
        "Perubahan Anda sedang diproses",
        "<bdi>Nur</bdi>",
        "Bahasa Melayu",
        r#"hx-get="/account?done=look""#,
        r#"<noscript><meta http-equiv="refresh" content="3"></noscript>"#,
    ] {
        page.shows(text);
    }
    page.hides(r#"name="first_name""#);
    // It waits whatever was asked for, and the script goes on looking, also while only the event is missing.
    browser.get("/account").await.expect(200).shows("hx-get");
    browser.partial("/account?done=look").await.expect(200).shows("hx-get");
    world.run_commands("siti").await;
    browser.partial("/account?done=look").await.expect(200).shows("hx-get");

    // It is there: the whole page goes, in the new language, with the form.
    let changed = siti.with("/first_name", "Nur").with("/last_name", "Aini").with("/locale", "ms");
    world.tell(&changed, 2).await;
    world.clock.advance(chrono::TimeDelta::seconds(3));
    let there = browser.partial("/account?done=look").await.expect(204);
    assert_eq!(there.headers["hx-redirect"], "/account?done=waiting");
    let page = browser.get("/account?done=waiting").await.expect(200);
    page.shows("Nama dan bahasa");
    page.shows(r#"name="first_name" type="text" value="Nur""#);
    page.shows("Ini sudah selesai. Halaman ini menunjukkan keadaan sekarang.");
    for gone in ["hx-get", "noscript"] {
        page.hides(gone);
    }
}

#[tokio::test]
async fn what_keycloak_refuses_later_is_told_by_the_same_page() {
    let (world, siti) = (World::new().await, Person::new("siti").with("/locale", "en"));
    world.tell(&siti, 1).await;
    let mut browser = world.signed_in(&siti, "s-1").await;
    let fields = [("first_name", "Nur"), ("last_name", "Aini"), ("language", "en")];
    browser.post("/account", "/account", &fields).await.expect(303);
    sqlx::query("UPDATE keycloak_commands SET payload = NULL, finished_at = now(), refusal = 'refused'")
        .execute(&world.pool)
        .await
        .unwrap();
    let page = browser.get("/account?done=waiting").await.expect(200);
    page.shows("This name was not accepted.");
    page.hides("hx-get");
    browser.get("/account").await.expect(200).hides("This name was not accepted.");
}
