//! Companies and organisations in Keycloak follow one another.

use gatehouse::adapters::keycloak::KeycloakError;

use super::House;
use crate::support::{
    eventually,
    keycloak_events::{Person, organization, organization_that},
    latest,
};

#[tokio::test]
async fn a_founded_company_is_brought_to_keycloak_and_comes_back() {
    let house = House::open().await;
    let siti = Person::new("siti").of_company("PT Contoh");
    house.change(&siti, 1).await;
    let (id, _) = house.company("PT Contoh").await;
    let (alias, org) = (id.to_string(), format!("org-{id}"));
    let brought = || async { house.keycloak.state().clone() };
    let admin = ("siti".to_owned(), "company-admin".to_owned());
    let state = eventually("the organisation", brought, |state| state.roles.contains(&admin)).await;
    assert_eq!(state.organizations.get(&alias).map(String::as_str), Some("PT Contoh"));
    assert!(state.members.contains(&(org.clone(), "siti".to_owned())));

    // What was made comes back as events, the membership first.
    house.change(&siti.in_organization(&org, &alias, "PT Contoh"), 2).await;
    house.kafka.send(&[organization(&house.topic(), &org, &alias, Some("PT Contoh"), 1)]).await;
    let linked = || async {
        sqlx::query_as::<_, (Option<String>, bool, i64)>(
            "SELECT organization_id, in_keycloak, (SELECT count(*) FROM companies)
             FROM companies JOIN company_members USING (company_id)",
        )
        .fetch_one(&house.database.pool)
        .await
        .unwrap()
    };
    eventually("the link", linked, |linked| *linked == (Some(org.clone()), true, 1)).await;
    house.members("PT Contoh", &["siti admin"]).await;
    house.service.stop().await;
}

#[tokio::test]
async fn keycloak_that_is_away_is_tried_again() {
    let house = House::open().await;
    house.keycloak.state().fault = Some(KeycloakError::Unreachable);
    house.change(&Person::new("siti").of_company("PT Contoh"), 1).await;
    let calls = || async { house.keycloak.state().calls };
    eventually("a first attempt", calls, |calls| *calls > 0).await;
    house.keycloak.state().fault = None;
    let roles = || async { house.keycloak.state().roles.len() };
    eventually("the role", roles, |roles| *roles == 1).await;
    house.service.stop().await;
}

#[tokio::test]
async fn what_an_administrator_makes_is_a_company_with_users() {
    let house = House::open().await;
    let topic = house.topic();
    house.kafka.send(&[organization(&topic, "o-1", "satu", Some("PT Satu"), 1)]).await;
    house.change(&Person::new("budi").in_organization("o-1", "satu", "PT Satu"), 1).await;
    house.members("PT Satu", &["budi user"]).await;
    house.record("budi", "a user", |record| record["company"]["role"] == "user").await;
    // Its name is held: whoever signs up with it asks.
    house.change(&Person::new("siti").of_company("PT. SATU"), 1).await;
    house.requests("PT Satu", &["siti"]).await;
    // Being let in by the administrator ends the request.
    house
        .change(&Person::new("siti").of_company("PT. SATU").in_organization("o-1", "satu", "PT Satu"), 2)
        .await;
    house.members("PT Satu", &["budi user", "siti user"]).await;
    house.requests("PT Satu", &[]).await;

    // Renamed, disabled, a member taken out, deleted: everything arrives in both topics.
    house.kafka.send(&[organization(&topic, "o-1", "satu", Some("PT Satu Baru"), 2)]).await;
    house.record("budi", "the new name", |record| record["company"]["name"] == "PT Satu Baru").await;
    house.kafka.send(&[organization_that(&topic, "o-1", "satu", Some("PT Satu Baru"), false, 3)]).await;
    let disabled =
        |seen: &[crate::support::Seen]| seen.last().is_some_and(|r| r.json()["status"] == "disabled");
    house.kafka.companies_until("disabled", disabled).await;
    house.change(&Person::new("siti").of_company("PT. SATU"), 3).await;
    house.members("PT Satu Baru", &["budi user"]).await;
    house.record("siti", "out", |record| record["company"].is_null()).await;
    house.requests("PT Satu Baru", &[]).await;
    house.kafka.send(&[organization(&topic, "o-1", "satu", None, 4)]).await;
    house.record("budi", "no company", |record| record["company"].is_null()).await;
    let gone = |seen: &[crate::support::Seen]| latest(seen).values().all(|record| record.value.is_none());
    house.kafka.companies_until("the tombstone", |seen| !seen.is_empty() && gone(seen)).await;
    house.service.stop().await;
}

#[tokio::test]
async fn whatever_staff_have_suspended_shows_as_such_until_it_goes_on() {
    let house = House::open().await;
    let topic = house.topic();
    house.kafka.send(&[organization(&topic, "o-1", "satu", Some("PT Satu"), 1)]).await;
    let stands = |status: &'static str| {
        move |seen: &[crate::support::Seen]| {
            seen.last().is_some_and(|record| record.json()["status"] == status)
        }
    };
    house.kafka.companies_until("the company", stands("active")).await;
    for (suspended, name, status) in [(true, "PT Dua", "suspended"), (false, "PT Tiga", "active")] {
        sqlx::query("UPDATE companies SET suspended_at = CASE WHEN $1 THEN now() END")
            .bind(suspended)
            .execute(&house.database.pool)
            .await
            .unwrap();
        let sequence = if suspended { 2 } else { 3 };
        house.kafka.send(&[organization(&topic, "o-1", "satu", Some(name), sequence)]).await;
        house.kafka.companies_until(status, stands(status)).await;
    }
    house.service.stop().await;
}

#[tokio::test]
async fn a_member_may_be_heard_of_before_the_organization_and_after_its_end() {
    let house = House::open().await;
    let topic = house.topic();
    house.change(&Person::new("budi").in_organization("o-1", "satu", "PT Satu"), 1).await;
    house.members("PT Satu", &["budi user"]).await;
    house.kafka.send(&[organization(&topic, "o-1", "satu", Some("PT Satu"), 1)]).await;
    house.kafka.send(&[organization(&topic, "o-1", "satu", None, 2)]).await;
    house.record("budi", "no company", |record| record["company"].is_null()).await;
    // A record of before the end comes late, by another partition.
    house.change(&Person::new("siti").in_organization("o-1", "satu", "PT Satu"), 1).await;
    house.record("siti", "no company", |record| record["company"].is_null()).await;
    house.members("PT Satu", &[]).await;
    house.service.stop().await;
}

#[tokio::test]
async fn an_organization_of_a_name_that_is_only_claimed_belongs_to_the_administrator() {
    let house = House::open().await;
    house.change(&Person::new("squatter").of_company("PT Contoh").unproven(), 1).await;
    house.members("PT Contoh", &["squatter admin"]).await;
    house.kafka.send(&[organization(&house.topic(), "o-1", "contoh", Some("PT Contoh"), 1)]).await;
    house.requests("PT Contoh", &["squatter"]).await;
    house.members("PT Contoh", &[]).await;
    assert_eq!(house.company("PT Contoh").await.1, "active");
    house.service.stop().await;
}
