//! What each row would do, and why not.

use std::time::{Duration, Instant};

use gatehouse::{
    intake::{Act, By, Kind, ProjectAsk, store},
    openstack::NewCloudProject,
};

use super::{import, row, table, words};
use crate::support::CloudHouse;

#[tokio::test]
async fn every_column_of_the_sheet_lands_where_it_belongs() {
    let (house, _) = CloudHouse::in_memory().await;
    let mut cells = table(&[row("\u{a0}Siti@contoh.example ", "Kerja")]);
    cells[1][17] = "budi@contoh.example, , dewi@contoh.example".to_owned();
    cells[1][11] = "None".to_owned();
    let imported = house.cloud.intake.import(Kind::Access, "x", &cells, false).await.unwrap();
    assert_eq!(words(&imported), ["New"]);
    assert_eq!(imported.rows[0].unknown_extra_users, 2, "a warning, and the request is taken");
    let mut conn = house.pool.acquire().await.unwrap();
    let ask = store::list(&mut conn, None).await.unwrap().remove(0).ask.0;
    assert_eq!(ask.email.expose(), "Siti@contoh.example");
    assert_eq!(ask.full_name().expose(), "Siti Rahma");
    assert_eq!((ask.organization.as_str(), ask.role.as_str()), ("Universitas", "Dosen"));
    assert_eq!((ask.sponsor.as_str(), ask.comment.as_str()), ("", "Tolong"));
    assert_eq!(ask.phone.expose(), "+6281234567890");
    let ProjectAsk::New { name, description, extra_users } = ask.project else { panic!("a new project") };
    assert_eq!((name.as_str(), description.as_str(), extra_users.len()), ("Kerja", "Tempat kerja", 2));
}

#[tokio::test]
async fn a_row_that_cannot_be_done_says_why_and_the_others_go_on() {
    let (house, _) = CloudHouse::in_memory().await;
    let good = row("siti@contoh.example", "Kerja");
    let rows = [
        good.clone(),
        row("no address", "X"),
        good.replace("1234,Tolong", "12a4,Tolong").replace("siti@", "a@"),
        ",,,,,,,,,,,,,,,,,,,,".to_owned(),
        row("budi@contoh.example", "KERJA"),
        good.replace(",No,", ",Yes,").replace("siti@", "nobody@").replace(",Kerja,", ",Lain,"),
        good.replace(",Kerja,Tempat kerja,,,", ",,,,Tidak Ada,").replace("siti@", "dewi@"),
    ];
    let imported = import(&house, &rows).await;
    let expected = ["New", "Email", "Pin", "ProjectExists", "UserMissing", "ProjectMissing"];
    assert_eq!(words(&imported), expected);
    assert_eq!(imported.rows[3].row, 6, "a blank row is left out and counted");
}

#[tokio::test]
async fn a_dry_run_tells_the_same_and_keeps_nothing() {
    let (house, _) = CloudHouse::in_memory().await;
    let cells = table(&[row("siti@contoh.example", "Kerja")]);
    let dry = house.cloud.intake.import(Kind::Access, "x", &cells, true).await.unwrap();
    let mut conn = house.pool.acquire().await.unwrap();
    assert!(store::list(&mut conn, None).await.unwrap().is_empty());
    let real = house.cloud.intake.import(Kind::Access, "x", &cells, false).await.unwrap();
    assert_eq!(words(&dry), words(&real));
}

#[tokio::test]
async fn the_same_again_changes_nothing_and_what_differs_is_changed_until_it_is_decided() {
    let (house, _) = CloudHouse::in_memory().await;
    let one = row("siti@contoh.example", "Kerja");
    assert_eq!(words(&import(&house, std::slice::from_ref(&one)).await), ["New"]);
    assert_eq!(words(&import(&house, std::slice::from_ref(&one)).await), ["Unchanged"]);
    let other = one.replace("Tolong", "Segera");
    assert_eq!(words(&import(&house, std::slice::from_ref(&other)).await), ["Changed"]);
    let new_pin = other.replace(",1234,", ",9999,");
    assert_eq!(words(&import(&house, std::slice::from_ref(&new_pin)).await), ["Changed"]);
    house.work_off().await;
    assert_eq!(house.mails_to("helpdesk@example.com").len(), 1, "one ticket, once");
    sqlx::query("UPDATE intake_requests SET state = 'rejected', sealed_pin = NULL, pin_version = NULL")
        .execute(&house.pool)
        .await
        .unwrap();
    assert_eq!(words(&import(&house, &[new_pin]).await), ["Unchanged"]);
    assert_eq!(words(&import(&house, &[one]).await), ["Decided"]);
}

