//! Keycloak asks at the registration form.

use chrono::TimeDelta;
use serde_json::json;

use super::{CLOSED, DOOR, House, somebody};
use crate::otp::world::World;

#[tokio::test]
async fn in_the_open_mode_everybody_is_admitted_and_nothing_is_noted() {
    let house = House::with("admission.mode = \"open\"").await;
    assert!(house.admits("siti@contoh.example").await);
    assert_eq!(house.world.count("admission_requests").await, 0);
}

#[tokio::test]
async fn who_may_not_is_noted_once_an_address_however_often_it_asks() {
    let house = House::closed().await;
    for email in ["siti@contoh.example", "siti@contoh.example", "SITI@Contoh.example"] {
        assert!(!house.admits(email).await, "{email}");
    }
    house.world.clock.advance(TimeDelta::seconds(1));
    let both = tokio::join!(house.ask("budi@contoh.example"), house.ask("budi@contoh.example"));
    for reply in [both.0, both.1] {
        assert_eq!(reply.expect(200).body, json!({"admitted": false}));
    }
    let waiting = house.listed("waiting").await;
    let emails: Vec<&str> = waiting.iter().map(|it| it["email"].as_str().unwrap()).collect();
    assert_eq!(emails, ["siti@contoh.example", "budi@contoh.example"]);
    assert_eq!(
        (&waiting[0]["first_name"], &waiting[0]["company"], &waiting[0]["locale"]),
        (&json!("Siti"), &json!("PT Contoh"), &json!("id"))
    );
}

#[tokio::test]
async fn who_is_invited_allowed_or_approved_is_admitted() {
    let house = House::closed().await;
    let company = house.api.company("PT Satu", "dewi").await;
    house.invite(company, "Invited@Contoh.example", 12).await;
    house.invite(company, "late@contoh.example", 0).await;
    for value in ["allowed@contoh.example", "Kantor.Example"] {
        let body = json!({"value": value, "reason": "pilot"});
        house.api.post("/backoffice/sign-ups/allowed", &house.staff, body).await.expect(201);
    }
    let id = house.waiting("approved@contoh.example").await;
    house.decide(&id, "approve").await.expect(204);
    for (email, expected) in [
        ("invited@contoh.example", true),
        ("late@contoh.example", false),
        ("allowed@contoh.example", true),
        ("allowed@other.example", false),
        ("anybody@kantor.example", true),
        ("anybody@sub.kantor.example", false),
        ("Approved@contoh.example", true),
        ("stranger@contoh.example", false),
    ] {
        assert_eq!(house.admits(email).await, expected, "{email}");
    }
    sqlx::query("UPDATE companies SET deleted_at = now(), claim_key = NULL")
        .execute(&house.api.pool)
        .await
        .unwrap();
    assert!(!house.admits("invited@contoh.example").await, "the company that invited has ended");
}

#[tokio::test]
async fn an_admins_invitation_opens_the_door_until_it_is_taken_back_or_over() {
    let house = House::closed().await;
    let company = house.api.company("PT Satu", "dewi").await;
    let admin = house.api.token("dewi");
    let invitations = format!("/companies/{company}/invitations");
    assert!(!house.admits("tuti@contoh.example").await);
    let people = json!({"people": [{"email": "Tuti@contoh.example"}]});
    let sent = house.api.post(&invitations, &admin, people).await.expect(200);
    let id = sent[0]["invitation_id"].as_str().unwrap().to_owned();
    assert!(house.admits("tuti@contoh.example").await);

    house.world.clock.advance(TimeDelta::hours(13));
    assert!(!house.admits("tuti@contoh.example").await, "its link is over, too");
    house.api.clock.advance(TimeDelta::hours(13));
    let admin = house.api.token("dewi");
    house.api.post(&format!("{invitations}/{id}/resend"), &admin, json!({})).await.expect(202);
    assert!(house.admits("tuti@contoh.example").await);
    house.api.delete(&format!("{invitations}/{id}"), &admin).await.expect(204);
    assert!(!house.admits("tuti@contoh.example").await);
}

#[tokio::test]
async fn who_has_an_account_hears_the_same_and_is_not_noted() {
    let house = House::closed().await;
    house.api.person("budi").await;
    let known = house.ask("Budi@example.com").await;
    let unknown = house.ask("nobody@example.com").await;
    assert_eq!((known.status, &known.body), (unknown.status, &unknown.body));
    let waiting = house.listed("waiting").await;
    assert_eq!(waiting.len(), 1, "{waiting:?}");
}

