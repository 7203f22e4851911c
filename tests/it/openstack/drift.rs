//! What others made is told and left alone; what is missing is made again.

use gatehouse::adapters::keystone::{Assignment, Keystone as _, NewProject};

use super::want;
use crate::support::CloudHouse;

#[tokio::test]
async fn a_role_given_by_hand_stays_until_its_end_is_approved() {
    let (house, keystone) = CloudHouse::in_memory().await;
    want(&house, "kerja").await;
    house.cloud.openstack.apply(None).await.unwrap();
    let project_id = keystone.state().projects[0].id.clone();
    let by_hand = Assignment { project_id, user_id: "by-hand".to_owned(), role_id: "role-admin".to_owned() };
    keystone.state().assignments.insert(by_hand.clone());

    let report = house.cloud.openstack.apply(None).await.unwrap();
    assert_eq!((report.plan.repairs.len(), report.plan.findings.len()), (0, 1), "{report:?}");
    assert!(keystone.state().assignments.contains(&by_hand), "it is left alone");
    let mut conn = house.pool.acquire().await.unwrap();
    let findings = gatehouse::openstack::store::findings(&mut conn).await.unwrap();
    assert!(house.cloud.openstack.approve(findings[0].0, "dewi").await.unwrap());
    assert!(!house.cloud.openstack.approve(findings[0].0, "dewi").await.unwrap(), "once");
    house.cloud.openstack.apply(None).await.unwrap();
    assert!(!keystone.state().assignments.contains(&by_hand), "its end was approved");
    let recorded: Vec<(String, String)> =
        sqlx::query_as("SELECT actor_kind || ' ' || actor_id, action FROM audit_entries")
            .fetch_all(&house.pool)
            .await
            .unwrap();
    assert_eq!(recorded, [("operator dewi".to_owned(), "cloud_finding.approved".to_owned())]);
}

#[tokio::test]
async fn a_project_of_the_same_name_is_not_taken_over_without_approval() {
    let (house, keystone) = CloudHouse::in_memory().await;
    let new = NewProject {
        name: "Kerja".to_owned(),
        domain_id: "default".to_owned(),
        description: "made by hand".to_owned(),
        enabled: true,
        tags: Vec::new(),
    };
    keystone.create_project(&new).await.unwrap();
    want(&house, "kerja").await;
    let report = house.cloud.openstack.apply(None).await.unwrap();
    assert_eq!(report.plan.findings.len(), 1, "{report:?}");
    assert_eq!(keystone.state().projects[0].description.as_deref(), Some("made by hand"));
    let mut conn = house.pool.acquire().await.unwrap();
    let findings = gatehouse::openstack::store::findings(&mut conn).await.unwrap();
    house.cloud.openstack.approve(findings[0].0, "dewi").await.unwrap();
    house.cloud.openstack.apply(None).await.unwrap();
    house.cloud.openstack.apply(None).await.unwrap();
    let state = keystone.state();
    assert_eq!((state.projects.len(), state.assignments.len()), (1, 1));
    assert!(state.projects[0].tags[0].starts_with("gatehouse:"), "{:?}", state.projects);
}

#[tokio::test]
async fn what_was_changed_behind_our_back_is_told_before_it_is_mended() {
    let (house, keystone) = CloudHouse::in_memory().await;
    want(&house, "kerja").await;
    house.cloud.openstack.apply(None).await.unwrap();
    {
        let mut state = keystone.state();
        state.projects[0].enabled = false;
        state.assignments.clear();
    }
    let plan = house.cloud.openstack.plan(None).await.unwrap();
    assert_eq!(plan.repairs.len(), 2, "{plan:?}");
    assert!(keystone.state().assignments.is_empty(), "a plan changes nothing");
    house.cloud.openstack.apply(None).await.unwrap();
    assert!(keystone.state().projects[0].enabled && keystone.state().assignments.len() == 1);
}

#[tokio::test]
async fn a_pass_without_changes_asks_for_each_list_once() {
    let (house, keystone) = CloudHouse::in_memory().await;
    for number in 0..100 {
        want(&house, &format!("kerja-{number}")).await;
    }
    house.cloud.openstack.apply(None).await.unwrap();
    keystone.state().calls.clear();
    let report = house.cloud.openstack.apply(None).await.unwrap();
    assert_eq!(report.plan.repairs.len(), 0);
    assert_eq!(keystone.state().calls.len(), 9, "{:?}", keystone.state().calls);
}

#[tokio::test]
async fn a_project_whose_time_is_over_may_be_used_no_longer() {
    let (house, keystone) = CloudHouse::in_memory().await;
    let (project, _) = want(&house, "kerja").await;
    house.cloud.openstack.apply(None).await.unwrap();
    sqlx::query(
        "UPDATE cloud_projects SET ends_at = now() - interval '1 second' WHERE cloud_project_id = $1",
    )
    .bind(project)
    .execute(&house.pool)
    .await
    .unwrap();
    house.cloud.openstack.apply(None).await.unwrap();
    assert!(!keystone.state().projects[0].enabled);
}
