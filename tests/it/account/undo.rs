//! A change of the sign-in address is undone from the old mailbox.

use chrono::TimeDelta;

use super::email::NEW;
use crate::{
    portal::world::{Answer, Browser, World},
    support::{eventually, keycloak_events::Person},
};

const OLD: &str = "siti@contoh.example";

/// Somebody else changed Siti's address, wherever that was; gives the letter's link.
async fn changed() -> (World, Browser, String) {
    let (world, siti) = (World::new().await, Person::new("siti"));
    world.tell(&siti, 1).await;
    let browser = world.signed_in(&siti, "s-1").await;
    world.tell(&siti.with("/email", NEW), 2).await;
    world.send_notices().await;
    let link = world.link(OLD);
    (world, browser, link)
}

impl World {
    /// The link to undo in the newest letter to an address, without its host.
    fn link(&self, address: &str) -> String {
        let mails = self.mail.mails();
        let mail =
            mails.iter().rfind(|mail| mail.to.expose() == address && mail.text.expose().contains("token="));
        let text = mail.unwrap_or_else(|| panic!("no letter came")).text.expose();
        let line = text.lines().find(|line| line.contains("/undo-address?")).unwrap();
        line[line.find("/undo-address?").unwrap()..].to_owned()
    }

    /// Presses the button while Keycloak does what it is asked for.
    async fn press(&self, link: &str) -> Answer {
        let mut stranger = self.browser();
        let page = stranger.get(link).await.expect(200);
        let token = crate::portal::world::value_of(&page.body, "token");
        let fields = [("token", token.as_str()), ("lang", "en")];
        let (answer, ()) = tokio::join!(stranger.post_raw("/undo-address", &fields), async {
            let done = "SELECT count(*) FROM keycloak_commands WHERE kind = 'set_login_email'";
            let asked = || async { sqlx::query_scalar(done).fetch_one(&self.pool).await.unwrap() };
            eventually("the command", asked, |count: &i64| *count > 0).await;
            self.run_commands("siti").await;
        });
        answer
    }

    async fn waiting_commands(&self) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM keycloak_commands").fetch_one(&self.pool).await.unwrap()
    }
}

#[tokio::test]
async fn the_old_mailbox_restores_the_address_and_everybody_is_signed_out() {
    let (world, mut thief, link) = changed().await;
    thief.get("/account").await.expect(200);
    world.clock.advance(TimeDelta::hours(71));
    let mut thief_again = world.browser();
    thief_again.sign_in(&world, "siti", "s-2", "/account").await;
    world.clock.advance(TimeDelta::seconds(1));
    let done = world.press(&link).await.expect(200);
    done.shows("The change is undone");
    thief.get("/account").await.expect(303);
    thief_again.get("/account").await.expect(303);
    let state = world.keycloak.state().clone();
    assert_eq!(state.changes[0].1.email.as_ref().unwrap().expose(), OLD);
    assert_eq!(state.done, [("end sessions", "siti".to_owned())]);

    // The restored address is no new change to undo, and the address that lost hears of it.
    world.tell(&Person::new("siti"), 3).await;
    world.send_notices().await;
    let mails = world.mail.mails();
    let told: Vec<&str> = mails.iter().map(|mail| mail.to.expose().as_str()).collect();
    assert_eq!(told, [OLD, NEW]);
    assert!(!mails[1].text.expose().contains("token="), "who lost it gets no link");
    let actions: Vec<String> =
        sqlx::query_scalar("SELECT action FROM audit_entries").fetch_all(&world.pool).await.unwrap();
    assert_eq!(actions, ["person.email_change_undone"]);
}

