//! The pass over everything comes at the next end that is known, and at least as often as the settings say.

use chrono::{DateTime, TimeDelta, Utc};
use gatehouse::{
    adapters::keystone::QuotaService,
    openstack::{EVERYTHING, NewCloudProject, NewQuota, RECONCILE, ReconcileJob},
    platform::{
        clock::Clock as _,
        jobs::{self, Done, Handler as _, Job, JobRow},
    },
};

use super::{quota, want};
use crate::support::CloudHouse;

async fn pass(house: &CloudHouse) -> Done {
    let job = Job { kind: RECONCILE.to_owned(), key: EVERYTHING.to_owned(), attempts: 0 };
    ReconcileJob(house.cloud.openstack.clone()).run(&job).await.unwrap()
}

async fn planned(house: &CloudHouse) -> JobRow {
    let mut conn = house.pool.acquire().await.unwrap();
    jobs::find(&mut conn, RECONCILE, EVERYTHING).await.unwrap().expect("a pass is planned")
}

async fn wants_project(house: &CloudHouse, name: &str, ends_at: DateTime<Utc>) {
    let mut conn = house.pool.acquire().await.unwrap();
    let project = NewCloudProject {
        company_id: None,
        name: name.to_owned(),
        description: String::new(),
        contact_name: None,
        contact_email: None,
        ends_at: Some(ends_at),
    };
    house.cloud.openstack.want_project_in_tx(&mut conn, project).await.unwrap().unwrap();
}

#[tokio::test]
async fn the_next_pass_comes_at_the_next_end_and_a_new_end_brings_it_forward() {
    let (house, keystone) = CloudHouse::in_memory().await;
    // Whole seconds: the database keeps no more than microseconds.
    let now = DateTime::from_timestamp(house.clock.now().timestamp() + 1, 0).unwrap();
    house.advance(now - house.clock.now());
    let after = |minutes| now + TimeDelta::minutes(minutes);
    let (project, _) = want(&house, "kerja").await;
    house.cloud.plan(&mut house.pool.acquire().await.unwrap(), after(60)).await.unwrap();
    assert_eq!(pass(&house).await, Done::Until(after(60)), "nothing ends");

    wants_project(&house, "uji", after(300)).await;
    assert_eq!(planned(&house).await.run_at, after(60), "a later end changes nothing");
    assert_eq!(pass(&house).await, Done::Until(after(60)));
    let before = planned(&house).await;
    wants_project(&house, "lomba", after(30)).await;
    let wanted = planned(&house).await;
    assert_eq!(wanted.run_at, after(30));
    assert!(wanted.generation > before.generation, "a run that is at it now is followed by another");
    assert_eq!(pass(&house).await, Done::Until(after(30)));
    let quotas = [NewQuota { until: Some(after(20)), ..quota(QuotaService::Compute, "cores", 40, false) }];
    let openstack = &house.cloud.openstack;
    openstack.want_quotas_in_tx(&mut house.pool.acquire().await.unwrap(), project, &quotas).await.unwrap();
    assert_eq!(planned(&house).await.run_at, after(20));
    assert_eq!(pass(&house).await, Done::Until(after(20)));

    house.advance(TimeDelta::minutes(20));
    assert_eq!(pass(&house).await, Done::Until(after(30)));
    house.advance(TimeDelta::minutes(10));
    let is_enabled = |name: &str| {
        let state = keystone.state();
        state.projects.iter().find(|project| project.name == name).unwrap().enabled
    };
    assert!(is_enabled("lomba"));
    assert_eq!(pass(&house).await, Done::Until(after(90)), "and then no later than always");
    assert!(!is_enabled("lomba") && is_enabled("uji"));
}
