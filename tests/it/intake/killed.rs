//! The service is killed at any call of the way, or Keystone is away for an hour: nothing is lost and nothing doubled.

use std::{sync::Arc, time::Duration};

use gatehouse::{
    adapters::keystone::{CloudService, KeystoneError, MemoryKeystone, QuotaService, RegisteredLimit},
    intake::{Act, By, Kind, NOTIFY, NotifyJob, PROVISION, ProvisionJob, RequestId, State, store},
    platform::jobs::{Done, Failed, Handler, Job},
};
use sqlx::PgPool;

use super::{row, table};
use crate::support::{CloudHouse, Interrupted, eventually};

const SETTINGS: &str = "intake.columns.\"compute.cores\" = \"Cores\"\n\
    intake.columns.\"volume.gigabytes\" = \"Gigabytes\"\n";

/// Compute has unified limits, volumes have quotas of their own.
fn cloud() -> Arc<MemoryKeystone> {
    let keystone = MemoryKeystone::bootstrapped();
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
        for number in 0..9 {
            let held = [("gigabytes".to_owned(), 1000)].into();
            state.quota_sets.insert((QuotaService::Volume, format!("project-{number}")), held);
        }
    }
    Arc::new(keystone)
}

/// A request with quotas, of which the help desk was told, and which is approved.
async fn approved(house: &CloudHouse) -> RequestId {
    let mut cells = table(&[row("siti@contoh.example", "Kerja")]);
    cells[0].extend(["Cores".to_owned(), "Gigabytes".to_owned()]);
    cells[1].extend(["20".to_owned(), "500".to_owned()]);
    let intake = &house.cloud.intake;
    let imported = intake.import(Kind::Access, "requests.csv", &cells, false).await.unwrap();
    let id = imported.rows[0].request_id.unwrap();
    run(&NotifyJob(intake.clone()), NOTIFY, &id.to_string()).await.unwrap();
    intake.act(id, &Act::Approve, &By::operator("dewi")).await.unwrap();
    id
}

async fn run(handler: &dyn Handler, kind: &str, key: &str) -> Result<Done, Failed> {
    handler.run(&Job { kind: kind.to_owned(), key: key.to_owned(), attempts: 0 }).await
}

async fn state(pool: &PgPool, id: RequestId) -> State {
    let mut conn = pool.acquire().await.unwrap();
    store::find(&mut conn, id).await.unwrap().unwrap().state()
}

/// How many of each thing there are: projects, users, ways in, limits, quotas set.
fn made(keystone: &MemoryKeystone) -> (usize, usize, usize, usize, i64) {
    let state = keystone.state();
    let ways = state.assignments.len() + state.members.len();
    let place = state.projects.first().map(|project| project.id.clone()).unwrap_or_default();
    let quota = state.quota_sets.get(&(QuotaService::Volume, place)).map_or(0, |held| held["gigabytes"]);
    (state.projects.len(), state.users.len(), ways, state.limits.len(), quota)
}

async fn mails(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar("SELECT kind FROM notices ORDER BY kind").fetch_all(pool).await.unwrap()
}

