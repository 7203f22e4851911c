//! Another address to sign in with.

use chrono::TimeDelta;
use gatehouse::adapters::keycloak::KeycloakError;

use crate::{
    portal::world::{Answer, Browser, World},
    support::{eventually, keycloak_events::Person},
};

pub const PAGE: &str = "/account/email";
pub const CODE: &str = "/account/email/code";
pub const NEW: &str = "baru@contoh.example";

pub async fn world() -> (World, Browser) {
    let (world, siti) = (World::new().await, Person::new("siti"));
    world.tell(&siti, 1).await;
    let browser = world.signed_in(&siti, "s-1").await;
    (world, browser)
}

/// Asks for the address, and gives the code that came.
pub async fn ask(world: &World, browser: &mut Browser, address: &str) -> String {
    let asked = browser.post(PAGE, PAGE, &[("address", address)]).await.expect(303);
    assert_eq!(asked.location(), CODE);
    world.code(address)
}

/// Enters the code while Keycloak does what it is asked for.
async fn enter(world: &World, browser: &mut Browser, code: &str, then: Option<&Person>) -> Answer {
    let fields = [("code", code)];
    let (answer, ()) = tokio::join!(browser.post(CODE, CODE, &fields), async {
        let waiting = "SELECT count(*) FROM keycloak_commands WHERE kind = 'set_login_email'";
        let asked = || async { sqlx::query_scalar(waiting).fetch_one(&world.pool).await.unwrap() };
        eventually("the command", asked, |count: &i64| *count == 1).await;
        world.run_commands("siti").await;
        if let Some(person) = then {
            world.tell(person, 2).await;
        }
    });
    answer
}

#[tokio::test]
async fn the_new_address_counts_once_its_code_was_entered_and_keycloak_has_it() {
    let (world, mut browser) = world().await;
    let code = ask(&world, &mut browser, NEW).await;
    let asked: i64 =
        sqlx::query_scalar("SELECT count(*) FROM keycloak_commands").fetch_one(&world.pool).await.unwrap();
    assert_eq!(asked, 0, "nothing counts before");
    let wrong = crate::otp::world::wrong(&code);
    browser.post(CODE, CODE, &[("code", wrong.as_str())]).await.expect(422).shows("Sisa percobaan: 4");

    let changed = Person::new("siti").with("/email", NEW).with("/username", NEW);
    let done = enter(&world, &mut browser, &code, Some(&changed)).await.expect(303);
    assert_eq!(done.location(), "/account/security?done=address");
    let page = browser.get(done.location()).await.expect(200);
    page.shows("Mulai sekarang Anda masuk dengan alamat baru");
    page.shows(NEW);
    let (user, change) = world.keycloak.state().changes[0].clone();
    assert_eq!((user.as_str(), change.email.unwrap().expose().as_str()), ("siti", NEW));
    let recorded: (String, serde_json::Value) =
        sqlx::query_as("SELECT action, after FROM audit_entries").fetch_one(&world.pool).await.unwrap();
    assert_eq!(recorded.0, "person.email_change_asked");
    assert_eq!(recorded.1["email"], "b•••@contoh.example", "the trail shows no address");
}

#[tokio::test]
async fn while_the_new_address_waits_the_page_says_so_and_looks_after_itself() {
    let (world, mut browser) = world().await;
    let code = ask(&world, &mut browser, NEW).await;
    let waits = browser.post(CODE, CODE, &[("code", code.as_str())]).await.expect(303);
    assert_eq!(waits.location(), "/account/security?done=address-waiting");
    let page = browser.get(waits.location()).await.expect(200);
    for text in [
        "Perubahan Anda sedang diproses",
        "siti@contoh.example",
        r#"hx-get="/account/security?done=settled""#,
        r#"<noscript><meta http-equiv="refresh" content="3"></noscript>"#,
    ] {
        page.shows(text);
    }
    // It waits whatever was asked for; who asked for it waits for the event, too.
    browser.get("/account/security").await.expect(200).shows("hx-get");
    world.run_commands("siti").await;
    browser.get("/account/security").await.expect(200).hides("hx-get");
    browser.partial("/account/security?done=settled").await.expect(200).shows("hx-get");

    world.tell(&Person::new("siti").with("/email", NEW).with("/username", NEW), 2).await;
    world.clock.advance(TimeDelta::seconds(3));
    for done in ["settled", "address-waiting"] {
        let page = browser.get(&format!("/account/security?done={done}")).await.expect(200);
        page.shows("Ini sudah selesai. Halaman ini menunjukkan keadaan sekarang.");
        page.shows(NEW);
        for gone in ["hx-get", "noscript"] {
            page.hides(gone);
        }
    }
}

