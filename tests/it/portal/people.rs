//! What an admin does with the people of a company, page by page.

use super::house::House;

const PEOPLE: &str = "/company/people";

#[tokio::test]
async fn the_list_shows_everybody_with_their_state_and_finds_them() {
    let house = House::open().await;
    let mut siti = house.browser("siti").await;
    let list = siti.get(PEOPLE).await.expect(200);
    for text in ["Sari", "Siti", "Admin", "Basic user", "Active", "PT Satu"] {
        list.shows(text);
    }
    let found = siti.post(PEOPLE, "/company/people/search", &[("search", "SAR"), ("state", "")]).await;
    let found = found.expect(200);
    found.shows("/company/people/sari");
    found.hides("/company/people/siti");
    let none = siti.post(PEOPLE, "/company/people/search", &[("state", "expired")]).await.expect(200);
    none.shows("Nobody matches");
    let broken = siti.post(PEOPLE, "/company/people/search", &[("after", "no place")]).await;
    broken.expect(404);
}

#[tokio::test]
async fn a_long_list_goes_on_page_by_page() {
    let house = House::open().await;
    sqlx::query(
        "INSERT INTO invitations (invitation_id, company_id, email, role, state, invited_by, invited_at, expires_at)
         SELECT gen_random_uuid(), $1, 'guest' || n || '@example.com', 'user', 'sent', 'siti',
             now() + make_interval(secs => n), now() + interval '1 year' FROM generate_series(100, 170) AS n",
    )
    .bind(house.mine)
    .execute(&house.world.pool)
    .await
    .unwrap();
    let mut siti = house.browser("siti").await;
    let first = siti.get(PEOPLE).await.expect(200);
    first.shows("guest100@");
    first.hides("guest160@");
    let (token, after) = (first.form_token(), super::world::value_of(&first.body, "after"));
    let second = siti.post_raw("/company/people/search", &[("form_token", &token), ("after", &after)]).await;
    let second = second.expect(200);
    second.shows("guest160@");
    second.hides("guest100@");
    second.hides("Next page");
}

#[tokio::test]
async fn an_invitation_is_sent_again_and_taken_back() {
    let house = House::open().await;
    let mut siti = house.browser("siti").await;
    let form = "/company/people/invite";
    let wrong = siti.post(form, form, &[("email", "no address"), ("role", "user")]).await.expect(422);
    wrong.shows("Enter an e-mail address");
    let inside = siti.post(form, form, &[("email", "SARI@example.com"), ("role", "user")]).await;
    inside.expect(422).shows("They are in the company already");
    let fields = [("email", "tuti@example.com"), ("first_name", "Tuti 🌸"), ("role", "admin")];
    let sent = siti.post(form, form, &fields).await.expect(303);
    assert_eq!(sent.location(), "/company/people?done=invited");
    let list = siti.get(sent.location()).await.expect(200);
    list.shows("The invitation is on its way.");
    list.shows("Tuti 🌸");
    list.shows("Invited");
    list.hides("Being done");
    let id: uuid::Uuid =
        house.value("SELECT invitation_id FROM invitations WHERE email = $1", "tuti@example.com").await;
    for (deed, done) in [("resend", "resent"), ("cancel", "cancelled")] {
        let answer = siti.post(PEOPLE, &format!("/company/invitations/{id}/{deed}"), &[]).await.expect(303);
        assert_eq!(answer.location(), format!("/company/people?done={done}"));
    }
    siti.get(PEOPLE).await.expect(200).hides("Tuti");
    // Done twice it is not there any more.
    siti.post(PEOPLE, &format!("/company/invitations/{id}/cancel"), &[]).await.expect(404);
}

#[tokio::test]
async fn many_are_invited_after_each_line_was_seen() {
    let house = House::open().await;
    let mut siti = house.browser("siti").await;
    let form = "/company/people/invite-many";
    let people = "email,first_name,role\nrina@example.com,Rina,user\nsari@example.com,,\nno address,,\nrina@example.com,,";
    let nothing = siti.post_parts(form, form, &[("people", "")]).await.expect(422);
    nothing.shows("Choose a CSV file");
    let checked = siti.post_parts(form, form, &[("people", people)]).await.expect(200);
    for text in [
        "Nobody has been invited yet",
        "Will be invited",
        "in the company already",
        "Stands in the list",
        "Invite 1",
    ] {
        checked.shows(text);
    }
    siti.get(PEOPLE).await.expect(200).hides("Rina");
    let sent = siti.post_parts(form, &format!("{form}/send"), &[("people", people)]).await.expect(303);
    let list = siti.get(sent.location()).await.expect(200);
    list.shows("Rina");
    list.hides("no address");
    let too_much = "x".repeat(1024 * 1024 + 1);
    siti.post_parts(form, form, &[("people", &too_much)]).await.expect(422);
}

