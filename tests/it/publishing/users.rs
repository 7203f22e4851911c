//! A change in Keycloak arrives as a whole record.

use serde_json::json;

use crate::support::{Service, TestDatabase, TestKafka, keycloak_events::Person};

#[tokio::test]
async fn a_person_who_signed_up_arrives_whole() {
    let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
    let service = Service::start(&database, &kafka);
    let siti = Person::new("siti");
    kafka.send(&[siti.event(&kafka.events(), "org.keycloak.user.REGISTER", 7)]).await;

    let seen = kafka.read_until(&kafka.users(), "one record", |seen| !seen.is_empty()).await;
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
