//! Whom to ask at the company, kept on the pages.

use super::{house::House, world::value_of};

const LIST: &str = "/company/contacts";

const DIAN: [(&str, &str); 4] = [
    ("name", "Dian <Network>"),
    ("email", "dian@contoh.example"),
    ("phone", "+62 21 5081 2345"),
    ("purposes", "technical"),
];

#[tokio::test]
async fn an_admin_adds_a_contact_changes_it_and_removes_it() {
    let house = House::open().await;
    let mut siti = house.browser("siti").await;
    siti.get("/company/people").await.expect(200).shows("href=\"/company/contacts\"");
    siti.get(LIST).await.expect(200).shows("There is no contact yet.");
    let new = format!("{LIST}/new");
    let nothing = siti.post(&new, &new, &[("name", ""), ("phone", "call me")]).await.expect(422);
    for expected in [
        "Enter a name of 1 to 100 characters",
        "Enter an e-mail address such as name@example.com",
        "Enter a phone number with its country code",
        "Choose at least one matter",
    ] {
        nothing.shows(expected);
    }
    assert_eq!(value_of(&nothing.body, "phone"), "call me");

    let added = siti.post(&new, &new, &DIAN).await.expect(303);
    let list = siti.get(added.location()).await.expect(200);
    for text in ["The contact is added.", "Dian &#60;Network&#62;", "dian@contoh.example", "+622150812345"] {
        list.shows(text);
    }
    siti.post(&new, &new, &DIAN).await.expect(409).shows("Another contact of the company has this address");

    let one = list.body.split("href=\"/company/contacts/").nth(2).unwrap().split('"').next().unwrap();
    let one = format!("{LIST}/{one}");
    let form = siti.get(&one).await.expect(200);
    assert_eq!(
        (value_of(&form.body, "version"), value_of(&form.body, "phone")),
        ("1".into(), "+622150812345".into())
    );
    let change = |version: &'static str, name: &'static str| {
        [("version", version), ("name", name), ("email", "dian@contoh.example"), ("purposes", "security")]
    };
    let saved = siti.post(&one, &one, &change("1", "Dian Lestari")).await.expect(303);
    siti.get(saved.location()).await.expect(200).shows("Your change is saved.");
    let late = siti.post(&one, &one, &change("1", "Dian L.")).await.expect(412);
    late.shows("Somebody else saved this meanwhile");
    late.shows("Dian Lestari");
    assert_eq!(
        (value_of(&late.body, "name"), value_of(&late.body, "version")),
        ("Dian L.".into(), "2".into())
    );

    let remove = format!("{one}/remove");
    let stale = siti.post(&one, &remove, &[("version", "1")]).await.expect(303);
    assert_eq!(stale.location(), one);
    let removed = siti.post(&one, &remove, &[("version", "2")]).await.expect(303);
    let list = siti.get(removed.location()).await.expect(200);
    list.shows("The contact is removed.");
    list.hides("dian@contoh.example");
}

#[tokio::test]
async fn the_pages_of_another_company_do_not_show_it() {
    let house = House::open().await;
    let mut siti = house.browser("siti").await;
    let new = format!("{LIST}/new");
    siti.post(&new, &new, &DIAN).await.expect(303);
    let id: String = house.value("SELECT contact_id::text FROM company_contacts WHERE $1 = ''", "").await;
    let mut dewi = house.browser("dewi").await;
    dewi.get(LIST).await.expect(200).hides("Dian");
    let one = format!("{LIST}/{id}");
    dewi.get(&one).await.expect(404);
    dewi.post("/account", &one, &DIAN).await.expect(404);
    dewi.post("/account", &format!("{one}/remove"), &[("version", "1")]).await.expect(404);
    siti.get(LIST).await.expect(200).shows("dian@contoh.example");
}

#[tokio::test]
async fn staff_see_contacts_masked_until_they_say_why() {
    let house = House::open().await;
    let mut siti = house.browser("siti").await;
    let new = format!("{LIST}/new");
    siti.post(&new, &new, &DIAN).await.expect(303);
    let mut helga = house.staff("helga", "customer-service").await;
    let page = format!("/backoffice/companies/{}", house.mine);
    let masked = helga.get(&page).await.expect(200);
    masked.shows("d•••@contoh.example");
    masked.hides("dian@contoh.example");
    let unmask = format!("{page}/unmask");
    helga.post(&page, &unmask, &[("reason", "")]).await.expect(422).hides("dian@contoh.example");
    let shown = helga.post(&page, &unmask, &[("reason", "a fault")]).await.expect(200);
    shown.shows("dian@contoh.example");
    shown.shows("This look at personal data was recorded.");
    siti.get("/company/history").await.expect(200).shows("a fault");
}
