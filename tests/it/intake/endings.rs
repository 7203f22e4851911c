//! A project that was asked for until a day: its contact is reminded once, and after the day it is no longer used.

use chrono::TimeDelta;
use gatehouse::{
    intake::{Act, By, Kind},
    platform::clock::Clock as _,
};

use super::{row, table};
use crate::support::CloudHouse;

#[tokio::test]
async fn the_contact_of_a_project_that_ends_is_reminded_once_and_then_it_ends() {
    let (mut house, keystone) = CloudHouse::in_memory().await;
    house.set("intake.columns.end_date = \"Until\"");
    let last = (house.clock.now() + TimeDelta::days(60)).date_naive();
    let end = last.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::days(1);
    let mut cells = table(&[row("siti@contoh.example", "Kerja")]);
    cells[0].push("Until".to_owned());
    cells[1].push(last.to_string());
    let imported = house.cloud.intake.import(Kind::Access, "requests.csv", &cells, false).await.unwrap();
    let id = imported.rows[0].request_id.unwrap_or_else(|| panic!("{imported:?}"));
    house.work_off().await;
    house.cloud.intake.act(id, &Act::Approve, &By::operator("dewi")).await.unwrap();
    house.work_off().await;
    let reminders = |house: &CloudHouse| -> Vec<String> {
        let mails = house.mails_to("siti@contoh.example").into_iter();
        mails
            .filter(|mail| mail.subject == "Your project ends soon")
            .map(|mail| mail.text.expose().clone())
            .collect()
    };
    let looks = async |house: &CloudHouse| {
        house.cloud.intake.remind().await.unwrap();
        house.cloud.openstack.apply(None).await.unwrap();
        house.work_off().await;
    };

    house.advance(end - TimeDelta::days(14) - TimeDelta::seconds(1) - house.clock.now());
    looks(&house).await;
    assert!(reminders(&house).is_empty(), "it is early");
    house.advance(TimeDelta::seconds(1));
    looks(&house).await;
    house.advance(end - TimeDelta::seconds(1) - house.clock.now());
    looks(&house).await;
    let told = reminders(&house);
    assert!(told.len() == 1 && told[0].contains("Kerja") && told[0].contains("Siti"), "{told:?}");
    assert!(keystone.state().projects[0].enabled, "its last day is not over");
    house.advance(TimeDelta::seconds(1));
    looks(&house).await;
    assert!(!keystone.state().projects[0].enabled);
    assert_eq!(reminders(&house).len(), 1);
}
