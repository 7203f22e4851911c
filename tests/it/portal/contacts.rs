//! People manage how they are reached.

use chrono::TimeDelta;

use super::world::{Answer, Browser, World};
use crate::support::keycloak_events::Person;

const NEW: &str = "/account/contacts/new-email";

async fn world() -> (World, Browser) {
    let (world, siti) = (World::new().await, Person::new("siti"));
    world.tell(&siti, 1).await;
    let browser = world.signed_in(&siti, "s-1").await;
    (world, browser)
}

impl World {
    async fn marks(&self) -> i64 {
        let marks = "SELECT count(*) FROM changed_keys WHERE stream = 'users' AND key = 'siti'";
        sqlx::query_scalar(marks).fetch_one(&self.pool).await.unwrap()
    }

    async fn forget_marks(&self) {
        sqlx::query("DELETE FROM changed_keys").execute(&self.pool).await.unwrap();
    }

    async fn audited(&self) -> Vec<String> {
        // The clock of a test stands still, so the order in time says nothing.
        let actions = "SELECT action FROM audit_entries ORDER BY action";
        sqlx::query_scalar(actions).fetch_all(&self.pool).await.unwrap()
    }
}

/// Adds an address and gives the page for its code.
async fn ask(browser: &mut Browser, value: &str) -> String {
    let asked = browser.post(NEW, NEW, &[("value", value), ("purposes", "billing")]).await.expect(303);
    asked.location().to_owned()
}

async fn add(world: &World, browser: &mut Browser, value: &str) -> Answer {
    let page = ask(browser, value).await;
    let code = world.code(value);
    browser.post(&page, &page, &[("code", code.as_str())]).await
}