async fn killed_at_every_call(settings: &str) {
    let settings = format!("{SETTINGS}{settings}");
    for call in 1..60 {
        let inner = cloud();
        let keystone = Arc::new(Interrupted::new(inner.clone()));
        let mut house = CloudHouse::over(keystone.clone(), &settings).await;
        let id = approved(&house).await;
        let job = ProvisionJob(house.cloud.intake.clone());
        let ended = keystone.kill_at(call, run(&job, PROVISION, &id.to_string())).await;
        if ended.is_none() {
            assert_eq!(state(&house.pool, id).await, State::Provisioning, "killed at call {call}: visible");
            assert_eq!(mails(&house.pool).await, Vec::<String>::new(), "killed at call {call}");
        }
        house.restart();
        run(&ProvisionJob(house.cloud.intake.clone()), PROVISION, &id.to_string()).await.unwrap();
        assert_eq!(state(&house.pool, id).await, State::Done, "killed at call {call}");
        assert_eq!(made(&inner), (1, 1, 1, 1, 500), "killed at call {call}");
        // Once more, as after a lease that was lost: nothing happens.
        run(&ProvisionJob(house.cloud.intake.clone()), PROVISION, &id.to_string()).await.unwrap();
        let expected = ["intake.project", "intake.quota", "intake.welcome"];
        assert_eq!(mails(&house.pool).await, expected, "killed at call {call}");
        let links: i64 =
            sqlx::query_scalar("SELECT count(*) FROM first_passwords").fetch_one(&house.pool).await.unwrap();
        assert_eq!(links, 1, "killed at call {call}: one link");
        let plan = house.cloud.openstack.plan(None).await.unwrap();
        assert!(plan.repairs.is_empty() && plan.findings.is_empty(), "killed at call {call}: {plan:?}");
        if ended.is_some() {
            assert!(call > 12, "there are more calls than {call}");
            return;
        }
    }
    panic!("a run makes fewer calls than sixty");
}

#[tokio::test]
async fn killed_at_any_call_it_goes_on_where_it_was_and_does_nothing_twice() {
    killed_at_every_call("").await;
}

#[tokio::test]
async fn killed_at_any_call_with_groups_it_goes_on_where_it_was_and_does_nothing_twice() {
    killed_at_every_call("openstack.grants = \"group\"\n").await;
}

/// Makes the work due, and waits until it was tried so often. Returns how long it would wait then.
async fn tried(pool: &PgPool, id: RequestId, times: i32) -> Duration {
    sqlx::query("UPDATE jobs SET run_at = now() WHERE kind = $1 AND key = $2")
        .bind(PROVISION)
        .bind(id.to_string())
        .execute(pool)
        .await
        .unwrap();
    let look = || async {
        let row: (i32, Option<String>, f64, bool) = sqlx::query_as(
            "SELECT attempts, last_error, extract(epoch FROM run_at - now())::float8,
                 leased_until IS NULL AND run_at > now()
             FROM jobs WHERE kind = $1 AND key = $2",
        )
        .bind(PROVISION)
        .bind(id.to_string())
        .fetch_one(pool)
        .await
        .unwrap();
        row
    };
    eventually("another attempt", look, |(attempts, _, _, waits)| *attempts >= times && *waits).await;
    let (_, error, wait, _) = look().await;
    assert_eq!(error.as_deref(), Some("OpenStack does not answer"), "staff see why");
    Duration::from_secs_f64(wait.max(0.0))
}

#[tokio::test]
async fn a_keystone_that_is_away_for_an_hour_costs_nothing_but_time() {
    let keystone = cloud();
    let house = CloudHouse::over(keystone.clone(), SETTINGS).await;
    let id = approved(&house).await;
    keystone.state().fault = Some(KeystoneError::Unreachable);
    let working = house.work();
    let (mut away, mut tries) = (Duration::ZERO, 0);
    while away < Duration::from_hours(1) {
        tries += 1;
        away += tried(&house.pool, id, tries).await;
        assert!(tries < 30, "{away:?} after {tries} attempts");
    }
    assert!((9..=16).contains(&tries), "it is asked less and less often: {tries} times in an hour");
    assert_eq!(state(&house.pool, id).await, State::Provisioning);
    assert_eq!((made(&keystone).0, mails(&house.pool).await.len()), (0, 0));

    keystone.state().fault = None;
    sqlx::query("UPDATE jobs SET run_at = now() WHERE kind = $1")
        .bind(PROVISION)
        .execute(&house.pool)
        .await
        .unwrap();
    let look = || state(&house.pool, id);
    eventually("the request to be done", look, |state| *state == State::Done).await;
    working.stop().await;
    house.work_off().await;
    assert_eq!(made(&keystone), (1, 1, 1, 1, 500));
    assert_eq!(house.mails_to("siti@contoh.example").len(), 4, "three, and the one with the link");
}