#[tokio::test]
async fn a_link_works_once_for_72_hours_and_the_database_holds_its_hash() {
    let (world, _thief, link) = changed().await;
    let token = url::Url::parse(&format!("https://x{link}")).unwrap();
    let token = token.query_pairs().find(|(name, _)| name == "token").unwrap().1.into_owned();
    let hash: Vec<u8> =
        sqlx::query_scalar("SELECT link_hash FROM login_address_links").fetch_one(&world.pool).await.unwrap();
    assert_eq!(hash.len(), 32);
    let everywhere: String = sqlx::query_scalar(
        "SELECT string_agg(row::text, '') FROM
             (SELECT notices::text AS row FROM notices UNION ALL SELECT login_address_links::text FROM login_address_links) AS rows",
    )
    .fetch_one(&world.pool)
    .await
    .unwrap();
    assert!(!everywhere.contains(&token), "the secret is in the mail alone");
    world.press(&link).await.expect(200);
    let again = world.press(&link).await.expect(404);
    again.shows("This link is no longer good");

    let (world, _thief, link) = changed().await;
    world.clock.advance(TimeDelta::hours(72));
    let mut reader = world.browser();
    let token = crate::portal::world::value_of(&reader.get(&link).await.body, "token");
    let late = reader.post_raw("/undo-address", &[("token", token.as_str()), ("lang", "en")]).await;
    assert_eq!(late.expect(404).body, again.body, "why it is no good is not said");
    assert_eq!(world.waiting_commands().await, 0);
}

/// Scanners of mail open every link, and strangers make links up.
#[tokio::test]
async fn loading_the_page_changes_nothing_and_tells_nothing() {
    let (world, _thief, link) = changed().await;
    let mut stranger = world.browser();
    let real = stranger.get(&link).await.expect(200);
    assert_eq!(real.headers["referrer-policy"], "no-referrer");
    assert_eq!(real.headers["cache-control"], "no-store");
    for personal in ["siti", "contoh", NEW] {
        real.hides(personal);
    }
    let made_up = format!("/undo-address?token={}&lang=id", "A".repeat(43));
    let unlike = stranger.get(&made_up).await.expect(200);
    let token = crate::portal::world::value_of(&real.body, "token");
    assert_eq!(real.body.replace(&token, &"A".repeat(43)), unlike.body);
    stranger.get("/undo-address?token=%22%3E%3Cscript%3E").await.expect(200).hides("<script>");
    assert_eq!(world.waiting_commands().await, 0);
    for token in ["", "x", &"A".repeat(43), &"A".repeat(10_000)] {
        stranger.post_raw("/undo-address", &[("token", token)]).await.expect(404);
    }
}

#[tokio::test]
async fn an_earlier_address_undoes_what_came_after_it_and_a_later_one_does_not_undo_the_earlier() {
    let (world, _thief, first) = changed().await;
    world.clock.advance(TimeDelta::minutes(1));
    world.tell(&Person::new("siti").with("/email", "ketiga@contoh.example"), 3).await;
    world.send_notices().await;
    let second = world.link(NEW);
    world.press(&first).await.expect(200);
    world.press(&second).await.expect(404);
    let state = world.keycloak.state().clone();
    assert_eq!(state.changes.last().unwrap().1.email.as_ref().unwrap().expose(), OLD);
}

#[tokio::test]
async fn an_address_that_was_never_proven_gets_no_link() {
    let world = World::new().await;
    let siti = Person::new("siti").unproven();
    world.tell(&siti, 1).await;
    world.tell(&Person::new("siti").with("/email", NEW), 2).await;
    world.send_notices().await;
    let links: i64 = sqlx::query_scalar("SELECT count(*) FROM login_address_changes")
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert_eq!(links, 0);
}

#[tokio::test]
async fn what_can_no_longer_be_undone_is_forgotten() {
    let (world, _thief, _link) = changed().await;
    world.clock.advance(TimeDelta::hours(73));
    world.forget_login_addresses().await;
    let kept: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM login_address_changes) + (SELECT count(*) FROM login_address_links)",
    )
    .fetch_one(&world.pool)
    .await
    .unwrap();
    assert_eq!(kept, 0);
}
