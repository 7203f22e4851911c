//! Quotas in the real Nova, Neutron and Cinder, over the real Keystone.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use gatehouse::{
    adapters::keystone::{
        Keystone as _, KeystoneError, NewProject,
        QuotaService::{Compute, Network, Volume},
    },
    openstack::NewQuota,
    platform::clock::Clock as _,
};

use super::{quota, want};
use crate::support::{CloudHouse, TestKeystone};

fn values(pairs: &[(&str, i64)]) -> BTreeMap<String, i64> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
}

#[tokio::test]
async fn each_keeps_what_our_client_sets_and_refuses_what_it_does_not_know() {
    let keystone = TestKeystone::with_quota_services().await;
    let client = &keystone.client;
    let project = NewProject {
        name: "kerja".to_owned(),
        domain_id: keystone.domain_id.clone(),
        description: String::new(),
        enabled: true,
        tags: Vec::new(),
    };
    let project = client.create_project(&project).await.unwrap().id;
    let sets = [
        (
            Compute,
            [("cores", 20), ("instances", 10), ("ram", 51_200)],
            [("cores", 40), ("instances", 15), ("ram", 65_536)],
        ),
        (
            Network,
            [("network", 100), ("port", 500), ("floatingip", 50)],
            [("network", 7), ("port", -1), ("floatingip", 9)],
        ),
        (
            Volume,
            [("volumes", 10), ("gigabytes", 1000), ("snapshots", 10)],
            [("volumes", 11), ("gigabytes", -1), ("snapshots", 3)],
        ),
    ];
    for (service, before, after) in sets {
        let held = client.quota_set(service, &project).await.unwrap().expect("it is in the catalogue");
        for (name, value) in before {
            assert_eq!(held.get(name), Some(&value), "{service:?}: {held:?}");
        }
        client.set_quota_set(service, &project, &values(&after)).await.unwrap();
        let kept = client.quota_set(service, &project).await.unwrap().unwrap();
        assert_eq!(kept.len(), held.len());
        for (name, value) in after {
            assert_eq!(kept.get(name), Some(&value), "{service:?}: {kept:?}");
        }
        let unknown = client.set_quota_set(service, &project, &values(&[("no_such_thing", 1)])).await;
        assert_eq!(unknown, Err(KeystoneError::Refused(400)), "{service:?}");
    }
}

#[tokio::test]
async fn a_run_sets_quotas_in_all_three_and_those_for_a_time_go_back() {
    let keystone = TestKeystone::with_quota_services().await;
    let client = keystone.client.clone();
    let settings = keystone.domain_setting();
    let house = CloudHouse::over(client.clone(), &settings).await;
    let openstack = &house.cloud.openstack;
    let (project, _) = want(&house, "kerja").await;
    let until = Some(house.clock.now() + TimeDelta::days(1));
    let wanted = [
        quota(Compute, "ram", 65_536, false),
        NewQuota { until, ..quota(Compute, "cores", 40, false) },
        quota(Network, "floatingip", 9, false),
        quota(Network, "port", 30, true), // there are more
        NewQuota { until, ..quota(Volume, "gigabytes", -1, false) },
        quota(Volume, "no_such_thing", 1, false),
    ];
    let mut conn = house.pool.acquire().await.unwrap();
    openstack.want_quotas_in_tx(&mut conn, project, &wanted).await.unwrap();
    let report = openstack.apply(Some(project)).await.unwrap();
    assert!(report.failed.is_empty() && report.cut_off.is_none(), "{report:?}");
    let keystone_id: String =
        sqlx::query_scalar("SELECT keystone_id FROM cloud_projects").fetch_one(&mut *conn).await.unwrap();
    let held = async || {
        let mut held = Vec::new();
        for (service, name) in [
            (Compute, "ram"),
            (Compute, "cores"),
            (Network, "floatingip"),
            (Network, "port"),
            (Volume, "gigabytes"),
        ] {
            held.push(client.quota_set(service, &keystone_id).await.unwrap().unwrap()[name]);
        }
        held
    };
    assert_eq!(held().await, [65_536, 40, 9, 500, -1]);
    house.advance(TimeDelta::days(1));
    let report = openstack.apply(None).await.unwrap();
    assert!(report.failed.is_empty() && report.cut_off.is_none(), "{report:?}");
    assert_eq!(held().await, [65_536, 20, 9, 500, 1000]);
}
