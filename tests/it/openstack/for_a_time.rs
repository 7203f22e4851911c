//! Quotas for a time where Keystone keeps the limits: what held before comes back, whoever set it.

use chrono::TimeDelta;
use gatehouse::{
    adapters::keystone::QuotaService,
    openstack::{CloudProjectId, NewQuota},
    platform::clock::Clock as _,
};

use super::{limit_ports, quota, want};
use crate::support::CloudHouse;

async fn wants(house: &CloudHouse, project: CloudProjectId, quota: NewQuota) {
    let mut conn = house.pool.acquire().await.unwrap();
    house.cloud.openstack.want_quotas_in_tx(&mut conn, project, &[quota]).await.unwrap();
    house.cloud.openstack.apply(Some(project)).await.unwrap();
}

#[tokio::test]
async fn what_follows_from_quotas_for_a_time_comes_back_to_what_the_project_had() {
    let (house, keystone) = CloudHouse::in_memory().await;
    limit_ports(&keystone);
    let (project, _) = want(&house, "kerja").await;
    let until = Some(house.clock.now() + TimeDelta::days(2));
    let ports = |ports, is_floor| quota(QuotaService::Network, "port", ports, is_floor);
    let limit = || keystone.state().limits.first().map(|limit| limit.resource_limit);
    wants(&house, project, NewQuota { until, ..ports(20, true) }).await;
    assert_eq!(limit(), None, "what all projects have is enough");
    wants(&house, project, NewQuota { until, ..ports(80, true) }).await;
    assert_eq!(limit(), Some(80));
    wants(&house, project, NewQuota { until, ..ports(60, true) }).await;
    assert_eq!(limit(), Some(80), "a floor lowers nothing");
    // Somebody changes it by hand meanwhile: it is repaired, and is not what comes back.
    keystone.state().limits[0].resource_limit = 70;
    house.cloud.openstack.apply(None).await.unwrap();
    assert_eq!(limit(), Some(80));
    house.advance(TimeDelta::days(2));
    house.cloud.openstack.apply(None).await.unwrap();
    assert_eq!(limit(), Some(50));
    assert!(house.cloud.openstack.plan(None).await.unwrap().repairs.is_empty());
}