#[tokio::test]
async fn a_role_is_changed_and_the_last_admin_stays() {
    let house = House::open().await;
    let mut siti = house.browser("siti").await;
    let own = "/company/people/siti";
    let refused = siti.post(own, "/company/people/siti/role", &[("role", "user")]).await.expect(422);
    refused.shows("The company would be without an admin");
    let sari = "/company/people/sari";
    let made = siti.post(sari, "/company/people/sari/role", &[("role", "admin")]).await.expect(303);
    let shown = siti.get(made.location()).await.expect(200);
    shown.shows("The role was changed.");
    shown.shows("they are an admin");
    let history = house.browser("sari").await.get("/account/data").await.expect(200);
    history.shows("person.role_changed");
    history.shows("<td>Siti Rahma</td>");
    let roles = house.world.keycloak.state().roles.clone();
    assert!(roles.contains(&("sari".to_owned(), "company-admin".to_owned())), "{roles:?}");
    siti.post(own, "/company/people/siti/role", &[("role", "user")]).await.expect(303);
    siti.get(sari).await.expect(404);
}

#[tokio::test]
async fn somebody_is_stopped_let_go_on_and_taken_out() {
    let house = House::open().await;
    let (mut siti, mut sari) = (house.browser("siti").await, house.browser("sari").await);
    let page = "/company/people/sari";
    let silent = siti.post(page, &format!("{page}/disable"), &[("reason", " ")]).await.expect(422);
    silent.shows("Enter a reason of 1 to 500 characters");
    let stopped = siti.post(page, &format!("{page}/disable"), &[("reason", "left her laptop")]).await;
    siti.get(stopped.expect(303).location())
        .await
        .expect(200)
        .shows("The person is disabled and signed out.");
    assert!(sari.get("/account").await.location().starts_with("/sign-in"), "her session is over");
    let again = siti.post(page, &format!("{page}/enable"), &[]).await.expect(303);
    siti.get(again.location()).await.expect(200).shows("The person can sign in again.");
    let link = siti.post(page, &format!("{page}/password"), &[]).await.expect(303);
    siti.get(link.location()).await.expect(200).shows("The link is on its way.");
    let asked = siti.post(page, &format!("{page}/factors"), &[("reason", "lost her phone")]).await;
    siti.get(asked.expect(303).location()).await.expect(200).shows("The request is with our staff.");
    let twice = siti.post(page, &format!("{page}/factors"), &[("reason", "lost her phone")]).await;
    twice.expect(422).shows("The same request is waiting already.");
    let removed = siti.post(page, &format!("{page}/remove"), &[]).await.expect(303);
    let list = siti.get(removed.location()).await.expect(200);
    list.shows("The person is no longer in the company.");
    list.hides("Sari");
    siti.get(page).await.expect(404);
    let history = siti.get("/company/history").await.expect(200);
    for action in ["person.disabled", "left her laptop", "person.enabled", "person.removed"] {
        history.shows(action);
    }
    let export = siti.get("/company/history/export").await.expect(200);
    assert_eq!(export.headers["content-type"], "application/jsonl");
    export.shows("\"action\":\"person.removed\"");
}

#[tokio::test]
async fn what_somebody_did_who_has_left_is_not_told_of_staff() {
    let house = House::open().await;
    let (mut siti, mut sari) = (house.browser("siti").await, house.browser("sari").await);
    let page = "/company/people/sari";
    siti.post(page, &format!("{page}/role"), &[("role", "admin")]).await.expect(303);
    let form = "/company/people/invite";
    sari.post(form, form, &[("email", "tuti@example.com"), ("role", "user")]).await.expect(303);
    let before = siti.get("/company/history").await.expect(200);
    before.shows("<bdi>Sari Rahma</bdi>");
    siti.post(page, &format!("{page}/remove"), &[]).await.expect(303);
    let after = siti.get("/company/history").await.expect(200);
    after.shows("invitation.sent");
    after.shows("<bdi>A former colleague</bdi>");
    after.hides("Our staff</bdi>");
    after.hides("Sari");
}

