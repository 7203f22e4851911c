//! Requests from a Google Sheet, and what becomes of them in their own rows.

use std::sync::Arc;

use gatehouse::{
    adapters::{keystone::MemoryKeystone, sheets::SheetsError},
    intake::{Act, By, Kind, RequestId, SheetFailed},
};

use super::{row, table, words};
use crate::support::CloudHouse;

const SETTINGS: &str = "\
intake.sheets.access = { spreadsheet = \"id-1\", sheet = \"Form Responses 1\" }
intake.sheets.time_zone = \"Asia/Jakarta\"
sheets.key_file = \"Cargo.toml\"
";
/// Where outcomes stand when the sheet has no column for them: after its last.
const OUTCOME: usize = 21;

async fn house(rows: &[String]) -> CloudHouse {
    let house = CloudHouse::over(Arc::new(MemoryKeystone::bootstrapped()), SETTINGS).await;
    house.sheets.state().rows = table(rows);
    house
}

/// Name and outcome of each row.
fn outcomes(house: &CloudHouse) -> Vec<(String, String)> {
    let state = house.sheets.state();
    let cell = |row: &Vec<String>, at: usize| row.get(at).cloned().unwrap_or_default();
    state.rows.iter().map(|row| (cell(row, 15), cell(row, OUTCOME))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, outcome)| ((*name).to_owned(), (*outcome).to_owned())).collect()
}

async fn import(house: &CloudHouse) -> Vec<Option<RequestId>> {
    let imported = house.cloud.intake.import_sheet(Kind::Access, false).await.unwrap();
    imported.rows.iter().map(|row| row.request_id).collect()
}

#[tokio::test]
async fn a_dry_run_tells_and_touches_neither_sheet_nor_store() {
    let house = house(&[row("siti@contoh.example", "Kerja"), row("no address", "X")]).await;
    let before = house.sheets.state().rows.clone();
    let dry = house.cloud.intake.import_sheet(Kind::Access, true).await.unwrap();
    assert_eq!(words(&dry), ["New", "Email"]);
    assert_eq!(house.sheets.state().rows, before);
    let mut conn = house.pool.acquire().await.unwrap();
    assert!(gatehouse::intake::store::list(&mut conn, None).await.unwrap().is_empty());
}

#[tokio::test]
async fn each_row_holds_how_its_request_stands_and_the_stamps_of_the_sheets_of_old() {
    let rows =
        [row("siti@contoh.example", "Kerja"), row("no address", "X"), row("budi@contoh.example", "Lain")];
    let house = house(&rows).await;
    let ids = import(&house).await;
    let wrong = "skipped: the e-mail address is missing or is none";
    let first = [("New Project", "Gatehouse"), ("Kerja", "received"), ("X", wrong), ("Lain", "received")];
    assert_eq!(outcomes(&house), pairs(&first));

    house.work_off().await;
    house
        .cloud
        .intake
        .act(ids[2].unwrap(), &Act::Reject("tanpa sponsor".to_owned()), &By::operator("dewi"))
        .await
        .unwrap();
    house.cloud.intake.act(ids[0].unwrap(), &Act::Approve, &By::operator("dewi")).await.unwrap();
    house.work_off().await;
    assert!(house.cloud.intake.write_back(Kind::Access).await.unwrap() > 0);
    let last =
        [("New Project", "Gatehouse"), ("Kerja", "done"), ("X", wrong), ("Lain", "rejected: tanpa sponsor")];
    assert_eq!(outcomes(&house), pairs(&last));
    let stamp = house.sheets.state().rows[1][1].clone();
    let zone: chrono_tz::Tz = "Asia/Jakarta".parse().unwrap();
    let now = gatehouse::platform::clock::Clock::now(house.clock.as_ref()).with_timezone(&zone);
    assert!(stamp.starts_with(&now.format("%d %b %Y ").to_string()), "{stamp}");
    assert_eq!(house.sheets.state().rows[2][1], "", "nobody was told of a row that was left out");

    let writes = house.sheets.state().writes;
    let again = house.cloud.intake.import_sheet(Kind::Access, false).await.unwrap();
    assert_eq!(words(&again), ["Unchanged", "Email", "Unchanged"], "what we wrote is not what was asked");
    assert_eq!(house.sheets.state().writes, writes, "and there is nothing to write");
}

#[tokio::test]
async fn rows_that_were_moved_keep_their_own_outcome() {
    let house = house(&[row("siti@contoh.example", "Kerja"), row("budi@contoh.example", "Lain")]).await;
    let ids = import(&house).await;
    house.work_off().await;
    house
        .cloud
        .intake
        .act(ids[1].unwrap(), &Act::Reject("x".to_owned()), &By::operator("dewi"))
        .await
        .unwrap();
    // Sorted the other way round, and a row put in between.
    house.sheets.state().rows.swap(1, 2);
    house.sheets.state().rows.insert(1, vec![String::new(); 3]);
    house.cloud.intake.write_back(Kind::Access).await.unwrap();
    let expected = [("New Project", "Gatehouse"), ("", ""), ("Lain", "rejected: x"), ("Kerja", "notified")];
    assert_eq!(outcomes(&house), pairs(&expected));
}

#[tokio::test]
async fn a_row_that_moves_between_looking_and_writing_is_put_right() {
    let house = house(&[row("siti@contoh.example", "Kerja"), row("budi@contoh.example", "Lain")]).await;
    import(&house).await;
    house.work_off().await;
    let newcomer = table(&[row("dewi@contoh.example", "Baru")]).remove(1);
    house.sheets.state().comes_between = Some((1, newcomer.clone()));
    house.cloud.intake.write_back(Kind::Access).await.unwrap();
    let expected = [("New Project", "Gatehouse"), ("Baru", ""), ("Kerja", "notified"), ("Lain", "notified")];
    let found = outcomes(&house);
    assert_eq!(found, pairs(&expected));
    assert_eq!(house.sheets.state().rows[1][1], newcomer[1], "its stamp is not another's");
}

#[tokio::test]
async fn a_sheet_that_cannot_be_read_imports_nothing_and_one_that_cannot_be_told_is_told_later() {
    let house = house(&[row("siti@contoh.example", "Kerja")]).await;
    house.sheets.state().fault = Some(SheetsError::NotFound);
    let failed = house.cloud.intake.import_sheet(Kind::Access, false).await;
    assert!(matches!(failed, Err(SheetFailed::NotRead(SheetsError::NotFound))), "{failed:?}");
    let none = house.cloud.intake.import_sheet(Kind::Quota, false).await;
    assert!(none.unwrap_err().to_string().contains("intake.sheets.quota"));
    house.sheets.state().fault = None;
    import(&house).await;
    house.work_off().await;
    house.sheets.state().fault = Some(SheetsError::Unreachable);
    let failed = house.cloud.intake.write_back(Kind::Access).await;
    assert!(matches!(failed, Err(SheetFailed::NotTold(SheetsError::Unreachable))), "{failed:?}");
    house.sheets.state().fault = None;
    house.cloud.intake.write_back(Kind::Access).await.unwrap();
    assert_eq!(outcomes(&house)[1].1, "notified");
}
