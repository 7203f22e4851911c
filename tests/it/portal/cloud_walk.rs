//! The whole way by pages, over a real Keystone and a real Kafka: a customer asks, staff approve, and billing hears of it.

use gatehouse::adapters::keystone::{Filter, Keystone as _};

use super::{house::House, world::Browser};
use crate::support::{CloudHouse, Seen, Service, TestDatabase, TestKafka, TestKeystone};

/// Staff approve the request that waits.
async fn approve(cloud: &CloudHouse, helga: &mut Browser) {
    cloud.work_off().await;
    helga.get("/backoffice/requests").await.expect(200).shows("Open the request for Kerja");
    let waiting = "SELECT request_id::text FROM intake_requests WHERE state = 'notified'";
    let id: String = sqlx::query_scalar(waiting).fetch_one(&cloud.pool).await.unwrap();
    let path = format!("/backoffice/requests/{id}");
    helga.post(&path, &format!("{path}/approve"), &[]).await.expect(303);
    cloud.work_off().await;
}

#[tokio::test]
async fn a_customer_asks_for_a_project_staff_approve_keystone_has_it_and_the_record_shows_it() {
    let keystone = TestKeystone::open().await;
    let client = keystone.client.clone();
    let settings = keystone.domain_setting();
    let cloud = CloudHouse::over(client.clone(), &settings).await;
    let database = TestDatabase { pool: cloud.pool.clone(), url: cloud.url.clone() };
    let kafka = TestKafka::create().await;
    let service = Service::start(&database, &kafka);
    let house = House::over(cloud.pool.clone(), cloud.cloud.clone(), cloud.clock.clone()).await;

    let mut siti = house.browser("siti").await;
    let fields = [("new_project", "Kerja"), ("description", "Tempat kerja"), ("pin", "1234")];
    siti.post("/cloud/ask/project", "/cloud/ask/project", &fields).await.expect(303);
    cloud.work_off().await;
    siti.get("/cloud").await.expect(200).shows("Waiting for a decision");
    let mut helga = house.staff("helga", "customer-service").await;
    approve(&cloud, &mut helga).await;
    siti.get("/cloud").await.expect(200).shows(r#"<span class="tag good">Done</span>"#);

    let here = Filter { domain_id: Some(keystone.domain_id.clone()), ..Filter::default() };
    let projects = client.projects(&here).await.unwrap();
    assert_eq!(projects.iter().map(|project| project.name.as_str()).collect::<Vec<_>>(), ["Kerja"]);
    let users = client.users(&here).await.unwrap();
    assert_eq!(
        users.iter().map(|user| user.name.expose().as_str()).collect::<Vec<_>>(),
        ["siti@example.com"]
    );
    let of_project = Filter { project_id: Some(projects[0].id.clone()), ..Filter::default() };
    let assignments = client.assignments(&of_project).await.unwrap();
    assert_eq!(assignments.iter().map(|held| &held.user_id).collect::<Vec<_>>(), [&users[0].id]);

    keystone.register_limits(&["class:VCPU"]).await;
    let fields = [("project", "Kerja"), ("cores", "40")];
    siti.post("/cloud/ask/quota", "/cloud/ask/quota", &fields).await.expect(303);
    approve(&cloud, &mut helga).await;
    let limits = client.limits(&of_project).await.unwrap();
    let limits: Vec<_> =
        limits.iter().map(|limit| (limit.resource_name.as_str(), limit.resource_limit)).collect();
    assert_eq!(limits, [("class:VCPU", 40)]);

    let is_told = |record: &Seen| {
        record.key.as_deref() == Some("siti") && record.json()["projects"][0]["project_id"] == projects[0].id
    };
    kafka.users_until("the project in the record", |seen| seen.iter().any(is_told)).await;
    service.stop().await;
}
