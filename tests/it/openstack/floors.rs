//! Ports follow machines and networks: they are raised, and what a project has beyond that stays.

use std::collections::BTreeMap;

use gatehouse::{
    adapters::keystone::{MemoryKeystone, QuotaService},
    openstack::{CloudProjectId, store},
};

use super::{limit_ports, quota, want};
use crate::support::CloudHouse;

async fn want_ports(house: &CloudHouse, project: CloudProjectId, ports: i64, is_floor: bool) {
    let mut conn = house.pool.acquire().await.unwrap();
    let wanted = [quota(QuotaService::Network, "port", ports, is_floor)];
    house.cloud.openstack.want_quotas_in_tx(&mut conn, project, &wanted).await.unwrap();
    let report = house.cloud.openstack.apply(Some(project)).await.unwrap();
    assert!(report.failed.is_empty() && report.cut_off.is_none(), "{report:?}");
}

async fn ports_of(house: &CloudHouse, keystone: &MemoryKeystone, has: i64) -> (CloudProjectId, String) {
    let (project, _) = want(house, "kerja").await;
    house.cloud.openstack.apply(Some(project)).await.unwrap();
    let id = keystone.state().projects[0].id.clone();
    let held = BTreeMap::from([("port".to_owned(), has)]);
    keystone.state().quota_sets.insert((QuotaService::Network, id.clone()), held);
    (project, id)
}

#[tokio::test]
async fn what_follows_from_other_quotas_raises_and_never_lowers_what_a_service_keeps() {
    let (house, keystone) = CloudHouse::in_memory().await;
    let (project, id) = ports_of(&house, &keystone, 155).await;
    let ports = || keystone.state().quota_sets[&(QuotaService::Network, id.clone())]["port"];
    want_ports(&house, project, 15, true).await;
    assert_eq!(ports(), 155, "the project had more");
    let mut conn = house.pool.acquire().await.unwrap();
    assert!(store::quota_changes(&mut conn, project).await.unwrap().is_empty(), "and nobody is told of it");
    want_ports(&house, project, 305, true).await;
    assert_eq!(ports(), 305);
    want_ports(&house, project, 25, true).await;
    assert_eq!(ports(), 305, "what was wanted once is not lowered by what follows");
    want_ports(&house, project, 40, false).await;
    assert_eq!(ports(), 40, "what is asked for by name is set as asked");
    keystone
        .state()
        .quota_sets
        .get_mut(&(QuotaService::Network, id.clone()))
        .unwrap()
        .insert("port".to_owned(), -1);
    want_ports(&house, project, 60, true).await;
    assert_eq!(ports(), -1, "unlimited is enough for everything");
    let plan = house.cloud.openstack.plan(None).await.unwrap();
    assert!(plan.repairs.is_empty(), "{plan:?}");
}

#[tokio::test]
async fn what_follows_from_other_quotas_raises_and_never_lowers_a_unified_limit() {
    let (house, keystone) = CloudHouse::in_memory().await;
    limit_ports(&keystone);
    let (project, _) = want(&house, "kerja").await;
    want_ports(&house, project, 15, true).await;
    assert!(keystone.state().limits.is_empty(), "what all projects have is enough");
    want_ports(&house, project, 105, true).await;
    assert_eq!(keystone.state().limits[0].resource_limit, 105);
    want_ports(&house, project, 15, true).await;
    assert_eq!(keystone.state().limits[0].resource_limit, 105);
    let plan = house.cloud.openstack.plan(None).await.unwrap();
    assert!(plan.repairs.is_empty(), "{plan:?}");
}
