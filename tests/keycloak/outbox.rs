//! From a change in Keycloak to its record: nothing lost, nothing stale, in order.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use crate::{
    prometheus::{Scrape, Then, fires},
    support::{
        admin::{Admin, ServiceAccount},
        events::{Event, Events},
        stack::Stack,
        turn, unique,
    },
};

const PEOPLE: usize = 6;
const WORKERS: u64 = 6;
const CHANGES: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_record_is_the_last_state_however_many_changes_ran_at_once() -> Result<()> {
    let _turn = turn().await;
    let stack = Arc::new(Stack::shared().await?);
    let mut events = Events::from_now(&stack)?;
    let admin = Admin::new(&stack)?;
    let run = unique();
    let (mut people, mut companies) = (Vec::new(), Vec::new());
    for number in 0..PEOPLE {
        people.push(
            admin.create("users", &with_authenticators(&format!("many-{run}-{number}@example.com"))).await?,
        );
    }
    for number in 0..2 {
        companies.push(admin.create("organizations", &company(&format!("many-{run}-{number}"))).await?);
    }
    let group = admin.create("groups", &json!({"name": format!("many-{run}")})).await?;

    let world = Arc::new(World { stack: Arc::clone(&stack), people: people.clone(), companies, group });
    let workers: Vec<_> = (0..WORKERS).map(|seed| tokio::spawn(change(Arc::clone(&world), seed))).collect();
    let mut changed = 0;
    for worker in workers {
        changed += worker.await??;
    }

    ensure!(changed > PEOPLE * 5, "only {changed} changes were made");
    for person in &people {
        until_told(&mut events, &admin, person).await?;
    }
    events.ensure_ordered_and_single()
}

/// Waits until the last record of a person says what Keycloak says. The service changes people, too (it founds their
/// companies), so Keycloak is asked again.
async fn until_told(events: &mut Events, admin: &Admin<'_>, person: &str) -> Result<()> {
    let deadline = Instant::now() + Duration::from_mins(2);
    loop {
        let expected = in_keycloak(admin, person).await?;
        let same = |seen: &[Event]| {
            Events::last(seen, person).is_some_and(|event| in_record(&event.value["user"]) == expected)
        };
        let what = format!("{person} to be {expected}");
        match events.until_within(Duration::from_secs(3), &what, same).await {
            Err(error) if Instant::now() > deadline => {
                let last = Events::last(&events.seen, person).map(|event| in_record(&event.value["user"]));
                return Err(error.context(format!("the last record of {person} says {last:?}")));
            }
            Err(_) => {}
            Ok(()) => return Ok(()),
        }
    }
}

struct World {
    stack: Arc<Stack>,
    people: Vec<String>,
    companies: Vec<String>,
    group: String,
}

/// Changes anybody in any way, at random, and says how many changes Keycloak took.
async fn change(world: Arc<World>, seed: u64) -> Result<usize> {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let admin = Admin::new(&world.stack)?;
    let mut taken = 0;
    for _ in 0..CHANGES {
        let person = &world.people[chance.random_range(0..world.people.len())];
        let company = &world.companies[chance.random_range(0..world.companies.len())];
        let letters: String = (0..8).map(|_| char::from(chance.random_range(b'a'..=b'z'))).collect();
        let user = format!("users/{person}");
        let (method, path, body) = match chance.random_range(0..8) {
            0 => (Method::PUT, user, Some(json!({"firstName": letters}))),
            1 => (
                Method::PUT,
                user,
                Some(
                    json!({"email": format!("{letters}@example.com"), "emailVerified": chance.random_bool(0.5)}),
                ),
            ),
            2 => (Method::PUT, user, Some(json!({"enabled": chance.random_bool(0.5)}))),
            3 => (Method::PUT, user, Some(attributes(&admin, person, &letters).await?)),
            4 => (Method::PUT, format!("{user}/groups/{}", world.group), None),
            5 => (Method::POST, format!("organizations/{company}/members"), Some(json!(person))),
            6 => (Method::DELETE, format!("organizations/{company}/members/{person}"), None),
            _ => match authenticators(&admin, person).await?.first() {
                Some(id) => (Method::DELETE, format!("{user}/credentials/{id}"), None),
                None => (Method::PUT, user, Some(json!({"lastName": letters}))),
            },
        };
        // Some are refused: two may add the same member or delete the same credential.
        taken += usize::from(admin.call(method, &path, body).await?.0.is_success());
    }
    Ok(taken)
}

