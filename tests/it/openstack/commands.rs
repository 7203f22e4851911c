//! The commands about OpenStack: exit codes, JSON, and no secret.

use gatehouse::adapters::keystone::{Filter, Keystone as _};
use serde_json::{Value, json};

use super::want;
use crate::support::{CloudHouse, Commands, TestKeystone};

fn repairs(plan: &Value) -> Vec<&str> {
    plan["repairs"].as_array().unwrap().iter().map(|it| it["repair"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn plan_apply_and_drift_tell_programs_and_people_and_end_with_1_when_something_failed() {
    let keystone = TestKeystone::open().await;
    let client = keystone.client.clone();
    let settings = keystone.domain_setting();
    let house = CloudHouse::over(client.clone(), &settings).await;
    want(&house, "kerja").await;
    let commands = Commands::over(&house.url, &keystone.login, &settings);
    let here = Filter { domain_id: Some(keystone.domain_id.clone()), ..Filter::default() };

    let plan = commands.json(&["openstack", "plan", "--json"]).await;
    assert_eq!(repairs(&plan), ["create_project", "create_user", "grant"]);
    let told = commands.run(&["openstack", "plan"]).await;
    assert!(told.code == Some(0) && told.stdout.lines().all(|line| line.starts_with("would ")), "{told:?}");
    assert!(client.projects(&here).await.unwrap().is_empty(), "a plan makes nothing");
    let report = commands.json(&["openstack", "apply", "--json"]).await;
    assert_eq!((&report["repaired"], &report["failed"]), (&json!(3), &json!([])));
    assert_eq!(report["cut_off"], Value::Null);
    assert_eq!(client.projects(&here).await.unwrap().len(), 1);
    let told = commands.run(&["openstack", "plan"]).await;
    assert_eq!(told.stdout, "everything is as it is wanted\n");
    assert_eq!(commands.json(&["openstack", "drift", "--json"]).await, json!([]));

    // Somebody makes a project by hand, of a name that is wanted later.
    let new = json!({"project": {"name": "uji", "domain_id": keystone.domain_id}});
    assert_eq!(keystone.post("/projects", &new).await.0, 201);
    want(&house, "uji").await;
    let failed = commands.run(&["openstack", "apply", "--json"]).await;
    assert_eq!((failed.code, failed.stderr.as_str()), (Some(1), ""), "{failed:?}");
    assert!(!failed.json()["failed"].as_array().unwrap().is_empty(), "{failed:?}");
    let drift = commands.json(&["openstack", "drift", "--json"]).await;
    let found = drift.as_array().unwrap().iter().find(|it| it["what"]["name"] == "uji");
    let number = found.unwrap_or_else(|| panic!("{drift}"))["number"].to_string();
    let told = commands.run(&["openstack", "drift"]).await;
    assert!(told.code == Some(0) && told.stdout.contains(&format!("{number}  ")), "{told:?}");
    for ran in [failed, told] {
        assert!(!ran.says(&keystone.login.password) && !ran.says("Siti"), "{ran:?}");
    }
    let approve = ["openstack", "approve", number.as_str(), "--by", "dewi", "--json"];
    assert_eq!(commands.json(&approve).await, json!({"approved": number.parse::<i64>().unwrap()}));
    let error = commands.refused(&approve).await;
    assert!(error.contains(&format!("there is no finding {number} that waits for approval")), "{error}");
}

#[tokio::test]
async fn an_openstack_that_is_away_is_said_with_1_and_shows_no_secret() {
    let (house, _) = CloudHouse::in_memory().await;
    let commands = Commands::without_keystone(&house.url);
    for command in ["plan", "apply"] {
        let error = commands.refused(&["openstack", command, "--json"]).await;
        assert_eq!(error, "gatehouse: OpenStack does not answer\n");
    }
    assert_eq!(
        commands.json(&["openstack", "drift", "--json"]).await,
        json!([]),
        "it is what was found last"
    );
}
