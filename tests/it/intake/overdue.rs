//! Time is up: what nobody decides goes one step up by itself, and what fails is told.

use std::sync::Arc;

use chrono::TimeDelta;
use gatehouse::{
    adapters::keystone::{Keystone as _, MemoryKeystone, NewProject},
    intake::{Act, By, RequestId, State, store},
};

use super::{import, row};
use crate::support::CloudHouse;

async fn house() -> (CloudHouse, Arc<MemoryKeystone>) {
    let keystone = Arc::new(MemoryKeystone::bootstrapped());
    let settings = "intake.escalate_to = \"lead@example.com\"\nintake.escalate_after_hours = 96\n\
                    intake.decide_within_hours = 48\n";
    (CloudHouse::over(keystone.clone(), settings).await, keystone)
}

async fn ask(house: &CloudHouse, email: &str, project: &str) -> RequestId {
    import(house, &[row(email, project)]).await.rows[0].request_id.unwrap()
}

/// What was recorded of a request, with who it was by.
async fn audited(house: &CloudHouse, id: RequestId) -> Vec<(String, String)> {
    sqlx::query_as(
        "SELECT actor_kind, action FROM audit_entries WHERE subject_kind = 'request' AND subject_id = $1
         ORDER BY occurred_at, entry_id",
    )
    .bind(id.to_string())
    .fetch_all(&house.pool)
    .await
    .unwrap()
}

fn entry(actor: &str, action: &str) -> (String, String) {
    (actor.to_owned(), action.to_owned())
}

#[tokio::test]
async fn what_nobody_decides_in_time_goes_up_by_itself_once() {
    let (house, _) = house().await;
    let intake = &house.cloud.intake;
    let id = ask(&house, "siti@contoh.example", "Kerja").await;
    let decided = ask(&house, "budi@contoh.example", "Uji").await;
    house.work_off().await;
    intake.act(decided, &Act::Reject("x".to_owned()), &By::operator("dewi")).await.unwrap();
    house.advance(TimeDelta::hours(96) - TimeDelta::seconds(1));
    assert_eq!(intake.escalate_overdue().await.unwrap(), 0);
    house.advance(TimeDelta::seconds(1));
    // Two processes look at the same time.
    let (one, other) = tokio::join!(intake.escalate_overdue(), intake.escalate_overdue());
    assert_eq!(one.unwrap() + other.unwrap(), 1);
    house.advance(TimeDelta::hours(96));
    assert_eq!(intake.escalate_overdue().await.unwrap(), 0, "it is with whoever decides last");
    house.work_off().await;
    let mails = house.mails_to("lead@example.com");
    assert_eq!(mails.len(), 1, "{mails:?}");
    let text = mails[0].text.expose();
    for part in ["nobody decided in time", "siti@contoh.example", "Kerja", &id.to_string()] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(audited(&house, id).await, [entry("service", "request.escalated")]);
    assert_eq!(audited(&house, decided).await, [entry("operator", "request.rejected")]);
}

#[tokio::test]
async fn whom_it_was_handed_to_has_so_long_and_loses_it() {
    let (house, _) = house().await;
    let intake = &house.cloud.intake;
    let id = ask(&house, "siti@contoh.example", "Kerja").await;
    house.work_off().await;
    house.advance(TimeDelta::hours(10));
    house.staff("budi", "customer-service").await;
    intake.act(id, &Act::Delegate("budi".to_owned()), &By::operator("dewi")).await.unwrap();
    house.advance(TimeDelta::hours(48) - TimeDelta::seconds(1));
    assert_eq!(intake.escalate_overdue().await.unwrap(), 0);
    house.advance(TimeDelta::seconds(1));
    assert_eq!(intake.escalate_overdue().await.unwrap(), 1);
    let mut conn = house.pool.acquire().await.unwrap();
    let request = store::find(&mut conn, id).await.unwrap().unwrap();
    assert_eq!((request.state(), request.assignee), (State::Notified, None));
    let last = store::steps(&mut conn, id).await.unwrap().pop().unwrap();
    let reason = Some("whoever it was handed to did not decide in time".to_owned());
    assert_eq!((last.state.as_str(), last.actor.as_str(), last.reason), ("escalated", "gatehouse", reason));
}

#[tokio::test]
async fn what_could_not_be_brought_about_is_told_to_the_help_desk_and_can_be_tried_again() {
    let (house, keystone) = house().await;
    let by_hand = NewProject {
        name: "Kerja".to_owned(),
        domain_id: "default".to_owned(),
        description: "made by hand".to_owned(),
        enabled: true,
        tags: Vec::new(),
    };
    keystone.create_project(&by_hand).await.unwrap();
    let id = ask(&house, "siti@contoh.example", "Kerja").await;
    house.work_off().await;
    let (intake, dewi) = (&house.cloud.intake, By::operator("dewi"));
    intake.act(id, &Act::Approve, &dewi).await.unwrap();
    house.work_off().await;
    let told: Vec<_> = house
        .mails_to("helpdesk@example.com")
        .into_iter()
        .filter(|mail| mail.subject == "A request could not be brought about")
        .collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].text.expose().contains("was made by hand"), "{}", told[0].text.expose());
    let welcomed = |house: &CloudHouse| house.mails_to("siti@contoh.example").len();
    assert_eq!(welcomed(&house), 0, "nobody is told of what is not there");

    keystone.state().projects.clear();
    house.advance(TimeDelta::seconds(1));
    assert_eq!(intake.act(id, &Act::Retry, &dewi).await.unwrap(), State::Approved);
    house.work_off().await;
    let mut conn = house.pool.acquire().await.unwrap();
    assert_eq!(store::find(&mut conn, id).await.unwrap().unwrap().state(), State::Done);
    assert_eq!(welcomed(&house), 3);
    let expected = [entry("operator", "request.approved"), entry("operator", "request.retried")];
    assert_eq!(audited(&house, id).await, expected);
}

#[tokio::test]
async fn an_approval_of_the_sheet_is_recorded_as_one() {
    let (house, _) = house().await;
    let imported = import(&house, &[row("siti@contoh.example", "Kerja").replacen(',', "Approved,", 1)]).await;
    house.work_off().await;
    let id = imported.rows[0].request_id.unwrap();
    assert_eq!(audited(&house, id).await, [entry("service", "request.approved")]);
}
