//! One reconciler brings Keystone to what is wanted, from wherever it starts.

mod commands;
mod cut_off;
mod domains;
mod drift;
mod ends;
mod federation;
mod floors;
mod for_a_time;
mod groups;
mod real_services;
mod scale;

use gatehouse::{
    adapters::keystone::{CloudService, MemoryKeystone, QuotaService, RegisteredLimit},
    openstack::{CloudProjectId, CloudUserId, Grant, NewCloudProject, NewCloudUser, NewQuota},
    platform::masked::Masked,
};

use crate::support::CloudHouse;

/// Ports are a unified limit there, 50 where nothing else is set.
fn limit_ports(keystone: &MemoryKeystone) {
    let mut state = keystone.state();
    state.services.push(CloudService { id: "neutron".to_owned(), kind: "network".to_owned() });
    state.registered_limits.push(RegisteredLimit {
        id: "r-1".to_owned(),
        service_id: "neutron".to_owned(),
        region_id: None,
        resource_name: "port".to_owned(),
        default_limit: 50,
    });
}

/// Wants a project with one member.
async fn want(house: &CloudHouse, name: &str) -> (CloudProjectId, CloudUserId) {
    let openstack = &house.cloud.openstack;
    let mut tx = house.pool.begin().await.unwrap();
    let project = NewCloudProject {
        company_id: None,
        name: name.to_owned(),
        description: "Tempat kerja".to_owned(),
        contact_name: None,
        contact_email: None,
        ends_at: None,
    };
    let project = openstack.want_project_in_tx(&mut tx, project).await.unwrap().unwrap();
    let user = NewCloudUser {
        user_id: None,
        company_id: None,
        email: Masked::new(format!("{name}@contoh.example")),
        full_name: Masked::new("Siti Rahma".to_owned()),
    };
    let user = openstack.want_user_in_tx(&mut tx, user).await.unwrap().unwrap();
    let grant = grant(project, user, true);
    openstack.put_grant_in_tx(&mut tx, &grant).await.unwrap();
    tx.commit().await.unwrap();
    (project, user)
}

fn grant(cloud_project_id: CloudProjectId, cloud_user_id: CloudUserId, is_wanted: bool) -> Grant {
    Grant { cloud_project_id, cloud_user_id, task: "member".to_owned(), is_wanted }
}

/// Wants quotas of a service with unified limits and of one without.
async fn want_quotas(house: &CloudHouse, project: CloudProjectId) {
    let mut conn = house.pool.acquire().await.unwrap();
    let quotas = [
        quota(QuotaService::Compute, "cores", 20, false),
        quota(QuotaService::Volume, "gigabytes", 500, false),
    ];
    house.cloud.openstack.want_quotas_in_tx(&mut conn, project, &quotas).await.unwrap();
}

fn quota(service: QuotaService, resource: &str, wanted: i64, is_floor: bool) -> NewQuota {
    NewQuota { service, resource: resource.to_owned(), wanted, is_floor, until: None }
}
