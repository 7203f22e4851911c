//! What is done by itself about requests: staff are reminded, and what is old is forgotten.

use chrono::TimeDelta;

use super::{CLOSED, House};

#[tokio::test]
async fn staff_are_reminded_once_a_request_waits_then_at_each_interval() {
    let settings = "admission.remind_after_hours = 24\nadmission.remind_every_hours = 12";
    let house = House::with(&format!("{CLOSED}\n{settings}")).await;
    let admission = &house.world.features.admission;
    let first = house.waiting("siti@contoh.example").await;
    house.world.clock.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    assert_eq!(admission.remind().await.unwrap(), 0);
    house.world.clock.advance(TimeDelta::seconds(1));
    assert!(!house.admits("budi@contoh.example").await);
    // Two processes look at the same time.
    let (one, other) = tokio::join!(admission.remind(), admission.remind());
    assert_eq!(one.unwrap() + other.unwrap(), 2, "one mail tells of both");
    house.world.clock.advance(TimeDelta::hours(12) - TimeDelta::seconds(1));
    assert_eq!(admission.remind().await.unwrap(), 0);
    house.world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(admission.remind().await.unwrap(), 2);
    house.send_letters().await;
    let mails = house.letters_to("sign-ups@example.com");
    assert_eq!(mails.len(), 2, "{mails:?}");
    for expected in
        ["Requests: 2", "Hours since the first: 36", "https://gatehouse.example/backoffice/sign-ups"]
    {
        assert!(mails[1].contains(expected), "{expected} in {}", mails[1]);
    }
    assert!(!mails[1].contains("contoh"), "no personal data: {}", mails[1]);

    house.decide(&first, "refuse").await.expect(204);
    house.world.clock.advance(TimeDelta::hours(12));
    assert_eq!(admission.remind().await.unwrap(), 1, "who is decided is not told of");
}

#[tokio::test]
async fn nobody_is_reminded_when_nobody_is_named() {
    let house = House::with("admission.mode = \"closed\"").await;
    house.waiting("siti@contoh.example").await;
    house.world.clock.advance(TimeDelta::days(30));
    assert_eq!(house.world.features.admission.remind().await.unwrap(), 0);
}

#[tokio::test]
async fn requests_are_forgotten_after_their_time_and_an_approval_ends_with_them() {
    let house = House::with(&format!("{CLOSED}\nadmission.keep_days = 30")).await;
    let admission = house.world.features.admission.clone();
    house.waiting("siti@contoh.example").await;
    house.world.clock.advance(TimeDelta::days(10));
    let approved = house.waiting("budi@contoh.example").await;
    house.world.clock.advance(TimeDelta::days(5));
    house.api.clock.advance(TimeDelta::days(15));
    let staff = house.api.staff_token("helga", &["customer-service"]);
    let house = House { staff, ..house };
    house.decide(&approved, "approve").await.expect(204);
    for (days, left) in [(14, 2), (2, 1), (10, 1), (5, 0)] {
        house.world.clock.advance(TimeDelta::days(days));
        admission.forget().await.unwrap();
        assert_eq!(house.world.count("admission_requests").await, left, "after {days} more days");
    }
    assert!(!house.admits("budi@contoh.example").await);
}
