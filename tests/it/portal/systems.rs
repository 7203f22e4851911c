//! Systems, made and revoked on the pages.

use super::{house::House, world::value_of};

const LIST: &str = "/company/systems";

#[tokio::test]
async fn an_admin_makes_a_system_sees_its_secret_once_and_revokes_it() {
    let house = House::open().await;
    let mut siti = house.browser("siti").await;
    siti.get("/company/people").await.expect(200).shows("href=\"/company/systems\"");
    siti.get(LIST).await.expect(200).shows("There is no system yet.");
    let new = format!("{LIST}/new");
    let form = siti.get(&new).await.expect(200);
    form.shows("value=\"billing.view\"");
    form.hides("value=\"billing.manage\"");
    form.hides("value=\"audit.view\"");
    let nothing = siti.post(&new, &new, &[("name", "Invoicing <1>")]).await.expect(422);
    nothing.shows("Choose at least one thing that it may see");
    assert_eq!(value_of(&nothing.body, "name"), "Invoicing &#60;1&#62;");
    let no_name = siti.post(&new, &new, &[("permission", "billing.view")]).await.expect(422);
    no_name.shows("Enter a name of 1 to 100 characters");

    let fields = [("name", "Invoicing"), ("permission", "billing.view"), ("permission", "audit.view")];
    let made = siti.post(&new, &new, &fields).await.expect(303);
    let page = siti.get(made.location()).await.expect(200);
    page.shows("The system is made. Now make its secret.");
    page.shows("See the billing profile");
    page.hides("See everybody&#39;s audit trail");
    let one = made.location().split('?').next().unwrap().to_owned();
    page.shows(&format!("action=\"{one}/secret\""));
    let secret = siti.post(&one, &format!("{one}/secret"), &[]).await.expect(200);
    secret.shows("Copy it now: it is not shown again.");
    let shown = secret.body.split("id=\"shown-secret\">").nth(1).unwrap().split('<').next().unwrap();
    let again = siti.get(&one).await.expect(200);
    again.hides(shown);
    again.shows("Secret made");

    let revoked = siti.post(&one, &format!("{one}/revoke"), &[]).await.expect(303);
    let list = siti.get(revoked.location()).await.expect(200);
    list.shows("The system is revoked.");
    list.hides("Invoicing");
    siti.get(&one).await.expect(404);
    house.until_keycloak_has(|state| state.systems.is_empty()).await;
}

#[tokio::test]
async fn only_an_operator_has_the_pages_of_the_operators_systems() {
    let house = House::open().await;
    let mut helga = house.staff("helga", "customer-service").await;
    helga.get("/backoffice").await.expect(200).hides("/backoffice/systems");
    helga.get("/backoffice/systems").await.expect(404);
    let mut oki = house.staff("oki", "operator").await;
    let new = "/backoffice/systems/new";
    oki.get(new).await.expect(200).shows("value=\"records.view\"");
    let fields = [("name", "Billing"), ("permission", "records.view")];
    let made = oki.post(new, new, &fields).await.expect(303);
    assert!(made.location().starts_with("/backoffice/systems/system-"), "{made:?}");
    oki.get(made.location()).await.expect(200).shows("Now make its secret.");
    // A company's pages do not show it.
    let one = made.location().split('?').next().unwrap().replace("/backoffice", "/company");
    house.browser("siti").await.get(&one).await.expect(404);
}
