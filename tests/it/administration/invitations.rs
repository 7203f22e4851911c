//! Asking people in: one, many, by file; again, and taken back.

use axum::http::Method;
use serde_json::{Value, json};

use super::House;

fn outcomes(answer: &Value) -> Vec<&str> {
    answer.as_array().unwrap().iter().map(|line| line["outcome"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn each_line_has_its_outcome_and_a_dry_run_does_nothing() {
    let house = House::open().await;
    let people = json!([
        {"email": "agus@example.com", "first_name": "Agus", "role": "admin"},
        {"email": "AGUS@example.com"},
        {"email": "budi@example.com"},
        {"email": "no address"},
        {"email": "dewi@example.com", "last_name": "x".repeat(256)},
    ]);
    let dry = house.post("/invitations", json!({"people": people, "dry_run": true})).await.expect(200);
    assert_eq!(
        outcomes(&dry),
        ["would_invite", "repeated", "already_member", "invalid_email", "invalid_name"]
    );
    assert_eq!(house.listed("").await.len(), 2);

    let done = house.post("/invitations", json!({"people": people})).await.expect(200);
    assert_eq!(outcomes(&done), ["invited", "repeated", "already_member", "invalid_email", "invalid_name"]);
    let open = (format!("org-{}", house.company), "agus@example.com".to_owned());
    house.until("the invitation", |state| state.invitations.contains(&open)).await;
    let again = house.post("/invitations", json!({"people": people})).await.expect(200);
    assert_eq!(outcomes(&again)[0], "already_invited");
    assert_eq!(house.listed("?state=invited").await, ["agus@example.com admin invited"]);
    house.post("/invitations", json!({"people": []})).await.expect_problem(400, "request/invalid");
}

#[tokio::test]
async fn a_file_invites_many_at_once() {
    let house = House::open().await;
    let lines = (0..300).map(|number| format!("person{number}@example.com;Nama {number} 😀;user\n"));
    let people: String = lines.collect();
    let file = format!("email;first_name;role\n{people}last@example.com;Last;owner\n");
    let send = async |file: &str, query: &str| {
        let path = format!("/api/v1{}{query}", house.path("/invitations/csv"));
        house.api.send_text(&path, &house.admin, "text/csv", file).await
    };
    let dry = send(&file, "?dry_run=true").await.expect(200);
    assert_eq!(outcomes(&dry).iter().filter(|outcome| **outcome == "would_invite").count(), 300);
    let done = send(&file, "").await.expect(200);
    assert_eq!((outcomes(&done)[0], outcomes(&done)[300]), ("invited", "invalid_role"));
    house.until("all of them", |state| state.invitations.len() == 300).await;

    // A megabyte is read, and more people than at once are refused with a word.
    let long = format!("email\n{}", "someone.with.a.long.name@example.com\n".repeat(27_000));
    send(&long, "").await.expect_problem(400, "request/invalid");
    send("name\nSiti\n", "").await.expect_problem(400, "request/invalid");
}

#[tokio::test]
async fn an_invitation_is_sent_again_and_taken_back() {
    let house = House::open().await;
    let done =
        house.post("/invitations", json!({"people": [{"email": "agus@example.com"}]})).await.expect(200);
    let id = done[0]["invitation_id"].as_str().unwrap().to_owned();
    let sent = |times| {
        move |state: &gatehouse::adapters::keycloak::MemoryState| {
            state.done.iter().filter(|(word, _)| *word == "invite").count() == times
        }
    };
    house.until("the invitation", sent(1)).await;
    house.post(&format!("/invitations/{id}/resend"), json!({})).await.expect(202);
    house.until("the second", sent(2)).await;
    house.call(Method::DELETE, &format!("/invitations/{id}"), json!({})).await.expect(204);
    house.until("none", |state| state.invitations.is_empty()).await;
    house
        .call(Method::DELETE, &format!("/invitations/{id}"), json!({}))
        .await
        .expect_problem(404, "request/not-found");
    assert_eq!(house.listed("").await.len(), 2);
    assert_eq!(
        house.api.audited(&id).await,
        ["invitation.sent", "invitation.resent", "invitation.cancelled"]
    );
}