/// The page of the contact that the list shows with this value.
async fn page_of(browser: &mut Browser, value: &str) -> String {
    let list = browser.get("/account/contacts").await.expect(200).body;
    let row = list.split("<li>").find(|row| row.contains(&format!("<bdi>{value}</bdi>")));
    let row = row.unwrap_or_else(|| panic!("no {value} in {list}"));
    let href = row.split("button quiet\" href=\"").nth(1).unwrap();
    href.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_address_counts_once_its_code_was_entered() {
    let (world, mut browser) = world().await;
    world.forget_marks().await;
    let page = ask(&mut browser, "keuangan@contoh.example").await;
    let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM contacts WHERE value LIKE 'keuangan%'")
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert_eq!((waiting, world.marks().await), (0, 0), "nothing counts before");
    browser.get("/account/contacts").await.expect(200).shows("Menunggu kode");

    let code = world.code("keuangan@contoh.example");
    let wrong = crate::otp::world::wrong(&code);
    let refused = browser.post(&page, &page, &[("code", wrong.as_str())]).await.expect(422);
    refused.shows("Sisa percobaan: 4");
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    let done = browser.post(&page, &page, &[("code", spaced.as_str())]).await.expect(303);
    assert_eq!(done.location(), "/account/contacts?done=added");
    browser.get(done.location()).await.expect(200).shows("Kontak sudah dikonfirmasi");
    assert_eq!(world.marks().await, 1, "billing hears of it");
    assert_eq!(world.audited().await, ["contact.added"]);
}

#[tokio::test]
async fn sending_a_form_twice_does_a_thing_once() {
    let (world, mut browser) = world().await;
    let first = ask(&mut browser, "keuangan@contoh.example").await;
    let again = ask(&mut browser, "keuangan@contoh.example").await;
    assert_eq!(first, again);
    assert_eq!(world.mail.mails().len(), 1, "one message");
    let code = world.code("keuangan@contoh.example");
    let token = browser.get(&first).await.form_token();
    let fields = [("code", code.as_str()), ("form_token", token.as_str())];
    browser.post_raw(&first, &fields).await.expect(303);
    let twice = browser.post_raw(&first, &fields).await;
    assert!(matches!(twice.status.as_u16(), 303 | 404), "{twice:?}");
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM contacts WHERE value LIKE 'keuangan%'")
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert_eq!(count, 1);
}

#[tokio::test]
async fn each_wrong_field_says_what_is_expected() {
    let (world, mut browser) = world().await;
    let no_purpose = browser.post(NEW, NEW, &[("value", "a@contoh.example")]).await.expect(422);
    no_purpose.shows("Pilih setidaknya satu kegunaan");
    for typed in ["", "nobody", "a@b", "x@y.z\r\nBcc: a@b.c"] {
        let refused = browser.post(NEW, NEW, &[("value", typed), ("purposes", "billing")]).await.expect(422);
        refused.shows("Masukkan alamat e-mail seperti");
    }
    let phone = "/account/contacts/new-phone";
    for typed in ["12", "+1 202 555 0100", "+62 21 5550 100"] {
        let refused =
            browser.post(phone, phone, &[("value", typed), ("purposes", "security")]).await.expect(422);
        refused.shows("Masukkan nomor ponsel Indonesia");
    }
    assert_eq!((world.mail.mails().len(), world.sms.messages().len()), (0, 0));
}

#[tokio::test]
async fn the_login_address_is_not_changed_here_and_the_page_says_where() {
    let (_world, mut browser) = world().await;
    let page = page_of(&mut browser, "siti@contoh.example").await;
    let shown = browser.get(&page).await.expect(200);
    shown.shows("/account/security");
    shown.hides(&format!("{page}/remove"));
    let refused = browser.post(&page, &format!("{page}/remove"), &[]).await.expect(422);
    refused.shows("Kontak ini dipakai untuk masuk");
}

#[tokio::test]
async fn purposes_first_choice_and_removal() {
    let (world, mut browser) = world().await;
    add(&world, &mut browser, "keuangan@contoh.example").await.expect(303);
    let page = page_of(&mut browser, "keuangan@contoh.example").await;
    let fields = [("purposes", "technical"), ("purposes", "security"), ("purposes", "login")];
    browser.post(&page, &page, &fields).await.expect(303);
    browser.post(&page, &page, &[]).await.expect(422).shows("Pilih setidaknya satu kegunaan");
    browser.post(&page, &format!("{page}/primary"), &[]).await.expect(303);
    let held: (Vec<String>, bool) =
        sqlx::query_as("SELECT purposes, is_primary FROM contacts WHERE value LIKE 'keuangan%'")
            .fetch_one(&world.pool)
            .await
            .unwrap();
    assert_eq!(held, (vec!["technical".to_owned(), "security".to_owned()], true), "login cannot be chosen");

    // What Keycloak tells next leaves the person's choice alone.
    world.tell(&Person::new("siti").with("/last_name", "Baru"), 2).await;
    let primary: String =
        sqlx::query_scalar("SELECT value FROM contacts WHERE kind = 'email' AND is_primary")
            .fetch_one(&world.pool)
            .await
            .unwrap();
    assert_eq!(primary, "keuangan@contoh.example");

    world.forget_marks().await;
    for from in [page.as_str(), NEW] {
        let removed = browser.post(from, &format!("{page}/remove"), &[]).await;
        assert_eq!(removed.expect(303).location(), "/account/contacts?done=removed");
    }
    let primary: String =
        sqlx::query_scalar("SELECT value FROM contacts WHERE kind = 'email' AND is_primary")
            .fetch_one(&world.pool)
            .await
            .unwrap();
    assert_eq!((primary.as_str(), world.marks().await), ("siti@contoh.example", 1));
    let actions = ["contact.added", "contact.made_primary", "contact.purposes_changed", "contact.removed"];
    assert_eq!(world.audited().await, actions);
}

#[tokio::test]
async fn two_windows_do_not_overwrite_each_other_and_both_versions_are_shown() {
    let (world, mut browser) = world().await;
    add(&world, &mut browser, "keuangan@contoh.example").await.expect(303);
    let page = page_of(&mut browser, "keuangan@contoh.example").await;
    let seen = browser.get(&page).await.expect(200);
    let (token, old) = (seen.form_token(), super::world::value_of(&seen.body, "version"));
    let stale = [("form_token", token.as_str()), ("version", old.as_str())];
    let with = |purpose| [[("purposes", purpose)].as_slice(), &stale].concat();
    let held = async || -> Vec<String> {
        let purposes = "SELECT purposes FROM contacts WHERE value LIKE 'keuangan%'";
        sqlx::query_scalar(purposes).fetch_one(&world.pool).await.unwrap()
    };
    world.clock.advance(TimeDelta::seconds(1));
    browser.post(&page, &page, &[("purposes", "technical")]).await.expect(303);

    let refused = browser.post_raw(&page, &with("security")).await.expect(412);
    for text in ["Kontak ini sudah berubah", "<td>Keamanan</td><td>Teknis</td>"] {
        refused.shows(text);
    }
    assert_eq!(held().await, ["technical"], "nothing was overwritten");
    for deed in ["primary", "remove"] {
        browser.post_raw(&format!("{page}/{deed}"), &stale).await.expect(412).shows("sudah berubah");
    }
    // What the other window did already is done.
    browser.post_raw(&page, &with("technical")).await.expect(303);

    // The page that shows both versions saves over the newest.
    let version = super::world::value_of(&refused.body, "version");
    let again = [("purposes", "security"), ("version", version.as_str())];
    browser.post(&page, &page, &again).await.expect(303);
    assert_eq!(held().await, ["security"]);
}

#[tokio::test]
async fn nobody_reaches_the_contacts_of_somebody_else() {
    let (world, mut browser) = world().await;
    add(&world, &mut browser, "keuangan@contoh.example").await.expect(303);
    let contact = page_of(&mut browser, "keuangan@contoh.example").await;
    let pending = ask(&mut browser, "teknis@contoh.example").await;
    let code = world.code("teknis@contoh.example");
    let budi = Person::new("budi");
    world.tell(&budi, 1).await;
    let mut other = world.signed_in(&budi, "s-2").await;
    for page in [&contact, &pending] {
        other.get(page).await.expect(404);
    }
    other.post(NEW, &contact, &[("purposes", "security")]).await.expect(404);
    other.post(NEW, &format!("{contact}/primary"), &[]).await.expect(404);
    other.post(NEW, &format!("{contact}/remove"), &[]).await;
    let entered = other.post(NEW, &pending, &[("code", code.as_str())]).await;
    assert_eq!(entered.expect(303).location(), "/account/contacts");
    other.post(NEW, &format!("{pending}/cancel"), &[]).await;
    page_of(&mut browser, "keuangan@contoh.example").await;
    browser.get(&pending).await.expect(200);
}

#[tokio::test]
async fn there_is_a_bound_on_addresses_and_on_those_that_wait() {
    let (world, mut browser) = world().await;
    for number in 0..5 {
        ask(&mut browser, &format!("a{number}@contoh.example")).await;
    }
    let fields = [("value", "a5@contoh.example"), ("purposes", "billing")];
    browser.post(NEW, NEW, &fields).await.expect(422).shows("Jumlah kontak Anda sudah maksimal");
    assert_eq!(world.mail.mails().len(), 5);
}
