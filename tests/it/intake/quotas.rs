//! Requests for quotas: each service once, what is not asked stays, and everybody in the project is told.

use chrono::TimeDelta;
use gatehouse::{
    adapters::keystone::{KeystoneError, MemoryKeystone, QuotaService},
    intake::{Act, By, Kind, PROVISION, ProvisionJob, RequestId, State, TIME_IS_OVER, store},
    openstack::{Grant, NewCloudProject, NewCloudUser},
    platform::{
        clock::Clock as _,
        jobs::{Done, Failed, Handler as _, Job},
        masked::Masked,
    },
};
use serde_json::{Value, json};

use crate::support::CloudHouse;

/// A project `Kerja` with two people, over services that keep their own quotas.
async fn house() -> (CloudHouse, std::sync::Arc<MemoryKeystone>) {
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

/// Siti asks, by a row of the sheet, and somebody approves. Columns: 10 last day, 11 instances, 12 cores, 13 RAM in GB, 19 storage.
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

fn held(keystone: &MemoryKeystone, service: QuotaService, name: &str) -> i64 {
    keystone.state().quota_sets[&(service, "project-1".to_owned())][name]
}

/// What the service does by itself now and then.
async fn passes(house: &CloudHouse) {
    house.cloud.openstack.apply(None).await.unwrap();
    house.cloud.intake.remind().await.unwrap();
    house.work_off().await;
}

#[tokio::test]
async fn quotas_for_a_time_end_by_themselves_and_everybody_hears_of_it_before_and_after() {
    let (house, keystone) = house().await;
    let last = (house.clock.now() + TimeDelta::days(30)).date_naive();
    let end = last.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::days(1);
    ask(&house, &[(10, &last.to_string()), (11, "15"), (12, "40")]).await;
    let compute = |name: &str| held(&keystone, QuotaService::Compute, name);
    assert_eq!(
        (compute("instances"), compute("cores"), held(&keystone, QuotaService::Network, "port")),
        (15, 40, 20)
    );
    let first = told(&house, "budi@contoh.example");
    assert!(first.len() == 1 && first[0].contains(&format!("hold until {last}")), "{first:?}");

    house.advance(end - TimeDelta::days(14) - TimeDelta::seconds(1) - house.clock.now());
    passes(&house).await;
    assert_eq!(told(&house, "budi@contoh.example").len(), 1, "it is early");
    house.advance(TimeDelta::seconds(1));
    passes(&house).await;
    passes(&house).await;
    for address in ["siti@contoh.example", "budi@contoh.example"] {
        let mails = told(&house, address);
        assert_eq!(mails.len(), 2, "reminded once: {mails:?}");
        for part in [&format!("until {last}"), "40 → 20", "15 → 10", "20 → 12"] {
            assert!(mails[1].contains(part), "{part} in {}", mails[1]);
        }
    }

    house.advance(end - TimeDelta::seconds(1) - house.clock.now());
    passes(&house).await;
    assert_eq!(compute("cores"), 40, "its last day is not over");
    house.advance(TimeDelta::seconds(1));
    // Keystone and the services are away for a while: nothing is lost by it.
    house.cloud.intake.remind().await.unwrap();
    passes(&house).await;
    passes(&house).await;
    assert_eq!(
        (compute("instances"), compute("cores"), held(&keystone, QuotaService::Network, "port")),
        (10, 20, 12)
    );
    let mails = told(&house, "budi@contoh.example");
    assert_eq!(mails.len(), 3, "told once: {mails:?}");
    assert!(mails[2].contains("former values are back") && mails[2].contains("40 → 20"), "{}", mails[2]);
    let recorded: Vec<(String, Value, Value)> = sqlx::query_as(
        "SELECT actor_kind, before, after FROM audit_entries WHERE action = 'cloud_quota.returned'",
    )
    .fetch_all(&house.pool)
    .await
    .unwrap();
    let (before, after) = (
        json!({"instances": 15, "cores": 40, "port": 20}),
        json!({"instances": 10, "cores": 20, "port": 12}),
    );
    assert_eq!(recorded, [("service".to_owned(), before, after)]);
    assert!(house.cloud.openstack.plan(None).await.unwrap().repairs.is_empty());
}

#[tokio::test]
async fn a_change_for_good_wins_over_one_for_a_time() {
    let (house, keystone) = house().await;
    let last = (house.clock.now() + TimeDelta::days(30)).date_naive();
    ask(&house, &[(10, &last.to_string()), (12, "40"), (13, "64")]).await;
    ask(&house, &[(12, "30")]).await;
    let compute = |name: &str| held(&keystone, QuotaService::Compute, name);
    assert_eq!((compute("cores"), compute("ram")), (30, 65_536));
    house.advance(TimeDelta::days(40));
    passes(&house).await;
    assert_eq!((compute("cores"), compute("ram")), (30, 51_200), "what was not asked for good comes back");
    let mails = told(&house, "budi@contoh.example");
    assert!(!mails.last().unwrap().contains("cores"), "{mails:?}");

    // One for a time after it comes back to what was wanted for good.
    let last = (house.clock.now() + TimeDelta::days(3)).date_naive();
    ask(&house, &[(10, &last.to_string()), (12, "99")]).await;
    assert_eq!(compute("cores"), 99);
    house.advance(TimeDelta::days(5));
    passes(&house).await;
    assert_eq!(compute("cores"), 30);
}

#[tokio::test]
async fn what_is_over_before_it_is_asked_or_approved_is_not_brought_about() {
    let (house, keystone) = house().await;
    let row = |day: &str| {
        let mut cells = vec![String::new(); 20];
        for (place, cell) in [(4, "siti@contoh.example"), (8, "Kerja"), (10, day), (12, "40")] {
            cell.clone_into(&mut cells[place]);
        }
        [vec![String::new(); 20], cells]
    };
    let intake = &house.cloud.intake;
    let today = house.clock.now().date_naive();
    let yesterday = row(&(today - TimeDelta::days(1)).to_string());
    let imported = intake.import(Kind::Quota, "quotas.csv", &yesterday, false).await.unwrap();
    assert_eq!(super::words(&imported), ["Over"]);
    let tomorrow = row(&(today + TimeDelta::days(1)).to_string());
    let imported = intake.import(Kind::Quota, "quotas.csv", &tomorrow, false).await.unwrap();
    let id = imported.rows[0].request_id.unwrap();
    house.work_off().await;
    house.advance(TimeDelta::days(3));
    intake.act(id, &Act::Approve, &By::operator("dewi")).await.unwrap();
    house.work_off().await;
    assert_eq!(held(&keystone, QuotaService::Compute, "cores"), 20);
    let mut conn = house.pool.acquire().await.unwrap();
    let request = gatehouse::intake::store::find(&mut conn, id).await.unwrap().unwrap();
    assert_eq!(request.reason.as_deref(), Some("the time that it was asked for is over"));
}

/// A request for cores until the day after tomorrow, approved while OpenStack is away.
async fn approved_while_away(house: &CloudHouse, keystone: &MemoryKeystone) -> RequestId {
    let last = (house.clock.now() + TimeDelta::days(2)).date_naive().to_string();
    let mut cells = vec![String::new(); 20];
    for (place, cell) in [(4, "siti@contoh.example"), (8, "Kerja"), (10, &last), (12, "40")] {
        cell.clone_into(&mut cells[place]);
    }
    let intake = &house.cloud.intake;
    let table = [vec![String::new(); 20], cells];
    let imported = intake.import(Kind::Quota, "quotas.csv", &table, false).await.unwrap();
    let id = imported.rows[0].request_id.unwrap();
    house.work_off().await;
    intake.act(id, &Act::Approve, &By::operator("dewi")).await.unwrap();
    keystone.state().fault = Some(KeystoneError::Unreachable);
    assert!(matches!(provision(house, id).await, Err(Failed::Retry(_))));
    assert_eq!(standing(house, id).await, (State::Provisioning, None), "it waits, and everybody sees it");
    id
}

async fn provision(house: &CloudHouse, id: RequestId) -> Result<Done, Failed> {
    let job = ProvisionJob(house.cloud.intake.clone());
    job.run(&Job { kind: PROVISION.to_owned(), key: id.to_string(), attempts: 0 }).await
}

async fn standing(house: &CloudHouse, id: RequestId) -> (State, Option<String>) {
    let mut conn = house.pool.acquire().await.unwrap();
    let request = store::find(&mut conn, id).await.unwrap().unwrap();
    (request.state(), request.reason)
}

#[tokio::test]
async fn quotas_that_were_not_set_in_their_time_failed_and_those_that_were_are_done() {
    let (house, keystone) = house().await;
    let id = approved_while_away(&house, &keystone).await;
    house.advance(TimeDelta::days(4));
    // OpenStack is still away, and it is known already.
    provision(&house, id).await.unwrap();
    let missed = (State::Failed, Some(TIME_IS_OVER.to_owned()));
    assert_eq!(standing(&house, id).await, missed);
    keystone.state().fault = None;
    passes(&house).await;
    assert_eq!(held(&keystone, QuotaService::Compute, "cores"), 20);
    assert!(told(&house, "siti@contoh.example").is_empty(), "nobody is told of what never was");
    let tickets = told(&house, "helpdesk@example.com");
    assert!(tickets.iter().any(|ticket| ticket.contains(TIME_IS_OVER)), "{tickets:?}");
    house.cloud.intake.act(id, &Act::Retry, &By::operator("dewi")).await.unwrap();
    provision(&house, id).await.unwrap();
    assert_eq!(standing(&house, id).await, missed, "trying again tells the same truth");
}

#[tokio::test]
async fn quotas_that_were_set_in_time_are_done_even_if_that_is_noted_after_it() {
    let (house, keystone) = house().await;
    let id = approved_while_away(&house, &keystone).await;
    keystone.state().fault = None;
    // The run that sets them ends before it can note that the request is done.
    house.cloud.openstack.apply(None).await.unwrap();
    assert_eq!(held(&keystone, QuotaService::Compute, "cores"), 40);
    house.advance(TimeDelta::days(4));
    provision(&house, id).await.unwrap();
    assert_eq!(standing(&house, id).await, (State::Done, None));
    passes(&house).await;
    assert_eq!(held(&keystone, QuotaService::Compute, "cores"), 20);
    let mails = told(&house, "siti@contoh.example");
    let ended = mails.iter().filter(|mail| mail.contains("former values are back")).count();
    assert_eq!((mails.len(), ended), (2, 1), "{mails:?}");
}

#[tokio::test]
async fn everybody_is_told_in_their_language_and_whoever_is_not_known_in_the_sites() {
    let (house, _) = house().await;
    sqlx::query(
        "INSERT INTO people (user_id, realm, sequence, username, email, email_verified, locale, enabled, factors,
             created_at, updated_at)
         VALUES ('budi', 'gatehouse', 1, 'budi', 'Budi@contoh.example', true, 'id', true, '[]', now(), now())",
    )
    .execute(&house.pool)
    .await
    .unwrap();
    let last = (house.clock.now() + TimeDelta::days(5)).date_naive();
    ask(&house, &[(10, &last.to_string()), (12, "40")]).await;
    passes(&house).await;
    house.advance(TimeDelta::days(7));
    passes(&house).await;
    passes(&house).await;
    let subjects = |address: &str| -> Vec<String> {
        house.mails_to(address).into_iter().map(|mail| mail.subject.clone()).collect()
    };
    let indonesian = [
        "Kuota proyek Anda berubah",
        "Kuota sementara proyek Anda segera berakhir",
        "Kuota sementara proyek Anda sudah berakhir",
    ];
    assert_eq!(subjects("budi@contoh.example"), indonesian);
    let english = [
        "The quotas of your project have changed",
        "Temporary quotas of your project end soon",
        "Temporary quotas of your project have ended",
    ];
    assert_eq!(subjects("siti@contoh.example"), english);
}
