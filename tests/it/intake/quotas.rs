//! Requests for quotas: each service once, what is not asked stays, and everybody in the project is told.

use gatehouse::{
    adapters::keystone::QuotaService,
    intake::{Act, By, Kind},
    openstack::{Grant, NewCloudProject, NewCloudUser},
    platform::masked::Masked,
};

use crate::support::CloudHouse;

/// A project `Kerja` with two people, over services that keep their own quotas.
async fn house() -> (CloudHouse, std::sync::Arc<gatehouse::adapters::keystone::MemoryKeystone>) {
    let (house, keystone) = CloudHouse::in_memory().await;
    let kept: [(QuotaService, &[(&str, i64)]); 3] = [
        (QuotaService::Compute, &[("instances", 10), ("cores", 20), ("ram", 51_200)]),
        (QuotaService::Network, &[("network", 10), ("port", 12), ("floatingip", 5)]),
        (QuotaService::Volume, &[("volumes", 10), ("gigabytes", 1000), ("snapshots", 10)]),
    ];
    for (service, values) in kept {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        // The first thing that is made has this id.
        keystone.state().quota_sets.insert((service, "project-1".to_owned()), values);
    }
    let openstack = &house.cloud.openstack;
    let mut tx = house.pool.begin().await.unwrap();
    let project = NewCloudProject {
        company_id: None,
        name: "Kerja".to_owned(),
        description: String::new(),
        contact_name: None,
        contact_email: None,
        ends_at: None,
    };
    let cloud_project_id = openstack.want_project_in_tx(&mut tx, project).await.unwrap().unwrap();
    for (email, name) in [("siti@contoh.example", "Siti Rahma"), ("budi@contoh.example", "Budi Santoso")] {
        let user = NewCloudUser {
            user_id: None,
            company_id: None,
            email: Masked::new(email.to_owned()),
            full_name: Masked::new(name.to_owned()),
        };
        let cloud_user_id = openstack.want_user_in_tx(&mut tx, user).await.unwrap().unwrap();
        let grant = Grant { cloud_project_id, cloud_user_id, task: "member".to_owned(), is_wanted: true };
        openstack.put_grant_in_tx(&mut tx, &grant).await.unwrap();
    }
    tx.commit().await.unwrap();
    openstack.apply(Some(cloud_project_id)).await.unwrap();
    (house, keystone)
}

/// Siti asks, by a row of the sheet, and somebody approves. Columns: 11 instances, 12 cores, 13 RAM in GB, 19 storage.
async fn ask(house: &CloudHouse, amounts: &[(usize, &str)]) {
    let mut cells = vec![String::new(); 20];
    for (place, cell) in [(4, "siti@contoh.example"), (8, "Kerja")].iter().chain(amounts) {
        (*cell).clone_into(&mut cells[*place]);
    }
    let intake = &house.cloud.intake;
    let table = [vec![String::new(); 20], cells];
    let imported = intake.import(Kind::Quota, "quotas.csv", &table, false).await.unwrap();
    let id = imported.rows[0].request_id.unwrap_or_else(|| panic!("{imported:?}"));
    house.work_off().await;
    intake.act(id, &Act::Approve, &By::operator("dewi")).await.unwrap();
    house.work_off().await;
}

fn told(house: &CloudHouse, address: &str) -> Vec<String> {
    house.mails_to(address).into_iter().map(|mail| mail.text.expose().clone()).collect()
}

#[tokio::test]
async fn each_service_is_asked_once_what_is_empty_stays_and_everybody_hears_old_and_new() {
    let (house, keystone) = house().await;
    keystone.state().calls.clear();
    ask(&house, &[(11, "15"), (13, "64"), (19, "-1")]).await;
    {
        let state = keystone.state();
        let held = |service, name: &str| state.quota_sets[&(service, "project-1".to_owned())][name];
        let compute = ["instances", "cores", "ram"].map(|name| held(QuotaService::Compute, name));
        assert_eq!(compute, [15, 20, 65_536], "RAM is asked in GB and kept in MB; cores stay");
        assert_eq!(held(QuotaService::Volume, "gigabytes"), -1);
        assert_eq!(held(QuotaService::Network, "port"), 20, "more machines need more ports");
        assert_eq!(held(QuotaService::Network, "floatingip"), 5);
        let calls = state.calls.iter().filter(|call| **call == "set_quota_set").count();
        assert_eq!(calls, 3, "each service once: {:?}", state.calls);
    }
    for (address, name) in [("siti@contoh.example", "Siti"), ("budi@contoh.example", "Budi")] {
        let mails = told(&house, address);
        assert_eq!(mails.len(), 1, "{address}: {mails:?}");
        for part in [name, "Kerja", "10 → 15", "51200 → 65536", "1000 → unlimited", "12 → 20"] {
            assert!(mails[0].contains(part), "{part} in {}", mails[0]);
        }
    }

    keystone.state().calls.clear();
    ask(&house, &[(12, "40")]).await;
    let calls = keystone.state().calls.iter().filter(|call| **call == "set_quota_set").count();
    assert_eq!(calls, 1, "only the service whose quota changes");
    let mails = told(&house, "budi@contoh.example");
    assert_eq!(mails.len(), 2);
    let second = mails.iter().find(|mail| mail.contains("20 → 40")).unwrap_or_else(|| panic!("{mails:?}"));
    assert!(!second.contains("10 → 15"), "what an earlier request changed is no news: {second}");
}
