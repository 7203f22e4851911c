//! Staff decide on the pages who may sign up while the launch is closed.

use super::{house::House, world::World};
use crate::support::keycloak_events::Person;

const LIST: &str = "/backoffice/sign-ups";
const ALLOWED: &str = "/backoffice/sign-ups/allowed";

/// A request that waits.
async fn asked(house: &House, email: &str) -> String {
    sqlx::query_scalar(
        "INSERT INTO admission_requests (request_id, realm, email, first_name, company, locale, asked_at)
         VALUES (gen_random_uuid(), 'gatehouse', $1, 'Rina <b>', 'PT Rina', 'en', now())
         RETURNING request_id::text",
    )
    .bind(email)
    .fetch_one(&house.world.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn staff_approve_and_refuse_with_a_reason() {
    let house = House::open().await;
    let mut helga = house.staff("helga", "customer-service").await;
    helga.get(LIST).await.expect(200).shows("Nobody waits.");
    let (rina, budi) = (asked(&house, "rina@rina.example").await, asked(&house, "bot@spam.example").await);
    helga.get(LIST).await.expect(200).shows("rina@rina.example");
    let one = format!("{LIST}/{rina}");
    let page = helga.get(&one).await.expect(200);
    page.shows("Rina &#60;b&#62;");
    page.shows("PT Rina");
    let no_reason = helga.post(&one, &format!("{one}/approve"), &[("reason", " ")]).await.expect(422);
    no_reason.shows("Enter a reason of 1 to 500 characters");
    let approved = helga.post(&one, &format!("{one}/approve"), &[("reason", "known")]).await.expect(303);
    let list = helga.get(approved.location()).await.expect(200);
    list.shows("They can sign up now.");
    list.hides("rina@rina.example");
    let late = helga.post(LIST, &format!("{one}/refuse"), &[("reason", "no")]).await.expect(409);
    late.shows("Somebody has decided otherwise meanwhile");
    late.shows("known");

    let other = format!("{LIST}/{budi}");
    let refused = helga.post(&other, &format!("{other}/refuse"), &[("reason", "spam")]).await.expect(303);
    helga.get(refused.location()).await.expect(200).shows("The request is refused.");
    let letters: i64 = house
        .value("SELECT count(*) FROM notices WHERE kind IN ('admission.approved', 'admission.refused') AND $1 = ''", "")
        .await;
    assert_eq!(letters, 2);
}

#[tokio::test]
async fn the_way_there_shows_while_the_launch_is_closed_or_somebody_waits() {
    const WAY: &str = "href=\"/backoffice/sign-ups\"";
    let house = House::open().await;
    let mut helga = house.staff("helga", "customer-service").await;
    helga.get("/backoffice").await.expect(200).hides(WAY);
    let one = format!("{LIST}/{}", asked(&house, "rina@rina.example").await);
    helga.get("/backoffice").await.expect(200).shows(WAY);
    helga.post(&one, &format!("{one}/refuse"), &[("reason", "spam")]).await.expect(303);
    helga.get("/backoffice").await.expect(200).hides(WAY);

    let closed = World::with("admission.mode = \"closed\"").await;
    for (user, role, shows) in [("helga", "customer-service", true), ("audi", "auditor", false)] {
        closed.tell(&Person::new(user), 1).await;
        let mut browser = closed.browser();
        browser.sign_in_as(&closed, user, &format!("session-of-{user}"), "/backoffice", &[role]).await;
        let page = browser.get("/backoffice").await.expect(200);
        if shows { page.shows(WAY) } else { page.hides(WAY) }
    }
}

#[tokio::test]
async fn staff_keep_the_list_of_who_need_not_ask() {
    let house = House::open().await;
    let mut helga = house.staff("helga", "customer-service").await;
    helga.get(ALLOWED).await.expect(200).shows("The list is empty.");
    let wrong = helga.post(ALLOWED, ALLOWED, &[("value", "contoh"), ("reason", "pilot")]).await.expect(422);
    wrong.shows("Enter an e-mail address or a domain");
    helga.post(ALLOWED, ALLOWED, &[("value", "contoh.example")]).await.expect(422).shows("Enter a reason");
    let fields = [("value", "Contoh.example"), ("reason", "pilot")];
    let added = helga.post(ALLOWED, ALLOWED, &fields).await.expect(303);
    let list = helga.get(added.location()).await.expect(200);
    list.shows("Added to the list.");
    list.shows("contoh.example");
    helga.post(ALLOWED, ALLOWED, &fields).await.expect(422).shows("This is on the list already");
    let id: String = house.value("SELECT allowed_id::text FROM admission_allowed WHERE $1 = ''", "").await;
    let remove = format!("{ALLOWED}/{id}/remove");
    helga.post(ALLOWED, &remove, &[]).await.expect(422).shows("Enter a reason");
    let removed = helga.post(ALLOWED, &remove, &[("reason", "over")]).await.expect(303);
    helga.get(removed.location()).await.expect(200).shows("The list is empty.");
}

#[tokio::test]
async fn who_only_looks_has_no_such_pages_and_a_link_leads_to_sign_up() {
    let house = House::open().await;
    let mut auditor = house.staff("helga", "auditor").await;
    auditor.get("/backoffice").await.expect(200).hides("/backoffice/sign-ups");
    auditor.get(LIST).await.expect(404);
    let mut stranger = house.world.browser();
    let sent = stranger.get("/sign-in?new=yes&lang=id").await.expect(303);
    assert!(sent.location().contains("prompt=create"), "{}", sent.location());
}
