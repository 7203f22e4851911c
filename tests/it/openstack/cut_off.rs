//! A run may be cut off anywhere: the next one goes on and makes nothing twice.

use std::collections::BTreeMap;

use gatehouse::adapters::keystone::{CloudService, MemoryKeystone, QuotaService, RegisteredLimit};

use super::{grant, want, want_quotas};
use crate::support::CloudHouse;

/// Compute has unified limits, volumes have quotas of their own.
fn with_limits(keystone: &MemoryKeystone) {
    let mut state = keystone.state();
    state.services.push(CloudService { id: "nova".to_owned(), kind: "compute".to_owned() });
    state.registered_limits.push(RegisteredLimit {
        id: "r-1".to_owned(),
        service_id: "nova".to_owned(),
        region_id: None,
        resource_name: "class:VCPU".to_owned(),
        default_limit: 10,
    });
    let held = BTreeMap::from([("gigabytes".to_owned(), 1000)]);
    state.quota_sets.insert((QuotaService::Volume, "other".to_owned()), held.clone());
    for number in 1..20 {
        state.quota_sets.insert((QuotaService::Volume, format!("project-{number}")), held.clone());
    }
}

#[tokio::test]
async fn what_is_wanted_is_there_within_one_run_and_the_next_finds_nothing_to_do() {
    let (house, keystone) = CloudHouse::in_memory().await;
    with_limits(&keystone);
    let (project, user) = want(&house, "kerja").await;
    want_quotas(&house, project).await;
    let report = house.cloud.openstack.apply(Some(project)).await.unwrap();
    assert!(report.failed.is_empty() && report.cut_off.is_none(), "{report:?}");
    {
        let state = keystone.state();
        assert_eq!((state.projects.len(), state.users.len(), state.assignments.len()), (1, 1, 1));
        assert_eq!(state.limits[0].resource_limit, 20);
        let quotas = &state.quota_sets[&(QuotaService::Volume, state.projects[0].id.clone())];
        assert_eq!(quotas["gigabytes"], 500);
        assert_eq!(state.calls.iter().filter(|call| **call == "set_quota_set").count(), 1);
    }
    let plan = house.cloud.openstack.plan(None).await.unwrap();
    assert!(plan.repairs.is_empty() && plan.findings.is_empty(), "{plan:?}");

    let mut conn = house.pool.acquire().await.unwrap();
    house.cloud.openstack.put_grant_in_tx(&mut conn, &grant(project, user, false)).await.unwrap();
    house.cloud.openstack.apply(Some(project)).await.unwrap();
    assert!(keystone.state().assignments.is_empty(), "what is taken back is gone");
}

#[tokio::test]
async fn a_run_that_is_cut_off_at_any_call_is_finished_by_the_next() {
    for cut in 1..30 {
        let (house, keystone) = CloudHouse::in_memory().await;
        with_limits(&keystone);
        let (project, _) = want(&house, "kerja").await;
        want_quotas(&house, project).await;
        keystone.state().fail_from = Some(cut);
        let first = house.cloud.openstack.apply(Some(project)).await;
        let was_cut = !first.is_ok_and(|report| report.cut_off.is_none());
        // What was made and not noted is what a crash leaves: the ids are forgotten.
        for statement in
            ["UPDATE cloud_projects SET keystone_id = NULL", "UPDATE cloud_users SET keystone_id = NULL"]
        {
            sqlx::query(statement).execute(&house.pool).await.unwrap();
        }
        keystone.state().fail_from = None;
        house.cloud.openstack.apply(Some(project)).await.unwrap();
        let made = {
            let state = keystone.state();
            (state.projects.len(), state.users.len(), state.assignments.len(), state.limits.len())
        };
        assert_eq!(made, (1, 1, 1, 1), "cut off at call {cut}");
        let plan = house.cloud.openstack.plan(None).await.unwrap();
        assert!(plan.repairs.is_empty(), "cut off at call {cut}: {plan:?}");
        if !was_cut {
            assert!(cut > 10, "there are more calls than {cut}");
            return;
        }
    }
    panic!("a run makes fewer calls than thirty");
}

#[tokio::test]
async fn runs_at_the_same_time_make_everything_once_and_none_fails() {
    let (house, keystone) = CloudHouse::in_memory().await;
    with_limits(&keystone);
    for name in ["kerja", "uji", "produksi"] {
        let (project, _) = want(&house, name).await;
        want_quotas(&house, project).await;
        let openstack = &house.cloud.openstack;
        let (one, other) = (openstack.apply(Some(project)), openstack.apply(None));
        for report in <[_; 2]>::from(tokio::join!(one, other)) {
            let report = report.unwrap();
            assert!(report.failed.is_empty() && report.cut_off.is_none(), "{report:?}");
        }
    }
    let state = keystone.state();
    let made = (state.projects.len(), state.users.len(), state.assignments.len(), state.limits.len());
    assert_eq!(made, (3, 3, 3, 3));
}