#[tokio::test]
async fn a_finer_permission_opens_its_page_until_it_is_taken_away() {
    let house = House::open().await;
    let (mut siti, mut sari) = (house.browser("siti").await, house.browser("sari").await);
    sari.get(PEOPLE).await.expect(404);
    let page = "/company/people/sari";
    let past = [("power", "people.view"), ("until", "2001-01-01")];
    siti.post(page, &format!("{page}/grants"), &past).await.expect(422).shows("Choose a day from today on");
    let over = [("power", "system.access"), ("until", "")];
    siti.post(page, &format!("{page}/grants"), &over).await.expect(422).shows("This cannot be granted");
    let fields = [("power", "people.view"), ("until", "2099-01-01")];
    let granted = siti.post(page, &format!("{page}/grants"), &fields).await.expect(303);
    siti.get(granted.location()).await.expect(200).shows("granted: See the people");
    let list = sari.get(PEOPLE).await.expect(200);
    list.shows("Siti");
    list.hides("Invite a person");
    sari.get("/company/people/invite").await.expect(404);
    let id: uuid::Uuid = house.value("SELECT grant_id FROM access_grants WHERE user_id = $1", "sari").await;
    siti.post(page, &format!("{page}/grants/{id}/revoke"), &[]).await.expect(303);
    sari.get(PEOPLE).await.expect(404);
}

#[tokio::test]
async fn who_asks_to_join_is_let_in_or_refused() {
    let house = House::open().await;
    for (user, name) in [("tuti", "Tuti"), ("joko", "Joko")] {
        let person = crate::support::keycloak_events::Person::new(user)
            .with("/first_name", name)
            .with("/locale", "en");
        house.world.tell(&person, 1).await;
        sqlx::query("INSERT INTO join_requests VALUES ($1, $2, now())")
            .bind(house.mine)
            .bind(user)
            .execute(&house.world.pool)
            .await
            .unwrap();
    }
    let mut siti = house.browser("siti").await;
    let page = "/company/requests";
    let waiting = siti.get(page).await.expect(200);
    waiting.shows("Tuti");
    waiting.shows("Joko");
    let let_in = siti.post(page, "/company/requests/tuti/approve", &[]).await.expect(303);
    siti.get(let_in.location()).await.expect(200).shows("The person is now in the company");
    let refused = siti.post(page, "/company/requests/joko/refuse", &[]).await.expect(303);
    siti.get(refused.location()).await.expect(200).shows("Nobody is waiting.");
    siti.post(page, "/company/requests/joko/approve", &[]).await.expect(404);
    let list = siti.get(PEOPLE).await.expect(200);
    list.shows("Tuti");
    list.hides("Joko");
}

#[tokio::test]
async fn a_company_is_renamed_against_what_was_seen_and_left() {
    let house = House::open().await;
    let (mut siti, mut sari) = (house.browser("siti").await, house.browser("sari").await);
    let page = "/company/profile";
    let version = super::world::value_of(&siti.get(page).await.expect(200).body, "version");
    let rename = |name: &'static str, version: String| [("name", name.to_owned()), ("version", version)];
    let send = async |browser: &mut super::world::Browser, fields: [(&str, String); 2]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post(page, page, &fields).await
    };
    send(&mut siti, rename("", version.clone())).await.expect(422).shows("Enter a name of 1 to 255");
    send(&mut siti, rename("PT Dua", version.clone()))
        .await
        .expect(409)
        .shows("Another company holds this name");
    house.world.clock.advance(chrono::TimeDelta::seconds(1));
    let renamed = send(&mut siti, rename("PT Tiga", version.clone())).await.expect(303);
    assert_eq!(renamed.location(), "/company/profile?done=renamed");
    send(&mut siti, rename("PT Empat", version)).await.expect(412).shows("Somebody else has changed");
    let seen = sari.get(page).await.expect(200);
    seen.shows("Leave the company");
    seen.hides("name=\"version\"");
    siti.post(page, "/company/leave", &[]).await.expect(409).shows("You are the last admin.");
    assert_eq!(sari.post(page, "/company/leave", &[]).await.expect(303).location(), "/account");
    sari.get(page).await.expect(404);
}
