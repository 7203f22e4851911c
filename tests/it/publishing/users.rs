//! A change in Keycloak arrives as a whole record.

use serde_json::json;

use crate::support::{Service, TestDatabase, TestKafka, keycloak_events::Person};

#[tokio::test]
async fn a_person_who_signed_up_arrives_whole() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let service = Service::start(&database, &kafka);
    let siti = Person::new("siti");
    kafka.send(&[siti.event(&kafka.events(), "org.keycloak.user.REGISTER", 7)]).await;

    let seen = kafka.users_until("one record", |seen| !seen.is_empty()).await;
    let record = &seen[0];
    assert_eq!(record.key.as_deref(), Some("siti"));
    for (header, value) in [
        ("ce_specversion", "1.0"),
        ("ce_type", "io.gatehouse.user.state.v1"),
        ("ce_subject", "siti"),
        ("content-type", "application/json"),
    ] {
        assert_eq!(record.header(header), Some(value), "{header}");
    }
    let revision = record.revision();
    assert_eq!(
        record.json(),
        json!({
            "user_id": "siti", "realm": "gatehouse", "region": "RegionOne", "revision": revision,
            "status": "active", "username": "siti@contoh.example",
            "name": {"first": "Siti", "last": "Rahma"}, "locale": "id", "time_zone": "Asia/Jakarta",
            "emails": [{
                "address": "siti@contoh.example", "purposes": ["login"], "primary": true,
                "verified_at": "2026-11-21T09:30:00.456Z",
            }],
            "phones": [], "second_factors": ["sms"], "company": null, "projects": [],
            "created_at": "2026-11-01T08:00:00.123Z", "updated_at": "2026-11-21T09:30:00.456Z",
        })
    );
    service.stop().await;
}

#[tokio::test]
async fn what_changes_nothing_is_not_sent_again() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let service = Service::start(&database, &kafka);
    let (topic, siti) = (kafka.events(), Person::new("siti"));
    kafka.send(&[siti.event(&topic, "org.keycloak.user.REGISTER", 1)]).await;
    kafka.users_until("the first state", |seen| seen.len() == 1).await;
    kafka.send(&(2..20).map(|n| siti.event(&topic, "org.keycloak.user.LOGIN", n)).collect::<Vec<_>>()).await;
    let disabled = siti.with("/enabled", false);
    kafka.send(&[disabled.event(&topic, "org.keycloak.admin.USER.UPDATE", 20)]).await;
    let seen = kafka.users_until("the change", |seen| seen.len() == 2).await;
    assert_eq!(seen[1].json()["status"], "disabled");
    service.stop().await;
}

#[tokio::test]
async fn whoever_is_blocked_by_staff_shows_as_such() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let service = Service::start(&database, &kafka);
    let (topic, siti) = (kafka.events(), Person::new("siti"));
    kafka.send(&[siti.event(&topic, "org.keycloak.user.REGISTER", 1)]).await;
    kafka.users_until("the first state", |seen| seen.len() == 1).await;
    sqlx::query("INSERT INTO person_blocks VALUES ('siti', 'blocked', 'stolen laptop', 'helga', now())")
        .execute(&database.pool)
        .await
        .unwrap();
    let closed = siti.with("/enabled", false);
    kafka.send(&[closed.event(&topic, "org.keycloak.admin.USER.UPDATE", 2)]).await;
    let seen = kafka.users_until("the change", |seen| seen.len() == 2).await;
    assert_eq!(seen[1].json()["status"], "blocked");
    service.stop().await;
}

#[tokio::test]
async fn each_step_of_a_person_shows_in_the_record() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let service = Service::start(&database, &kafka);
    let topic = kafka.events();
    let new = Person::new("siti").unproven().with("/factors", json!([]));
    let proven = new.clone().with("/email_verified", true);
    let enrolled = proven.clone().with("/factors", json!([{"id": "x", "channel": "totp", "hint": null}]));
    let moved = enrolled.clone().with("/email", "siti@Baru.EXAMPLE").with("/email_verified", false);
    let steps = [
        (new, "REGISTER", "pending", json!([])),
        (proven, "VERIFY_EMAIL", "pending", json!([])),
        (enrolled, "UPDATE_CREDENTIAL", "active", json!(["totp"])),
        (moved, "UPDATE_EMAIL", "pending", json!(["totp"])),
    ];
    for (sequence, (person, kind, status, factors)) in (1..).zip(&steps) {
        kafka.send(&[person.event(&topic, &format!("org.keycloak.user.{kind}"), sequence)]).await;
        let count = usize::try_from(sequence).unwrap();
        let seen = kafka.users_until(kind, |seen| seen.len() == count).await;
        let record = seen.last().unwrap().json();
        assert_eq!(record["status"], **status, "{kind}");
        assert_eq!(record["second_factors"], *factors, "{kind}");
    }
    let seen = kafka.users_until("four states", |seen| seen.len() == 4).await;
    let emails = &seen[3].json()["emails"];
    assert_eq!(
        *emails,
        json!([{"address": "siti@baru.example", "purposes": ["login"], "primary": true, "verified_at": null}])
    );
    service.stop().await;
}

#[tokio::test]
async fn where_codes_go_shows_as_a_contact_and_ends_with_the_credential() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let service = Service::start(&database, &kafka);
    let (topic, factor) = (kafka.events(), "0d9c2f0e-0000-4000-8000-000000000001");
    sqlx::query(
        "INSERT INTO otp_factors (id, realm, user_id, channel, destination, hint, is_primary, verified_at)
         VALUES ($1::uuid, 'gatehouse', 'siti', 'sms', '+6281234567890', '+62 ••• 7890', true,
                 '2026-11-21T09:29:00Z')",
    )
    .bind(factor)
    .execute(&database.pool)
    .await
    .unwrap();
    let siti = Person::new("siti");
    kafka.send(&[siti.event(&topic, "org.keycloak.user.UPDATE_CREDENTIAL", 1)]).await;
    let seen = kafka.users_until("the phone", |seen| seen.len() == 1).await;
    assert_eq!(
        seen[0].json()["phones"],
        json!([{
            "e164": "+6281234567890", "purposes": ["second_factor"], "primary": true,
            "verified_at": "2026-11-21T09:29:00Z",
        }])
    );
    kafka
        .send(&[siti.with("/factors", json!([])).event(&topic, "org.keycloak.user.REMOVE_CREDENTIAL", 2)])
        .await;
    let seen = kafka.users_until("no phone", |seen| seen.len() == 2).await;
    let record = seen[1].json();
    assert_eq!((&record["phones"], &record["second_factors"]), (&json!([]), &json!([])));
    assert_eq!(record["status"], "pending");
    service.stop().await;
}
