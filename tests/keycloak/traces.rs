//! One trace from the call at Keycloak to the record that readers get.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use rdkafka::{Message as _, message::Headers as _};
use serde_json::json;

use crate::support::{stack::Stack, turn, unique};

const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_record_is_a_part_of_the_trace_of_the_call_that_changed_the_person() -> Result<()> {
    let _turn = turn().await;
    let stack = Stack::shared().await?;
    let trace = uuid::Uuid::new_v4().simple().to_string();
    let email = format!("trace-{}@example.com", unique());
    let person = json!({"username": email, "email": email, "enabled": true, "firstName": "Ani", "lastName": "Trace",
        "attributes": {"company": [email], "country": ["SG"]}});
    let call = reqwest::Client::new()
        .post(stack.admin_url("users"))
        .bearer_auth(stack.admin_token().await?)
        .header("traceparent", format!("00-{trace}-b7ad6b7169203331-01"));
    call.json(&person).send().await?.error_for_status()?;

    for topic in ["gatehouse.keycloak-events.v1", "gatehouse.users.v1"] {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let messages = stack.read(topic)?;
            let parents: Vec<String> = messages
                .iter()
                .filter(|message| {
                    message.payload().is_some_and(|value| String::from_utf8_lossy(value).contains(&email))
                })
                .filter_map(|message| {
                    let header = message.headers()?.iter().find(|header| header.key == "traceparent")?;
                    Some(String::from_utf8_lossy(header.value?).into_owned())
                })
                .collect();
            if parents
                .iter()
                .any(|parent| parent.starts_with(&format!("00-{trace}-")) && parent.ends_with("-01"))
            {
                break;
            }
            ensure!(
                Instant::now() < deadline,
                "{topic}: no record of {email} is in trace {trace}: {parents:?}"
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    Ok(())
}
