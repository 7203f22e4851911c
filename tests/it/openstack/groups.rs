//! Tasks by groups: the same as by roles given directly, and one can become the other.

use std::sync::Arc;

use gatehouse::{
    adapters::keystone::{Filter, Keystone as _, MemoryKeystone},
    openstack::{CloudProjectId, Report},
};

use super::{grant, want};
use crate::support::{CloudHouse, TestKeystone};

const BY_GROUP: &str = "openstack.grants = \"group\"\n";

async fn house() -> (CloudHouse, Arc<MemoryKeystone>) {
    let keystone = Arc::new(MemoryKeystone::bootstrapped());
    (CloudHouse::over(keystone.clone(), BY_GROUP).await, keystone)
}

async fn apply(house: &CloudHouse, only: Option<CloudProjectId>) -> Report {
    let report = house.cloud.openstack.apply(only).await.unwrap();
    assert!(report.failed.is_empty() && report.cut_off.is_none(), "{report:?}");
    report
}

/// Nothing is left to do, looked at from the project and from everything.
async fn settled(house: &CloudHouse, project: CloudProjectId) {
    for only in [Some(project), None] {
        let plan = house.cloud.openstack.plan(only).await.unwrap();
        assert!(plan.repairs.is_empty() && plan.findings.is_empty(), "{only:?}: {plan:?}");
    }
}

#[tokio::test]
async fn a_task_is_a_place_in_its_group_and_ends_with_it() {
    let (house, keystone) = house().await;
    let (project, user) = want(&house, "kerja").await;
    apply(&house, Some(project)).await;
    {
        let state = keystone.state();
        assert!(state.assignments.is_empty(), "no role is given directly");
        assert_eq!((state.groups.len(), state.group_grants.len(), state.members.len()), (1, 1, 1));
        assert!(state.groups[0].name.len() <= 64, "{:?}", state.groups);
    }
    settled(&house, project).await;
    let mut conn = house.pool.acquire().await.unwrap();
    house.cloud.openstack.put_grant_in_tx(&mut conn, &grant(project, user, false)).await.unwrap();
    apply(&house, Some(project)).await;
    assert!(keystone.state().members.is_empty(), "what is taken back is gone");
    settled(&house, project).await;
}

#[tokio::test]
async fn whoever_was_put_into_a_group_by_hand_stays_until_their_end_is_approved() {
    let (house, keystone) = house().await;
    let (project, _) = want(&house, "kerja").await;
    apply(&house, None).await;
    let group = keystone.state().groups[0].id.clone();
    keystone.join(&group, "by-hand").await.unwrap();
    let report = apply(&house, None).await;
    assert_eq!((report.plan.repairs.len(), report.plan.findings.len()), (0, 1), "{report:?}");
    assert!(report.plan.findings[0].to_string().contains("by-hand"), "{report:?}");
    assert_eq!(keystone.state().members.len(), 2, "it is left alone");
    let mut conn = house.pool.acquire().await.unwrap();
    let findings = gatehouse::openstack::store::findings(&mut conn).await.unwrap();
    assert!(house.cloud.openstack.approve(findings[0].0, "dewi").await.unwrap());
    apply(&house, None).await;
    assert_eq!(keystone.state().members.len(), 1, "its end was approved");
    settled(&house, project).await;
}

#[tokio::test]
async fn a_site_moves_from_direct_roles_to_groups_and_back_and_nobody_keeps_two_ways_in() {
    let keystone = Arc::new(MemoryKeystone::bootstrapped());
    let mut house = CloudHouse::over(keystone.clone(), "").await;
    let (project, _) = want(&house, "kerja").await;
    apply(&house, None).await;
    let ways = || {
        let state = keystone.state();
        (state.assignments.len(), state.members.len())
    };
    assert_eq!(ways(), (1, 0));
    house.set(BY_GROUP);
    apply(&house, None).await;
    assert_eq!(ways(), (0, 1));
    settled(&house, project).await;
    house.set("openstack.grants = \"direct\"\n");
    apply(&house, None).await;
    assert_eq!(ways(), (1, 0));
    settled(&house, project).await;
}

#[tokio::test]
async fn the_real_keystone_gives_by_a_group_what_a_token_then_holds() {
    let keystone = TestKeystone::open().await;
    let client = keystone.client.clone();
    let settings = format!("{BY_GROUP}{}", keystone.domain_setting());
    let house = CloudHouse::over(client.clone(), &settings).await;
    let (project, user) = want(&house, "kerja").await;
    apply(&house, Some(project)).await;
    let plan = house.cloud.openstack.plan(Some(project)).await.unwrap();
    assert!(plan.repairs.is_empty() && plan.findings.is_empty(), "{plan:?}");

    let here = Filter { domain_id: Some(keystone.domain_id.clone()), ..Filter::default() };
    let place = client.projects(&here).await.unwrap().remove(0).id;
    let of_project = Filter { project_id: Some(place), ..Filter::default() };
    assert!(client.assignments(&of_project).await.unwrap().is_empty());
    assert_eq!(client.group_roles(&of_project).await.unwrap().len(), 1, "implied roles are not counted");
    let everywhere = client.group_roles(&Filter::default()).await.unwrap();
    assert!(!everywhere.is_empty());

    let mut conn = house.pool.acquire().await.unwrap();
    house.cloud.openstack.put_grant_in_tx(&mut conn, &grant(project, user, false)).await.unwrap();
    apply(&house, Some(project)).await;
    assert!(client.group_roles(&of_project).await.unwrap().is_empty());
    let (group, user) =
        (client.groups(&here).await.unwrap().remove(0), client.users(&here).await.unwrap().remove(0));
    client.leave(&group.id, &user.id).await.unwrap();
}
