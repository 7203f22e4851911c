//! Ten thousand projects: what a pass asks does not grow with them.

use std::sync::Arc;

use gatehouse::{
    adapters::keystone::{Assignment, CloudService, Limit, MemoryKeystone, Project, RegisteredLimit, User},
    openstack::{CloudProjectId, CloudUserId},
};
use uuid::Uuid;

use crate::support::CloudHouse;

const MANY: u128 = 10_000;

/// As many projects, each with a member and a limit, wanted and there.
async fn full_house() -> (CloudHouse, Arc<MemoryKeystone>) {
    let (house, keystone) = CloudHouse::in_memory().await;
    for statement in [
        "INSERT INTO cloud_projects (cloud_project_id, domain, name, description, keystone_id, created_at)
         SELECT lpad(to_hex(n), 32, '0')::uuid, 'Default', 'kerja-' || n, '', 'p-' || n, now()
         FROM generate_series(1, 10000) AS n",
        "INSERT INTO cloud_users (cloud_user_id, domain, name, email, full_name, keystone_id, created_at)
         SELECT lpad(to_hex(n), 32, '0')::uuid, 'Default', n || '@contoh.example', n || '@contoh.example', '', 'u-' || n,
             now() FROM generate_series(1, 10000) AS n",
        "INSERT INTO cloud_grants (cloud_project_id, cloud_user_id, task, is_wanted, changed_at)
         SELECT lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, 'member', true, now()
         FROM generate_series(1, 10000) AS n",
        "INSERT INTO cloud_quotas (cloud_project_id, service, resource, wanted, applied)
         SELECT lpad(to_hex(n), 32, '0')::uuid, 'compute', 'cores', 20, 20 FROM generate_series(1, 10000) AS n",
    ] {
        sqlx::query(statement).execute(&house.pool).await.unwrap();
    }
    {
        let mut state = keystone.state();
        state.services.push(CloudService { id: "nova".to_owned(), kind: "compute".to_owned() });
        state.registered_limits.push(RegisteredLimit {
            id: "r-1".to_owned(),
            service_id: "nova".to_owned(),
            region_id: None,
            resource_name: "class:VCPU".to_owned(),
            default_limit: 10,
        });
        for number in 1..=MANY {
            fill(&mut state, number);
        }
    }
    (house, keystone)
}

fn fill(state: &mut gatehouse::adapters::keystone::State, number: u128) {
    let (project_id, user_id) = (format!("p-{number}"), format!("u-{number}"));
    state.projects.push(Project {
        id: project_id.clone(),
        name: format!("kerja-{number}"),
        domain_id: "default".to_owned(),
        description: Some(String::new()),
        enabled: true,
        tags: vec![CloudProjectId(Uuid::from_u128(number)).tag()],
    });
    state.users.push(User {
        id: user_id.clone(),
        name: format!("{number}@contoh.example").into(),
        domain_id: "default".to_owned(),
        enabled: true,
        email: None,
        description: None,
        gatehouse_id: Some(CloudUserId(Uuid::from_u128(number)).to_string()),
    });
    state.assignments.insert(Assignment {
        project_id: project_id.clone(),
        user_id,
        role_id: "role-member".to_owned(),
    });
    state.limits.push(Limit {
        id: format!("l-{number}"),
        service_id: "nova".to_owned(),
        region_id: None,
        project_id: Some(project_id),
        resource_name: "class:VCPU".to_owned(),
        resource_limit: 20,
    });
}

#[tokio::test]
async fn ten_thousand_projects_take_a_call_for_each_list() {
    let (house, keystone) = full_house().await;
    keystone.state().calls.clear();
    let plan = house.cloud.openstack.plan(None).await.unwrap();
    assert!(plan.repairs.is_empty() && plan.findings.is_empty(), "{} repairs", plan.repairs.len());
    assert_eq!(keystone.state().calls.len(), 9, "{:?}", keystone.state().calls);

    // One difference among so many is one more call, and the run that looks at one project asks for that one only.
    keystone.state().assignments.pop_first();
    keystone.state().calls.clear();
    let report = house.cloud.openstack.apply(None).await.unwrap();
    assert_eq!((report.repaired, keystone.state().calls.len()), (1, 10), "{:?}", keystone.state().calls);
    keystone.state().calls.clear();
    house.cloud.openstack.plan(Some(CloudProjectId(Uuid::from_u128(7)))).await.unwrap();
    assert!(keystone.state().calls.len() <= 10, "{:?}", keystone.state().calls);
}
