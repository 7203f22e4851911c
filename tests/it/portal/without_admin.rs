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

#[tokio::test]
async fn more_companies_without_an_admin_than_fit_come_in_pages() {
    let house = House::open().await;
    // Ten more than a page; those around its end have one name.
    sqlx::query(
        "INSERT INTO companies (company_id, realm, name, status, created_at, updated_at)
         SELECT gen_random_uuid(), 'gatehouse', 'PT Sepi ' || least(n, 40), 'active', now(), now() FROM generate_series(1, 60) AS n",
    )
    .execute(&house.world.pool)
    .await
    .unwrap();
    let mut helga = house.staff("helga", "customer-service").await;
    let companies = |body: &str| -> Vec<String> {
        let links = body.split("href=\"/backoffice/companies/").skip(1);
        links.map(|link| link[..36].to_owned()).collect()
    };
    let first = helga.get(APPROVALS).await.expect(200);
    let (_, link) = first.body.split_once("id=\"without-admin-next\" href=\"").unwrap();
    let (link, _) = link.split_once('"').unwrap();
    assert!(link.starts_with("/backoffice/approvals?after_company="), "{link}");
    let second = helga.get(link).await.expect(200);
    second.shows("Nothing waits for a decision.");
    second.shows("<p id=\"without-admin-next\"");
    let (first, second) = (companies(&first.body), companies(&second.body));
    assert_eq!((first.len(), second.len()), (50, 10));
    let all: std::collections::BTreeSet<&String> = first.iter().chain(&second).collect();
    assert_eq!(all.len(), 60, "nobody twice");
    helga.get("/backoffice/approvals?after_company=nowhere").await.expect(404);
}