#[tokio::test]
async fn a_repeated_call_is_answered_alike_and_another_under_its_id_is_refused() {
    let house = House::closed().await;
    let body = serde_json::to_vec(&somebody("siti@contoh.example")).unwrap();
    let first = house.world.call_as("msg_1", "POST", DOOR, &body).await;
    let id = house.listed("waiting").await[0]["request_id"].as_str().unwrap().to_owned();
    house.decide(&id, "approve").await.expect(204);
    let again = house.world.call_as("msg_1", "POST", DOOR, &body).await;
    assert_eq!((first.status, &first.body), (again.status, &again.body), "the stored answer");
    let other = serde_json::to_vec(&somebody("budi@contoh.example")).unwrap();
    let reused = house.world.call_as("msg_1", "POST", DOOR, &other).await;
    reused.expect_problem(422, "webhook/id-reused");
}

#[tokio::test]
async fn what_is_not_signed_or_not_as_it_must_be_is_refused_and_noted_by_nobody() {
    let house = House::closed().await;
    let body = serde_json::to_vec(&somebody("siti@contoh.example")).unwrap();
    let mut forged = house.world.signed("msg_1", "POST", DOOR, &body);
    forged.headers_mut().insert("webhook-id", axum::http::HeaderValue::from_static("msg_2"));
    assert_eq!(house.world.send(forged).await.0, 401);
    for (field, value) in [
        ("realm", json!("master")),
        ("email", json!("nobody")),
        ("email", json!("x".repeat(255))),
        ("first_name", json!("x".repeat(256))),
        ("locale", json!(null)),
        ("ip_address", json!("here")),
        ("more", json!("fields")),
    ] {
        let mut wrong = somebody("siti@contoh.example");
        wrong[field] = value;
        house.world.call("POST", DOOR, &wrong).await.expect_problem(400, "request/invalid");
    }
    assert_eq!(house.world.count("admission_requests").await, 0);
}

#[tokio::test]
async fn one_client_address_asks_so_often_and_so_many_wait_at_most() {
    let house =
        House::with(&format!("{CLOSED}\nadmission.per_address = 3\nadmission.most_waiting = 2")).await;
    for email in ["a@contoh.example", "b@contoh.example"] {
        assert!(!house.admits(email).await);
    }
    let full = house.ask("c@contoh.example").await;
    full.expect_problem(503, "admission/full");
    let limited = house.ask("a@contoh.example").await;
    limited.expect_problem(429, "admission/rate-limited");
    // Another network is not in its way, and who waits already is told so.
    let mut elsewhere = somebody("a@contoh.example");
    elsewhere["ip_address"] = json!("2001:db8::1");
    let reply = house.world.call("POST", DOOR, &elsewhere).await.expect(200);
    assert_eq!(reply.body, json!({"admitted": false}));
    assert_eq!(house.listed("waiting").await.len(), 2);
}

#[tokio::test]
async fn two_processes_count_one_client_together_and_forget_it_when_its_minute_is_over() {
    let settings = format!("{CLOSED}\nadmission.per_address = 7");
    let house = House::with(&settings).await;
    let other = World::over(house.world.pool.clone(), &format!("profile = \"development\"\n{settings}"));
    let asks = (0..20).map(|number| {
        let world = if number % 2 == 0 { &house.world } else { &other };
        let body = somebody("siti@contoh.example");
        async move { world.call("POST", DOOR, &body).await.status }
    });
    let taken = futures::future::join_all(asks).await.into_iter().filter(|status| *status == 200).count();
    assert_eq!(taken, 7);
    let limited = house.ask("siti@contoh.example").await.expect_problem(429, "admission/rate-limited");
    let wait = limited.retry_after.unwrap();
    assert!((1..=9).contains(&wait), "one is given back in a seventh of a minute, not in {wait} s");
    house.world.clock.advance(TimeDelta::seconds(9));
    assert!(!house.admits("siti@contoh.example").await);
    house.ask("siti@contoh.example").await.expect_problem(429, "admission/rate-limited");

    house.world.clock.advance(TimeDelta::seconds(60));
    house.world.features.admission.forget().await.unwrap();
    assert_eq!(house.world.count("admission_limits").await, 0);
}
