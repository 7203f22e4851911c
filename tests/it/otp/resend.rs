//! Asking for the message again.

use serde_json::json;

use super::world::{World, code_in, enrolment, login, somebody};

#[tokio::test]
async fn a06_28_before_the_wait_is_over_nothing_is_handed_to_anybody() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    let sent = world.sent();
    let early = world.resend(&shown.challenge(), "s", None).await;
    let wait = early.expect_problem(429, "otp/rate-limited").retry_after.unwrap();
    assert!((28..=30).contains(&wait), "{wait}");
    assert_eq!(world.sent(), sent);
}

#[tokio::test]
async fn a_repeated_message_has_the_same_code_and_a_number_and_the_waits_grow() {
    let world = World::new().await;
    let person = somebody();
    let shown = world.issue(&enrolment(&person, "s", "sms", &person.phone)).await.expect(201);
    let code = world.last_code("sms", &person.phone);
    for (wait, number) in [(30, 2), (60, 3), (120, 4)] {
        world.age(wait - 2).await;
        let early = world.resend(&shown.challenge(), "s", None).await;
        early.expect_problem(429, "otp/rate-limited");
        world.age(2).await;
        let again = world.resend(&shown.challenge(), "s", None).await.expect(202);
        assert_eq!(again.challenge(), shown.challenge());
        let text = world.texts("sms", &person.phone).pop().unwrap();
        assert_eq!(code_in(&text), code);
        assert!(text.contains(&format!("({number})")), "{text}");
    }
    world.verify(&shown.challenge(), "s", &code).await.expect(200);
}

#[tokio::test]
async fn another_channel_may_be_asked_for_at_once_and_gets_its_own_code() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    world.enrol_email(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    let by_sms = world.last_code("sms", &person.phone);
    let switched = world.resend(&shown.challenge(), "s", Some("email")).await.expect(202);
    assert_eq!((switched.challenge(), &switched.body["channel"]), (shown.challenge(), &json!("email")));
    assert_eq!(switched.body["alternatives"][0]["channel"], "sms");
    let by_mail = world.last_code("email", &person.email);
    assert_ne!(by_mail, by_sms, "one in a million runs may fail here");
    world.verify(&shown.challenge(), "s", &by_sms).await.expect_problem(422, "otp/code-wrong");
    let back = world.resend(&shown.challenge(), "s", Some("sms")).await;
    back.expect_problem(429, "otp/rate-limited");
    let approved = world.verify(&shown.challenge(), "s", &by_mail).await.expect(200);
    assert_eq!(approved.body["factor"]["channel"], "email");
}

#[tokio::test]
async fn a_switch_gives_up_the_other_live_challenge_of_that_channel() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    world.enrol_email(&person).await;
    let by_sms = world.issue(&login(&person, "s")).await.expect(201);
    let mut body = login(&person, "s");
    body["channel"] = json!("email");
    let by_mail = world.issue(&body).await.expect(201);
    world.resend(&by_sms.challenge(), "s", Some("email")).await.expect(202);
    assert_eq!(world.status(&by_mail.challenge()).await["status"], "cancelled");
    assert_eq!(world.status(&by_sms.challenge()).await["status"], "pending");
}

#[tokio::test]
async fn what_is_over_or_foreign_is_not_sent_again() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    world.resend(&shown.challenge(), "other", None).await.expect_problem(404, "otp/not-found");
    world.resend("nonsense", "s", None).await.expect_problem(404, "otp/not-found");
    let no_mail = world.resend(&shown.challenge(), "s", Some("email")).await;
    no_mail.expect_problem(409, "otp/no-factor");
    let code = world.last_code("sms", &person.phone);
    world.verify(&shown.challenge(), "s", &code).await.expect(200);
    world.age(60).await;
    world.resend(&shown.challenge(), "s", None).await.expect_problem(410, "otp/already-used");
    let shown = world.issue(&login(&person, "s2")).await.expect(201);
    world.age(301).await;
    world.resend(&shown.challenge(), "s2", None).await.expect_problem(410, "otp/code-expired");
    let shown = world.issue(&enrolment(&person, "s3", "sms", &somebody().phone)).await.expect(201);
    let switched = world.resend(&shown.challenge(), "s3", Some("email")).await;
    switched.expect_problem(409, "otp/no-factor");
}

#[tokio::test]
async fn fifty_parallel_requests_send_one_more_message() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    world.age(31).await;
    let (challenge, sent) = (shown.challenge(), world.sent());
    let replies = futures::future::join_all((0..50).map(|_| world.resend(&challenge, "s", None))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 202).count(), 1);
    assert_eq!(world.sent(), sent + 1);
}