/// The Admin API takes attributes as a whole, with the rest of the profile.
async fn attributes(admin: &Admin<'_>, person: &str, word: &str) -> Result<Value> {
    let mut user = admin.done(Method::GET, &format!("users/{person}"), None).await?;
    user["attributes"]["company"] = json!([word]);
    Ok(user)
}

async fn authenticators(admin: &Admin<'_>, person: &str) -> Result<Vec<String>> {
    let all = admin.done(Method::GET, &format!("users/{person}/credentials"), None).await?;
    let otp = all.as_array().into_iter().flatten().filter(|credential| credential["type"] == "otp");
    Ok(sorted(otp.map(|credential| &credential["id"])))
}

fn sorted<'a>(ids: impl Iterator<Item = &'a Value>) -> Vec<String> {
    let mut ids: Vec<String> = ids.map(|id| id.as_str().unwrap_or_default().to_owned()).collect();
    ids.sort();
    ids
}

async fn in_keycloak(admin: &Admin<'_>, person: &str) -> Result<Value> {
    let user = admin.done(Method::GET, &format!("users/{person}"), None).await?;
    let companies =
        admin.done(Method::GET, &format!("organizations/members/{person}/organizations"), None).await?;
    let companies = sorted(companies.as_array().into_iter().flatten().map(|company| &company["id"]));
    Ok(json!([
        user["username"],
        user["email"],
        user["emailVerified"],
        user["firstName"],
        user["lastName"],
        user["enabled"],
        user["attributes"]["company"][0],
        companies,
        authenticators(admin, person).await?
    ]))
}

fn in_record(user: &Value) -> Value {
    let ids = |list: &Value| sorted(list.as_array().into_iter().flatten().map(|entry| &entry["id"]));
    json!([
        user["username"],
        user["email"],
        user["email_verified"],
        user["first_name"],
        user["last_name"],
        user["enabled"],
        user["attributes"]["company"],
        ids(&user["organizations"]),
        ids(&user["factors"])
    ])
}