#[tokio::test]
async fn quotas_are_read_as_the_sheet_gives_them() {
    let (house, _) = CloudHouse::in_memory().await;
    import(&house, &[row("siti@contoh.example", "Kerja")]).await;
    let header = vec![String::new(); 20];
    let mut cells = vec![String::new(); 20];
    for (place, cell) in [(4, "siti@contoh.example"), (8, "Kerja"), (11, "10"), (13, "50"), (19, "-1")] {
        cell.clone_into(&mut cells[place]);
    }
    let columns = gatehouse::intake::Columns::of(Kind::Quota, &std::collections::BTreeMap::default());
    let language = gatehouse::platform::language::Language::English;
    let read = gatehouse::intake::read(Kind::Quota, &columns, &[header, cells], language);
    let ask = read[0].1.as_ref().unwrap().ask.clone();
    let quotas: Vec<(&str, i64)> =
        ask.quotas.iter().map(|quota| (quota.resource.as_str(), quota.value)).collect();
    assert_eq!(quotas, [("instances", 10), ("ram", 51_200), ("gigabytes", -1), ("port", 15)]);
}

#[tokio::test]
async fn a_thousand_rows_take_less_than_ten_seconds() {
    let (house, _) = CloudHouse::in_memory().await;
    let rows: Vec<String> =
        (0..1000).map(|n| row(&format!("orang-{n}@contoh.example"), &format!("Kerja {n}"))).collect();
    let began = Instant::now();
    let imported = import(&house, &rows).await;
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert!(words(&imported).iter().all(|word| word == "New"));
}

/// A row of the sheet of quotas: so many machines for a project.
fn quota_table(machines: &[&str]) -> Vec<Vec<String>> {
    let rows = machines.iter().map(|machines| {
        let mut cells = vec![String::new(); 20];
        for (place, cell) in [(4, "siti@contoh.example"), (8, "Kerja"), (11, *machines)] {
            cell.clone_into(&mut cells[place]);
        }
        cells
    });
    std::iter::once(vec![String::new(); 20]).chain(rows).collect()
}

#[tokio::test]
async fn quotas_are_asked_for_again_once_the_last_change_is_over_and_old_rows_stay_what_they_were() {
    let (house, _) = CloudHouse::in_memory().await;
    let intake = &house.cloud.intake;
    let project = NewCloudProject {
        company_id: None,
        name: "Kerja".to_owned(),
        description: String::new(),
        contact_name: None,
        contact_email: None,
        ends_at: None,
    };
    let mut conn = house.pool.acquire().await.unwrap();
    house.cloud.openstack.want_project_in_tx(&mut conn, project).await.unwrap().unwrap();
    let quotas = async |machines: &[&str]| {
        intake.import(Kind::Quota, "quotas.csv", &quota_table(machines), false).await.unwrap()
    };
    let first = quotas(&["10"]).await;
    assert_eq!(words(&first), ["New"]);
    assert_eq!(words(&quotas(&["20"]).await), ["Changed"], "nobody has decided yet");
    assert_eq!(words(&quotas(&["10"]).await), ["Changed"]);
    house.work_off().await;
    let id = first.rows[0].request_id.unwrap();
    intake.act(id, &Act::Reject("x".to_owned()), &By::operator("dewi")).await.unwrap();

    let second = quotas(&["10", "20"]).await;
    assert_eq!(words(&second), ["Unchanged", "New"]);
    assert_ne!(second.rows[1].request_id, Some(id));
    let third = quotas(&["10", "20"]).await;
    assert_eq!(words(&third), ["Unchanged", "Unchanged"], "the old row changes nothing back");
    assert_eq!(third.rows[0].request_id, Some(id), "and is known for what became of it");
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM intake_requests").fetch_one(&house.pool).await.unwrap();
    assert_eq!(count, 2);
}
