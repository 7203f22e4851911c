//! The list of those who may sign up, at the command line of the service.

use std::{
    io::Write as _,
    process::{Command, Output},
};

use serde_json::{Value, json};
use sqlx::ConnectOptions as _;

use super::House;
use crate::config::MINIMAL;

/// What an operator typed, as the service is run.
fn run(house: &House, words: &[&str]) -> Output {
    let url = house.api.pool.connect_options().to_url_lossy();
    let settings = MINIMAL.replace("postgres://gatehouse:secret@localhost/gatehouse", url.as_str());
    let mut file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    write!(file, "profile = \"development\"\n{settings}").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatehouse"));
    command.arg("--config").arg(file.path()).arg("admission").args(words).output().unwrap()
}

/// The one JSON document that it printed, after it ended with `code`.
#[track_caller]
fn printed(output: &Output, code: i32) -> Value {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

const WHY: [&str; 5] = ["--by", "dewi", "--reason", "pilot", "--json"];

fn words<'a>(first: &[&'a str]) -> Vec<&'a str> {
    [first, &WHY].concat()
}

#[tokio::test]
async fn an_operator_adds_lists_and_removes_and_the_trail_says_who_and_why() {
    let house = House::closed().await;
    let added = run(&house, &words(&["allow", " @Contoh.Example "]));
    assert_eq!(printed(&added, 0), json!({"added": true}));
    assert_eq!(printed(&run(&house, &words(&["allow", "contoh.example"])), 0), json!({"added": false}));
    assert!(house.admits("siti@contoh.example").await);

    let listed = printed(&run(&house, &["list", "--json"]), 0);
    assert_eq!(listed.as_array().unwrap().len(), 1);
    for (field, value) in [("value", "contoh.example"), ("reason", "pilot"), ("added_by", "dewi")] {
        assert_eq!(listed[0][field], value);
    }
    let text = run(&house, &["list"]);
    assert!(String::from_utf8_lossy(&text.stdout).contains("contoh.example  "), "{text:?}");

    assert_eq!(printed(&run(&house, &words(&["remove", "Contoh.Example"])), 0), json!({"removed": true}));
    assert_eq!(printed(&run(&house, &words(&["remove", "contoh.example"])), 3), json!({"removed": false}));
    assert!(!house.admits("siti@contoh.example").await);
    let kept: Vec<(String, String, Option<String>, Option<String>)> = sqlx::query_as(
        "SELECT action, actor_kind, actor_id, reason FROM audit_entries WHERE action LIKE 'admission.%' ORDER BY occurred_at",
    )
    .fetch_all(&house.api.pool)
    .await
    .unwrap();
    let row = |action: &str| {
        (action.to_owned(), "operator".to_owned(), Some("dewi".to_owned()), Some("pilot".to_owned()))
    };
    assert_eq!(kept, [row("admission.allowed"), row("admission.disallowed")]);
}

#[tokio::test]
async fn what_is_wrong_is_named_and_nothing_is_kept() {
    let house = House::closed().await;
    for (words, named) in [
        (words(&["allow", "contoh"]), "value: expected an e-mail address or a domain"),
        (vec!["allow", "contoh.example", "--by", " ", "--reason", "pilot"], "--by: expected a name"),
        (vec!["remove", "contoh.example", "--by", "dewi", "--reason", ""], "--reason: expected 1 to 500"),
    ] {
        let refused = run(&house, &words);
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains(named), "{refused:?}");
    }
    let missing = run(&house, &["allow", "contoh.example"]);
    assert_eq!(missing.status.code(), Some(2), "{missing:?}");
    assert_eq!(house.world.count("admission_allowed").await, 0);
}