fn with_authenticators(email: &str) -> Value {
    let authenticator = |label: &str| {
        json!({"type": "otp", "userLabel": label, "secretData": r#"{"value":"for tests only"}"#,
            "credentialData": r#"{"subType":"totp","digits":6,"period":30,"algorithm":"HmacSHA1"}"#})
    };
    json!({"username": email, "email": email, "enabled": true, "firstName": "Ani", "lastName": "Wijaya",
        "attributes": {"company": ["first"], "country": ["SG"]},
        "credentials": [authenticator("a"), authenticator("b"), authenticator("c")]})
}

fn company(name: &str) -> Value {
    json!({"name": name, "alias": name, "domains": [{"name": format!("{name}.example")}]})
}

const MEMBERSHIP: &str = "org.keycloak.admin.ORGANIZATION_MEMBERSHIP";

#[tokio::test]
async fn memberships_companies_and_deletions_have_records() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let mut events = Events::from_now(&stack)?;
    let admin = Admin::new(&stack)?;
    let name = format!("member-{}", unique());
    let person = admin.create_person(&format!("{name}@example.com"), "correct horse battery").await?;
    let company_id = admin.create("organizations", &company(&name)).await?;

    admin.done(Method::POST, &format!("organizations/{company_id}/members"), Some(json!(person))).await?;
    // The service may found the person's own company meanwhile: this is about the one that is made here.
    let membership = |seen: &[Event]| {
        let state = Events::last(seen, &person)?.value["user"]["organizations"].as_array().cloned()?;
        state.into_iter().find(|organization| organization["id"] == company_id.as_str())
    };
    let happened = |seen: &[Event], kind: &str| {
        seen.iter().any(|event| event.key == person && event.kind == format!("{MEMBERSHIP}.{kind}"))
    };
    events.until("the join", |seen| happened(seen, "CREATE") && membership(seen).is_some()).await?;
    let joined = json!({"id": company_id, "alias": name, "name": name});
    assert_eq!(membership(&events.seen), Some(joined));

    admin.done(Method::DELETE, &format!("organizations/{company_id}/members/{person}"), None).await?;
    events.until("the leave", |seen| happened(seen, "DELETE") && membership(seen).is_none()).await?;

    admin.done(Method::DELETE, &format!("organizations/{company_id}"), None).await?;
    events
        .until("the end of the company", |seen| {
            last_is(seen, &company_id, "org.keycloak.admin.ORGANIZATION.DELETE")
        })
        .await?;
    let ended = Events::last(&events.seen, &company_id).unwrap();
    assert_eq!((&ended.value["event"]["organization"], &ended.value["user"]), (&Value::Null, &Value::Null));

    admin.done(Method::DELETE, &format!("users/{person}"), None).await?;
    events.until("the deletion", |seen| last_is(seen, &person, "org.keycloak.admin.USER.DELETE")).await?;
    assert_eq!(Events::last(&events.seen, &person).unwrap().value["user"], Value::Null);
    events.ensure_ordered_and_single()
}

fn last_is(seen: &[Event], key: &str, kind: &str) -> bool {
    Events::last(seen, key).is_some_and(|event| event.kind == kind)
}

/// An import by an administrator says more of a person than any form takes.
#[tokio::test]
async fn a_person_is_told_whole_by_the_stream_and_by_the_page() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let name = format!("whole-{}", unique());
    let email = format!("{name}@example.com");
    // Keycloak keeps values of more than 255 characters in another column.
    let long = "Persada ".repeat(60);
    let mut person = with_authenticators(&email);
    person["createdTimestamp"] = json!(1_700_000_000_123_i64);
    person["attributes"] =
        json!({"company": [long], "locale": ["id"], "time_zone": ["Asia/Jakarta"], "shoe_size": ["42"]});
    person.as_object_mut().unwrap().remove("lastName");
    let mut events = Events::from_now(&stack)?;
    let import = json!({"ifResourceExists": "FAIL", "users": [person]});
    let imported = admin.done(Method::POST, "partialImport", Some(import)).await?;
    let id = imported["results"][0]["id"].as_str().unwrap().to_owned();
    let company_id = admin.create("organizations", &company(&name)).await?;
    admin.done(Method::POST, &format!("organizations/{company_id}/members"), Some(json!(id))).await?;
    let joined = |seen: &[Event]| {
        Events::last(seen, &id).is_some_and(|event| event.value["user"]["organizations"] != json!([]))
    };
    events.until("the join", joined).await?;

    let credentials = admin.done(Method::GET, &format!("users/{id}/credentials"), None).await?;
    let factor = |number: usize| json!({"id": credentials[number]["id"], "channel": "totp", "hint": null});
    let expected = json!({"id": id, "username": email, "email": email, "email_verified": false, "first_name": "Ani",
        "last_name": null, "locale": "id", "enabled": true, "created_at": "2023-11-14T22:13:20.123Z",
        "attributes": {"company": long, "country": null, "locale": "id", "terms_version": null,
            "terms_accepted_at": null, "time_zone": "Asia/Jakarta"},
        "organizations": [{"id": company_id, "alias": name, "name": name}],
        "factors": [factor(0), factor(1), factor(2)]});
    assert_eq!(Events::last(&events.seen, &id).unwrap().value["user"], expected);
    let service = ServiceAccount::sign_in(&stack).await?;
    let before = &id[..id.len() - 1];
    let (_, page) = service.get(&format!("users?max=1&after={before}")).await?;
    assert_eq!(page["items"], json!([expected]));
    Ok(())
}

