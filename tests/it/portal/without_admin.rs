//! A company whose last admin went in Keycloak itself: staff see it and give it another.

use super::house::House;
use crate::support::keycloak_events::Person;

const APPROVALS: &str = "/backoffice/approvals";

#[tokio::test]
async fn a_company_that_keycloak_left_without_an_admin_is_shown_until_it_has_one() {
    let house = House::open().await;
    let mut helga = house.staff("helga", "customer-service").await;
    helga.get(APPROVALS).await.expect(200).hides("Companies without an admin");

    // By a hand in Keycloak: one is disabled, the other deleted.
    let (organization, alias) = (format!("org-{}", house.mine), house.mine.to_string());
    let siti = Person::new("siti").in_organization(&organization, &alias, "PT Satu");
    house.world.tell(&siti.clone().with("/enabled", false), 2).await;
    house.world.gone("dewi", 2).await;
    let page = helga.get(APPROVALS).await.expect(200);
    page.shows("Companies without an admin");
    for company in [house.mine, house.theirs] {
        page.shows(&format!("href=\"/backoffice/companies/{company}\""));
    }
    page.shows("PT Dua");

    house.world.tell(&siti, 3).await;
    let page = helga.get(APPROVALS).await.expect(200);
    page.hides("PT Satu");
    page.shows("PT Dua");
    sqlx::query("UPDATE company_members SET role = 'admin' WHERE user_id = 'budi'")
        .execute(&house.world.pool)
        .await
        .unwrap();
    helga.get(APPROVALS).await.expect(200).hides("PT Dua");
}
