//! The commands about requests: exit codes, JSON, and no secret.

use std::io::Write as _;

use serde_json::{Value, json};

use super::{row, table};
use crate::support::{CloudHouse, Commands};

/// A CSV file with a header and these rows.
fn file(rows: &[String]) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    for row in &table(rows) {
        writeln!(file, "{}", row.join(",")).unwrap();
    }
    file
}

/// Siti, Budi, and somebody whose PIN is none.
fn rows() -> [String; 3] {
    let wrong = row("tono@contoh.example", "Lain").replace("1234", "98765");
    [row("siti@contoh.example", "Kerja"), row("budi@contoh.example", "Uji"), wrong]
}

fn outcomes(imported: &Value) -> Vec<(u64, &str)> {
    let rows = imported["rows"].as_array().unwrap();
    rows.iter().map(|row| (row["row"].as_u64().unwrap(), row["outcome"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn importing_says_row_by_row_what_it_does_and_ends_with_3_when_rows_are_skipped() {
    let (house, _) = CloudHouse::in_memory().await;
    let commands = Commands::without_keystone(&house.url);
    let (all, good) = (file(&rows()), file(&rows()[..2]));
    let all = all.path().to_str().unwrap();
    let dry = commands.run(&["intake", "import", all, "--dry-run", "--json"]).await;
    assert_eq!((dry.code, dry.stderr.as_str()), (Some(3), ""), "{dry:?}");
    let dry = dry.json();
    assert_eq!(dry["is_dry_run"], true);
    assert_eq!(outcomes(&dry), [(2, "new"), (3, "new"), (4, "skipped")]);
    assert_eq!(dry["rows"][2]["problem"], "pin");
    assert_eq!(commands.json(&["intake", "list", "--json"]).await, json!([]), "a dry run keeps nothing");
    assert_eq!(commands.run(&["intake", "list"]).await.stdout, "no requests\n");

    let kept = commands.run(&["intake", "import", all]).await;
    let lines = "row 2: new\nrow 3: new\nrow 4: skipped: a new person needs a PIN of exactly four digits\n";
    assert_eq!((kept.code, kept.stdout.as_str()), (Some(3), lines), "{kept:?}");
    let again = commands.json(&["intake", "import", good.path().to_str().unwrap(), "--json"]).await;
    assert_eq!(outcomes(&again), [(2, "unchanged"), (3, "unchanged")]);
    for ran in [kept, commands.run(&["intake", "import", all, "--json"]).await] {
        assert!(!ran.says("1234") && !ran.says("98765") && !ran.says("contoh.example"), "{ran:?}");
    }
    let error = commands.refused(&["intake", "import", "/nowhere/requests.csv", "--json"]).await;
    assert!(error.contains("cannot read /nowhere/requests.csv"), "{error}");
    let unknown = commands.run(&["intake", "import"]).await;
    assert_eq!(unknown.code, Some(2), "{unknown:?}");
}

#[tokio::test]
async fn deciding_ends_with_0_or_says_why_not_with_1() {
    let (house, _) = CloudHouse::in_memory().await;
    let commands = Commands::without_keystone(&house.url);
    let file = file(&rows()[..2]);
    commands.json(&["intake", "import", file.path().to_str().unwrap(), "--json"]).await;
    let listed = commands.json(&["intake", "list", "--json"]).await;
    let ids: Vec<&str> = (0..2).map(|at| listed[at]["request_id"].as_str().unwrap()).collect();
    let error = commands.refused(&["intake", "approve", ids[0], "--by", "dewi", "--json"]).await;
    assert!(error.contains("a request that is received cannot be treated so"), "{error}");

    house.work_off().await; // the help desk is told
    let notified = commands.json(&["intake", "list", "--state", "notified", "--json"]).await;
    assert_eq!(notified.as_array().unwrap().len(), 2);
    assert_eq!(notified[0]["account"], "s•••@contoh.example", "masked, as in the back office");
    let approved = commands.json(&["intake", "approve", ids[0], "--by", "dewi", "--json"]).await;
    assert_eq!(approved, json!({"request_id": ids[0], "state": "approved"}));
    let error = commands.refused(&["intake", "approve", ids[0], "--by", "dewi"]).await;
    assert!(error.contains("a request that is approved cannot be treated so"), "{error}");
    let rejected =
        commands.run(&["intake", "reject", ids[1], "--by", "dewi", "--reason", "there is one"]).await;
    assert_eq!((rejected.code, rejected.stdout), (Some(0), format!("{} is rejected\n", ids[1])));
    let listed = commands.run(&["intake", "list"]).await;
    assert!(
        listed.says("rejected") && listed.says("(there is one)") && listed.says("approved"),
        "{listed:?}"
    );
    assert!(!listed.says("contoh.example") && !listed.says("1234"), "{listed:?}");

    for (args, why) in [
        (
            ["intake", "approve", "00000000-0000-7000-8000-000000000000", "--by", "dewi"],
            "there is no such request",
        ),
        (["intake", "approve", "kerja", "--by", "dewi"], "ID: expected the id of a request"),
        (["intake", "list", "--state", "lost", "--json"], "lost is no state of a request"),
    ] {
        let error = commands.refused(&args).await;
        assert!(error.contains(why), "{args:?}: {error}");
    }
    assert_eq!(commands.run(&["intake", "approve", ids[0]]).await.code, Some(2), "nobody decides namelessly");
    let who: Vec<String> = sqlx::query_scalar(
        "SELECT actor_kind || ' ' || actor_id || ' ' || action FROM audit_entries ORDER BY occurred_at, action",
    )
    .fetch_all(&house.pool)
    .await
    .unwrap();
    assert_eq!(who, ["operator dewi request.approved", "operator dewi request.rejected"]);
}

#[tokio::test]
async fn reminding_says_of_how_many() {
    let (house, _) = CloudHouse::in_memory().await;
    let commands = Commands::without_keystone(&house.url);
    let file = file(&rows()[..1]);
    commands.json(&["intake", "import", file.path().to_str().unwrap(), "--json"]).await;
    house.work_off().await;
    assert_eq!(commands.json(&["intake", "remind", "--json"]).await, json!({"reminded": 0}));
    sqlx::query("UPDATE intake_requests SET received_at = received_at - interval '30 days'")
        .execute(&house.pool)
        .await
        .unwrap();
    assert_eq!(commands.json(&["intake", "remind", "--json"]).await, json!({"reminded": 1}));
    let again = commands.run(&["intake", "remind"]).await;
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), "reminded of 0 requests\n"), "not twice");
}