#[tokio::test]
async fn an_address_that_keycloak_refuses_later_is_told_by_the_same_page() {
    let (world, mut browser) = world().await;
    let code = ask(&world, &mut browser, NEW).await;
    browser.post(CODE, CODE, &[("code", code.as_str())]).await.expect(303);
    world.keycloak.state().fault = Some(KeycloakError::Conflict);
    world.run_commands("siti").await;
    for done in ["settled", "address-waiting"] {
        let page = browser.get(&format!("/account/security?done={done}")).await.expect(200);
        page.shows("Alamat baru tidak diterima.");
        page.hides("hx-get");
    }
    browser.get("/account/security").await.expect(200).hides("Alamat baru tidak diterima.");
}

#[tokio::test]
async fn who_signed_in_long_ago_proves_anew_who_they_are() {
    let (world, mut browser) = world().await;
    ask(&world, &mut browser, NEW).await;
    world.clock.advance(TimeDelta::minutes(16));
    for page in [PAGE, CODE, "/account/delete"] {
        let away = browser.get(page).await.expect(303);
        assert_eq!(away.location(), format!("/sign-in?to={page}&fresh=yes"));
    }
    let at_keycloak = browser.get("/sign-in?to=/account/email&fresh=yes").await.expect(303);
    assert!(at_keycloak.location().contains("prompt=login"), "{}", at_keycloak.location());
    // The form of a page from before does nothing, either.
    let token = browser.get("/account").await.form_token();
    let fields = [("address", "lain@contoh.example"), ("form_token", token.as_str())];
    browser.post_raw(PAGE, &fields).await.expect(303);
    assert_eq!(world.mail.mails().len(), 1, "no second code");
    browser.sign_in(&world, "siti", "s-1", PAGE).await;
    browser.get(PAGE).await.expect(200);
}

/// Whoever types the address of somebody else learns nothing: a code goes there, and only who reads it
/// hears that the address is taken.
#[tokio::test]
async fn that_an_address_is_taken_is_told_to_its_reader_alone() {
    let (world, mut browser) = world().await;
    let dewi = Person::new("dewi");
    world.tell(&dewi, 1).await;
    let code = ask(&world, &mut browser, "dewi@contoh.example").await;
    let free = ask(&world, &mut browser, "nobody@contoh.example").await;
    assert_eq!(free.len(), code.len(), "the same answer for both");
    let code = {
        browser.post(PAGE, PAGE, &[("address", "dewi@contoh.example")]).await.expect(303);
        world.code("dewi@contoh.example")
    };
    world.keycloak.state().fault = Some(KeycloakError::Conflict);
    let refused = enter(&world, &mut browser, &code, None).await.expect(422);
    refused.shows("Alamat ini tidak bisa dipakai untuk masuk di sini");
    let letters: i64 =
        sqlx::query_scalar("SELECT count(*) FROM notices").fetch_one(&world.pool).await.unwrap();
    assert_eq!(letters, 0, "nothing happened, so nobody is told of it");
}

#[tokio::test]
async fn each_wrong_address_says_what_is_expected() {
    let (world, mut browser) = world().await;
    for (typed, said) in [
        ("", "Masukkan alamat e-mail seperti"),
        ("nobody", "Masukkan alamat e-mail seperti"),
        ("x@y.z\r\nBcc: a@b.c", "Masukkan alamat e-mail seperti"),
        ("Siti@CONTOH.example", "Anda sudah masuk dengan alamat ini"),
    ] {
        let page = browser.post(PAGE, PAGE, &[("address", typed)]).await.expect(422);
        page.shows(said);
        page.shows(r##"<a href="#address">"##);
    }
    assert_eq!(world.mail.mails().len(), 0);
    assert_eq!(browser.get(CODE).await.expect(303).location(), PAGE, "nothing waits");
}

#[tokio::test]
async fn another_session_cannot_enter_the_code() {
    let (world, mut browser) = world().await;
    let code = ask(&world, &mut browser, NEW).await;
    world.clock.advance(TimeDelta::seconds(1));
    let mut other = world.browser();
    other.sign_in(&world, "siti", "s-2", "/account").await;
    other.post(CODE, CODE, &[("code", code.as_str())]).await.expect(422);
    let asked: i64 =
        sqlx::query_scalar("SELECT count(*) FROM keycloak_commands").fetch_one(&world.pool).await.unwrap();
    assert_eq!(asked, 0);
}

#[tokio::test]
async fn the_wish_can_be_taken_back_and_is_forgotten_after_a_day() {
    let (world, mut browser) = world().await;
    ask(&world, &mut browser, NEW).await;
    let kept = browser.post(CODE, "/account/email/code/cancel", &[]).await.expect(303);
    assert_eq!(kept.location(), "/account/security");
    assert_eq!(world.wishes().await, 0);
    ask(&world, &mut browser, "lain@contoh.example").await;
    world.clock.advance(TimeDelta::hours(25));
    world.forget_login_addresses().await;
    assert_eq!(world.wishes().await, 0);
}

impl World {
    async fn wishes(&self) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM wanted_login_addresses").fetch_one(&self.pool).await.unwrap()
    }
}
