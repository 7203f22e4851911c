//! The first to sign up with a new name founds the company; an existing one is only asked for.

use super::House;
use crate::support::{Service, keycloak_events::Person, latest};

#[tokio::test]
async fn the_first_becomes_admin_and_the_next_asks() {
    let house = House::open().await;
    house.change(&Person::new("siti").of_company("PT Contoh Awan"), 1).await;
    house.members("PT Contoh Awan", &["siti admin"]).await;
    house.change(&Person::new("budi").of_company("p.t. contoh  AWAN"), 1).await;
    house.requests("PT Contoh Awan", &["budi"]).await;
    house.members("PT Contoh Awan", &["siti admin"]).await;

    house.record("siti", "the admin", |record| record["company"]["role"] == "admin").await;
    house.record("budi", "nobody's member", |record| record["company"].is_null()).await;
    let (id, status) = house.company("PT Contoh Awan").await;
    assert_eq!(status, "active");
    let seen = house.kafka.companies_until("the company", |seen| !seen.is_empty()).await;
    let record = seen[0].json();
    assert_eq!(
        (record["company_id"].as_str(), record["members"].as_i64()),
        (Some(id.to_string().as_str()), Some(1))
    );
    assert_eq!(record["billing"]["readiness"]["score"], 0);
    house.service.stop().await;
}

#[tokio::test]
async fn of_many_at_the_same_second_exactly_one_founds() {
    let house = House::open().await;
    let second = Service::start(&house.database, &house.kafka);
    let topic = house.topic();
    let mut events = Vec::new();
    for name in 0..20 {
        for person in 0..4 {
            let person =
                Person::new(&format!("person-{name}-{person}")).of_company(&format!("Company {name}"));
            events.push(person.event(&topic, "org.keycloak.user.REGISTER", 1));
        }
    }
    house.kafka.send(&events).await;
    house.kafka.users_until("everybody", |seen| latest(seen).len() == 80).await;
    for name in 0..20 {
        let (admins, asking): (i64, i64) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM company_members m WHERE m.company_id = c.company_id AND role = 'admin'),
                    (SELECT count(*) FROM join_requests r WHERE r.company_id = c.company_id)
             FROM companies c WHERE c.name = $1",
        )
        .bind(format!("Company {name}"))
        .fetch_one(&house.database.pool)
        .await
        .unwrap();
        assert_eq!((admins, asking), (1, 3), "Company {name}");
    }
    second.stop().await;
    house.service.stop().await;
}

#[tokio::test]
async fn the_unproven_gives_way_to_the_first_who_is_proven() {
    let house = House::open().await;
    let squatter = Person::new("squatter").of_company("PT Contoh").unproven();
    house.change(&squatter, 1).await;
    assert_eq!(house.company("PT Contoh").await.1, "pending");
    let siti = Person::new("siti").of_company("PT Contoh").unproven();
    house.change(&siti, 1).await;
    house.requests("PT Contoh", &["siti"]).await;

    house.change(&siti.with("/email_verified", true), 2).await;
    house.members("PT Contoh", &["siti admin"]).await;
    house.requests("PT Contoh", &["squatter"]).await;
    assert_eq!(house.company("PT Contoh").await.1, "active");
    house.record("squatter", "out of the company", |record| record["company"].is_null()).await;

    // Proving the address later brings nothing back.
    house.change(&squatter.with("/email_verified", true), 2).await;
    house.record("squatter", "proven", |record| record["status"] == "active").await;
    house.members("PT Contoh", &["siti admin"]).await;
    house.service.stop().await;
}

#[tokio::test]
async fn a_pending_company_passes_on_when_its_founder_goes() {
    let house = House::open().await;
    let founder = Person::new("founder").of_company("PT Contoh").unproven();
    house.change(&founder, 1).await;
    house.members("PT Contoh", &["founder admin"]).await;
    house.change(&Person::new("siti").of_company("PT Contoh").unproven(), 1).await;
    house.requests("PT Contoh", &["siti"]).await;
    house.kafka.send(&[founder.deleted(&house.topic(), 2)]).await;
    house.members("PT Contoh", &["siti admin"]).await;

    // And it ends with the last; its name is free again.
    house.kafka.send(&[Person::new("siti").deleted(&house.topic(), 2)]).await;
    house.members("PT Contoh", &[]).await;
    let seen =
        house.kafka.companies_until("the end", |seen| seen.last().is_some_and(|r| r.value.is_none())).await;
    assert_eq!(seen.last().unwrap().header("ce_type"), Some("io.gatehouse.company.deleted.v1"));
    house.change(&Person::new("budi").of_company("PT Contoh"), 1).await;
    house.members("PT Contoh", &["budi admin"]).await;
    house.service.stop().await;
}

#[tokio::test]
async fn who_names_another_company_asks_there() {
    let house = House::open().await;
    house.change(&Person::new("siti").of_company("PT Satu"), 1).await;
    house.change(&Person::new("budi").of_company("PT Dua"), 1).await;
    house.members("PT Satu", &["siti admin"]).await;
    house.members("PT Dua", &["budi admin"]).await;
    let dewi = Person::new("dewi").of_company("PT Satu");
    house.change(&dewi, 1).await;
    house.requests("PT Satu", &["dewi"]).await;
    house.change(&dewi.of_company("PT Dua"), 2).await;
    house.requests("PT Dua", &["dewi"]).await;
    house.requests("PT Satu", &[]).await;
    house.service.stop().await;
}