#[tokio::test]
async fn a_resync_sends_what_is_there_and_null_for_what_is_not() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let email = format!("resync-{}@example.com", unique());
    let person = admin.create_person(&email, "correct horse battery").await?;
    let nobody = format!("nobody-{}", unique());
    let service = ServiceAccount::sign_in(&stack).await?;
    let mut events = Events::from_now(&stack)?;

    let accepted = service.resync(&json!({"users": [person, nobody], "organizations": []})).await?;
    assert_eq!(accepted, StatusCode::ACCEPTED);

    // It need not be the last of the person: the service makes their company meanwhile, and them a member.
    let resynced = |seen: &[Event], key: &str| {
        seen.iter().find(|event| event.key == key && event.kind == "io.gatehouse.resync").cloned()
    };
    events
        .until("both records", |seen| resynced(seen, &person).is_some() && resynced(seen, &nobody).is_some())
        .await?;
    assert_eq!(resynced(&events.seen, &person).unwrap().value["user"]["email"], json!(email));
    assert_eq!(resynced(&events.seen, &nobody).unwrap().value["user"], Value::Null);
    assert_eq!(service.resync(&json!({"users": vec!["x"; 1001]})).await?, StatusCode::BAD_REQUEST);
    Ok(())
}

#[tokio::test]
async fn the_service_pages_through_everybody_and_nobody_else_may() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let person =
        admin.create_person(&format!("page-{}@example.com", unique()), "correct horse battery").await?;
    let service = ServiceAccount::sign_in(&stack).await?;

    let (mut after, mut found) = (String::new(), 0);
    loop {
        let (status, page) = service.get(&format!("users?max=2&after={after}")).await?;
        assert_eq!(status, StatusCode::OK);
        let items = page["items"].as_array().unwrap();
        found += items.iter().filter(|user| user["id"] == person.as_str()).count();
        assert!(items.iter().all(|user| !user["username"].as_str().unwrap().starts_with("service-account-")));
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => break,
        }
    }
    assert_eq!(found, 1);
    assert_eq!(service.get("users?max=0").await?.0, StatusCode::BAD_REQUEST);
    let url = format!("{}/realms/{}/gatehouse/users", stack.info.keycloak_url, stack.info.realm);
    assert_eq!(reqwest::get(url).await?.status(), StatusCode::UNAUTHORIZED);
    Ok(())
}

const AGE: &str = "gatehouse_outbox_oldest_seconds";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_kafka_is_away_the_oldest_event_ages_until_its_alert_fires_and_afterwards_nothing_waits()
-> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let admin = Admin::new(&stack)?;
    let email = format!("waits-{}@example.com", unique());
    let before = outbox_age(&stack, "to be nothing", |seconds| seconds == 0.0).await?;
    stack.kill("kafka").await?;
    let waits = async {
        admin.create("users", &with_authenticators(&email)).await?;
        outbox_age(&stack, "to grow", |seconds| seconds > 2.0).await?;
        let mut keycloak = PgConnection::connect(&xtask::testing::keycloak_database().await?).await?;
        let six_minutes_pass = "UPDATE gatehouse_outbox SET occurred_at = occurred_at - 360000";
        sqlx::query(six_minutes_pass).execute(&mut keycloak).await?;
        outbox_age(&stack, "to be six minutes", |seconds| seconds > 360.0).await
    };
    let waited = waits.await;
    stack.start("kafka").await?;
    fires(&before, &waited?, Then::Nothing, &["GatehouseOutboxWaits"]).await;
    outbox_age(&stack, "to be nothing", |seconds| seconds == 0.0).await.map(drop)
}

/// What Prometheus gets of it when Keycloak shows among its metrics that the oldest event is as old as wished.
async fn outbox_age(stack: &Stack, what: &str, is_right: impl Fn(f64) -> bool) -> Result<Scrape> {
    let url = format!("{}/metrics", stack.info.keycloak_management_url);
    let deadline = Instant::now() + Duration::from_mins(2);
    loop {
        let metrics = reqwest::get(&url).await?.error_for_status()?.text().await?;
        let ours: Vec<&str> = metrics.lines().filter(|line| line.contains(AGE)).collect();
        let scrape = Scrape::of(&ours.join("\n"));
        if ours.iter().any(|line| line.starts_with(AGE)) && is_right(scrape.sum(&[AGE])) {
            return Ok(scrape);
        }
        ensure!(Instant::now() < deadline, "waited for the age of the outbox {what}; it is {ours:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
