//! Deciding, handing on, reminding.

use chrono::TimeDelta;
use gatehouse::intake::{Act, By, Refused, RequestId, State, store};

use super::{import, row};
use crate::support::CloudHouse;

async fn one(house: &CloudHouse) -> RequestId {
    import(house, &[row("siti@contoh.example", "Kerja")]).await.rows[0].request_id.unwrap()
}

#[tokio::test]
async fn nothing_is_approved_before_the_help_desk_was_told() {
    let (house, keystone) = CloudHouse::in_memory().await;
    let id = one(&house).await;
    let early = house.cloud.intake.act(id, &Act::Approve, &By::operator("dewi")).await;
    assert!(matches!(early, Err(Refused::State(State::Received))), "{early:?}");
    house.work_off().await;
    let ticket = house.mails_to("helpdesk@example.com").remove(0);
    let text = ticket.text.expose();
    for part in ["Access Request", "High", "siti@contoh.example", "Rahma", "Kerja", "Tolong"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("1234\n") && !text.contains("PIN"), "{text}");
    assert!(keystone.state().users.is_empty(), "nothing is made before it is approved");
    assert_eq!(
        house.cloud.intake.act(id, &Act::Approve, &By::operator("dewi")).await.unwrap(),
        State::Approved
    );
    let twice = house.cloud.intake.act(id, &Act::Approve, &By::operator("dewi")).await;
    assert!(matches!(twice, Err(Refused::State(_))), "{twice:?}");
}

#[tokio::test]
async fn a_row_that_says_approved_is_brought_about_once_the_help_desk_was_told() {
    let (house, keystone) = CloudHouse::in_memory().await;
    import(&house, &[row("siti@contoh.example", "Kerja").replacen(',', "Approved ,", 1)]).await;
    house.work_off().await;
    assert_eq!(keystone.state().projects.len(), 1);
    assert_eq!(house.mails_to("helpdesk@example.com").len(), 1);
}

#[tokio::test]
async fn a_rejected_request_is_told_with_its_reason_and_forgets_the_pin() {
    let (house, keystone) = CloudHouse::in_memory().await;
    let id = one(&house).await;
    house.work_off().await;
    house.staff("budi", "customer-service").await;
    let (dewi, budi) = (By::operator("dewi"), By::operator("budi"));
    house.cloud.intake.act(id, &Act::Delegate("budi".to_owned()), &dewi).await.unwrap();
    house.cloud.intake.act(id, &Act::Reject("tidak ada sponsor".to_owned()), &budi).await.unwrap();
    house.work_off().await;
    let mail = house.mails_to("siti@contoh.example").remove(0);
    assert!(mail.text.expose().contains("tidak ada sponsor"), "{}", mail.text.expose());
    let mut conn = house.pool.acquire().await.unwrap();
    let request = store::find(&mut conn, id).await.unwrap().unwrap();
    assert!(request.sealed_pin.is_none());
    let steps = store::steps(&mut conn, id).await.unwrap();
    let steps: Vec<(&str, &str)> =
        steps.iter().map(|step| (step.state.as_str(), step.actor.as_str())).collect();
    let expected = [
        ("received", "requests.csv"),
        ("notified", "gatehouse"),
        ("delegated", "dewi"),
        ("rejected", "budi"),
    ];
    assert_eq!(steps, expected);
    assert!(keystone.state().projects.is_empty());
}

#[tokio::test]
async fn one_digest_comes_after_the_first_hours_and_then_at_each_interval_while_requests_wait() {
    let (house, _) = CloudHouse::in_memory().await;
    let rows: Vec<String> = (0..3).map(|n| row(&format!("o{n}@contoh.example"), &format!("K{n}"))).collect();
    let imported = import(&house, &rows).await;
    house.work_off().await;
    house.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    assert_eq!(house.cloud.intake.remind().await.unwrap(), 0);
    house.advance(TimeDelta::seconds(1));
    assert_eq!(house.cloud.intake.remind().await.unwrap(), 3);
    assert_eq!(house.cloud.intake.remind().await.unwrap(), 0, "not again at once");
    house.advance(TimeDelta::hours(24));
    let decided = imported.rows[0].request_id.unwrap();
    let reject = Act::Reject("x".to_owned());
    house.cloud.intake.act(decided, &reject, &By::operator("dewi")).await.unwrap();
    assert_eq!(house.cloud.intake.remind().await.unwrap(), 2, "what is decided waits no longer");
    house.work_off().await;
    let subjects: Vec<String> =
        house.mails_to("helpdesk@example.com").into_iter().map(|mail| mail.subject).collect();
    let mut digests: Vec<&String> = subjects.iter().filter(|subject| subject.contains("decision")).collect();
    // Jobs at work side by side: the later digest may be the first to arrive.
    digests.sort();
    assert_eq!(digests, ["2 requests wait for a decision", "3 requests wait for a decision"]);
}
