//! Staff decide, and whoever asked hears of it.

use serde_json::json;
use uuid::Uuid;

use super::House;

#[tokio::test]
async fn who_is_approved_gets_the_link_once_and_may_sign_up() {
    let house = House::closed().await;
    let id = house.waiting("siti@contoh.example").await;
    house.decide(&id, "approve").await.expect(204);
    house.decide(&id, "approve").await.expect(204);
    house.send_letters().await;
    let letters = house.letters_to("siti@contoh.example");
    assert_eq!(letters.len(), 1, "{letters:?}");
    for expected in
        ["Anda dapat mendaftar sekarang", "Siti", "https://gatehouse.example/sign-in?new=yes&lang=id"]
    {
        assert!(letters[0].contains(expected), "{expected} in {}", letters[0]);
    }
    assert!(!letters[0].contains("known to sales"), "the reason is between staff");
    assert!(house.admits("siti@contoh.example").await);
    assert!(house.listed("waiting").await.is_empty());
    let decided = &house.listed("approved").await[0];
    assert_eq!((&decided["decided_by"], &decided["reason"]), (&json!("helga"), &json!("known to sales")));
    assert_eq!(house.api.audited(&id).await, ["admission.approved"]);
}

#[tokio::test]
async fn who_is_refused_gets_a_letter_and_stays_out() {
    let house = House::closed().await;
    let id = house.waiting("siti@contoh.example").await;
    house.decide(&id, "refuse").await.expect(204);
    house.decide(&id, "approve").await.expect_problem(409, "admission/decided");
    house.send_letters().await;
    let letters = house.letters_to("siti@contoh.example");
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert!(letters[0].contains("Terima kasih atas minat Anda"), "{}", letters[0]);
    assert!(!house.admits("siti@contoh.example").await);
    assert!(house.listed("waiting").await.is_empty(), "asking again is not waiting again");
    let kept: String = sqlx::query_scalar("SELECT string_agg(it::text, ' ') FROM audit_entries AS it")
        .fetch_one(&house.api.pool)
        .await
        .unwrap();
    assert!(kept.contains("s•••@contoh.example") && !kept.contains("siti@"), "{kept}");
}

#[tokio::test]
async fn of_two_who_decide_at_once_one_wins() {
    let house = House::closed().await;
    let id = house.waiting("siti@contoh.example").await;
    let (one, other) = tokio::join!(house.decide(&id, "approve"), house.decide(&id, "refuse"));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
    assert_eq!(house.api.audited(&id).await.len(), 1);
}

#[tokio::test]
async fn only_staff_who_decide_requests_see_and_decide_them_with_a_reason() {
    let house = House::closed().await;
    let id = house.waiting("siti@contoh.example").await;
    let path = format!("/backoffice/sign-ups/{id}/approve");
    for reason in ["", "  ", &"x".repeat(501)] {
        let refused = house.api.post(&path, &house.staff, json!({"reason": reason})).await;
        refused.expect_problem(400, "request/invalid");
        assert_eq!(refused.json()["errors"][0]["field"], "reason");
    }
    let auditor = house.api.staff_token("helga", &["auditor"]);
    let body = json!({"reason": "because"});
    house.api.get("/backoffice/sign-ups", &auditor).await.expect_problem(403, "access/forbidden");
    house.api.post(&path, &auditor, body.clone()).await.expect_problem(403, "access/forbidden");
    let nobody = format!("/backoffice/sign-ups/{}/approve", Uuid::from_u128(7));
    house.api.post(&nobody, &house.staff, body).await.expect_problem(404, "request/not-found");
    assert_eq!(house.listed("waiting").await.len(), 1);
}
