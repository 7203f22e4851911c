//! Asking for a code.

use serde_json::json;

use super::world::{World, code_in, enrolment, login, somebody};

#[tokio::test]
async fn an_enrolled_number_gets_a_code_that_opens_the_login() {
    let world = World::new().await;
    let person = somebody();
    let factor = world.enrol_sms(&person).await;

    let shown = world.issue(&login(&person, "session-1")).await.expect(201);
    assert_eq!(shown.body["channel"], "sms");
    assert_eq!(shown.body["hint"], format!("+62 ••• {}", &person.phone[person.phone.len() - 2..]));
    assert_eq!((&shown.body["code_length"], &shown.body["attempts_left"]), (&json!(6), &json!(5)));
    assert_eq!(shown.body["alternatives"], json!([]));
    let time =
        |name: &str| shown.body[name].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!((time("expires_at") - time("resend_at")).num_seconds(), 270, "300 s of life, 30 s of wait");

    let code = world.last_code("sms", &person.phone);
    let approved = world.verify(&shown.challenge(), "session-1", &code).await.expect(200);
    assert_eq!(approved.body["status"], "approved");
    assert_eq!(approved.body["factor"]["id"], factor);
    assert_eq!(world.status(&shown.challenge()).await, json!({"status": "approved", "delivery": "sent"}));
}

#[tokio::test]
async fn an_address_gets_its_code_by_mail_in_the_persons_language() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_email(&person).await;
    let mut body = login(&person, "s");
    body["locale"] = json!("id");
    world.issue(&body).await.expect(201);
    let mail = world.mail.mails().pop().unwrap();
    assert_eq!(mail.subject, "Kode Gatehouse Anda untuk masuk");
    let code = code_in(mail.text.expose());
    assert!(mail.html.expose().contains(&code));
}

#[tokio::test]
async fn a06_24_the_same_login_gets_the_same_challenge_and_nothing_is_sent() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let first = world.issue(&login(&person, "s")).await.expect(201);
    let sent = world.sent();
    let again = world.issue(&login(&person, "s")).await.expect(201);
    assert_eq!(again.body, first.body);
    assert_eq!(world.sent(), sent);
    let other = world.issue(&login(&person, "another session")).await.expect(201);
    assert_ne!(other.challenge(), first.challenge());
}

#[tokio::test]
async fn a_double_click_makes_one_challenge_and_one_message() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let sent = world.sent();
    let body = login(&person, "s");
    let replies = futures::future::join_all((0..20).map(|_| world.issue(&body))).await;
    let first = replies[0].challenge();
    for reply in replies {
        assert_eq!(reply.expect(201).challenge(), first);
    }
    assert_eq!(world.sent(), sent + 1);
    let taken: i64 = sqlx::query_scalar(
        "SELECT sum((entry ->> 1)::int) FROM otp_limits, jsonb_array_elements(taken) entry
         WHERE scope = 'person'",
    )
    .fetch_one(&world.pool)
    .await
    .unwrap();
    assert_eq!(taken, 2, "the enrolment and one login");
}

#[tokio::test]
async fn another_channel_is_another_challenge_and_both_are_kept() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    world.enrol_email(&person).await;
    let by_sms = world.issue(&login(&person, "s")).await.expect(201);
    assert_eq!(by_sms.body["channel"], "sms", "the first factor is primary");
    assert_eq!(by_sms.body["alternatives"][0]["channel"], "email");
    let mut body = login(&person, "s");
    body["channel"] = json!("email");
    let by_mail = world.issue(&body).await.expect(201);
    assert_eq!(by_mail.body["channel"], "email");
    assert_ne!(by_mail.challenge(), by_sms.challenge());
    let back = world.issue(&login(&person, "s")).await.expect(201);
    assert_eq!(back.challenge(), by_sms.challenge(), "going back sends nothing");
}

#[tokio::test]
async fn a06_38_a_stranger_and_a_person_without_a_factor_are_told_the_same() {
    let world = World::new().await;
    let (stranger, person) = (somebody(), somebody());
    world.enrol_sms(&person).await;
    let mut by_mail = login(&person, "s");
    by_mail["channel"] = json!("email");
    let unknown = world.issue(&login(&stranger, "s")).await.expect_problem(409, "otp/no-factor");
    let without = world.issue(&by_mail).await.expect_problem(409, "otp/no-factor");
    assert_eq!(unknown.body, without.body);
}

#[tokio::test]
async fn a_new_destination_replaces_the_one_being_proven() {
    let world = World::new().await;
    let (person, other) = (somebody(), somebody());
    let first = world.issue(&enrolment(&person, "s", "sms", &person.phone)).await.expect(201);
    let second = world.issue(&enrolment(&person, "s", "sms", &other.phone)).await.expect(201);
    assert_ne!(first.challenge(), second.challenge());
    assert_eq!(world.status(&first.challenge()).await["status"], "cancelled");
    let old_code = world.last_code("sms", &person.phone);
    world.verify(&first.challenge(), "s", &old_code).await.expect_problem(410, "otp/code-expired");
    let code = world.last_code("sms", &other.phone);
    world.verify(&second.challenge(), "s", &code).await.expect(200);
}

#[tokio::test]
async fn a06_15_after_a_new_challenge_the_old_code_is_not_accepted() {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let first = world.issue(&login(&person, "s")).await.expect(201);
    let old_code = world.last_code("sms", &person.phone);
    world.age(301).await;
    assert_eq!(world.status(&first.challenge()).await["status"], "expired");
    let second = world.issue(&login(&person, "s")).await.expect(201);
    assert_ne!(first.challenge(), second.challenge());
    let code = world.last_code("sms", &person.phone);
    assert_ne!(code, old_code, "one in a million runs may fail here");
    world.verify(&second.challenge(), "s", &old_code).await.expect_problem(422, "otp/code-wrong");
    world.verify(&first.challenge(), "s", &old_code).await.expect_problem(410, "otp/code-expired");
    world.verify(&second.challenge(), "s", &code).await.expect(200);
}
