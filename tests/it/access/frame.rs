//! What every route of the API does alike.

use axum::http::Method;
use chrono::TimeDelta;
use gatehouse::platform::{
    http::idempotency::FORGET_REQUESTS,
    jobs::{Done, Job},
};
use serde_json::{Value, json};

use crate::support::api::Api;

#[tokio::test]
async fn a_request_that_is_sent_twice_does_its_work_once() {
    let api = Api::open().await;
    let company = api.company("PT Satu", "siti").await;
    api.member(company, "budi", "user").await;
    let (path, token) = (format!("/companies/{company}/grants"), api.token("siti"));
    let body = json!({"user_id": "budi", "role": "VIEW"});
    let send = async |body: Value, key: &str, token: &str| {
        let headers = [("idempotency-key", key)];
        api.call_with(Method::POST, &path, token, Some(body), &headers).await
    };
    let (one, two) = tokio::join!(send(body.clone(), "k-1", &token), send(body.clone(), "k-1", &token));
    // The second is answered like the first, or hears that the first has not ended yet.
    for reply in [&one, &two] {
        assert!(matches!(reply.status.as_u16(), 201 | 409), "{reply:?}");
    }
    let again = send(body.clone(), "k-1", &token).await;
    let first = if one.status == 201 { one } else { two };
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert_eq!(again.headers["content-type"], "application/json");
    assert_eq!(api.audited("budi").await, ["access.granted"]);

    let other = json!({"user_id": "budi", "role": "MANAGE"});
    send(other, "k-1", &token).await.expect_problem(422, "request/key-reused");
    let long = "k".repeat(129);
    send(body.clone(), &long, &token).await.expect_problem(400, "request/invalid");
    // The key of one caller is not the key of another.
    send(body.clone(), "k-1", &api.token("budi")).await.expect_problem(403, "access/forbidden");
    // After a day the key is free.
    api.clock.advance(TimeDelta::hours(25));
    send(body, "k-1", &api.token("siti")).await.expect(201);
    assert_eq!(api.audited("budi").await.len(), 2);
}

#[tokio::test]
async fn answers_that_are_not_given_again_are_forgotten() {
    let api = Api::open().await;
    let company = api.company("PT Satu", "siti").await;
    api.member(company, "budi", "user").await;
    let body = json!({"user_id": "budi", "role": "VIEW"});
    let (path, headers) = (format!("/companies/{company}/grants"), [("idempotency-key", "k-1")]);
    api.call_with(Method::POST, &path, &api.token("siti"), Some(body), &headers).await.expect(201);
    let forget = FORGET_REQUESTS.handler(api.pool.clone(), api.clock.clone());
    let job = Job { kind: forget.kind().to_owned(), key: "nightly".to_owned(), attempts: 0 };
    for (hours, left) in [(23, 1_i64), (2, 0)] {
        api.clock.advance(TimeDelta::hours(hours));
        assert_eq!(forget.run(&job).await.unwrap(), Done::Until(api.now() + TimeDelta::days(1)));
        let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM idempotent_requests")
            .fetch_one(&api.pool)
            .await
            .unwrap();
        assert_eq!(kept, left, "after {hours} more hours");
    }
}

#[tokio::test]
async fn a_caller_who_asks_too_often_is_told_when_to_come_back() {
    let api = Api::with("http.requests_per_minute = 10").await;
    api.company("PT Satu", "siti").await;
    let token = api.token("siti");
    for _ in 0..10 {
        api.get("/users/siti/access", &token).await.expect(200);
    }
    let refused = api.get("/users/siti/access", &token).await;
    refused.expect_problem(429, "request/rate-limited");
    assert!(refused.headers.contains_key("retry-after"));
    api.company("PT Dua", "dewi").await;
    api.get("/users/dewi/access", &api.token("dewi")).await.expect(200);
    api.clock.advance(TimeDelta::seconds(30));
    api.get("/users/siti/access", &token).await.expect(200);
}

#[tokio::test]
async fn lists_come_in_pages() {
    let api = Api::open().await;
    let company = api.company("PT Satu", "siti").await;
    let token = api.token("siti");
    for number in 0..7 {
        api.clock.advance(TimeDelta::seconds(1));
        let user = format!("user-{number}");
        api.member(company, &user, "user").await;
        let body = json!({"user_id": user, "role": "VIEW"});
        api.post(&format!("/companies/{company}/grants"), &token, body).await.expect(201);
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("/companies/{company}/grants?limit=3{after}");
        let page = api.get(&path, &token).await.expect(200);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 3);
        seen.extend(items.iter().map(|item| item["user_id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(seen, (0..7).map(|number| format!("user-{number}")).collect::<Vec<_>>());
    for query in ["limit=0", "limit=201", "after=nonsense"] {
        let path = format!("/companies/{company}/grants?{query}");
        api.get(&path, &token).await.expect_problem(400, "request/invalid");
    }
}

#[tokio::test]
async fn what_is_no_route_is_a_problem_too() {
    let api = Api::open().await;
    api.get("/no/such/thing", "").await.expect_problem(404, "request/not-found");
    api.delete("/users/siti/access", "").await.expect_problem(405, "request/method-not-allowed");
    let refused = api.get("/users/siti/access", "").await;
    assert_eq!(refused.headers["www-authenticate"], "Bearer");
    assert_eq!(refused.headers["content-type"], "application/problem+json");
}

/// What is offered to others changes only on purpose: write the document anew with
/// `UPDATE_OPENAPI=1 cargo test --test it access::frame` and look at the difference.
#[tokio::test]
async fn the_document_is_the_one_that_is_kept() {
    let api = Api::open().await;
    let document = api.get("/openapi.json", "").await.expect(200);
    let text = serde_json::to_string_pretty(&document).unwrap() + "\n";
    let kept = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/openapi.json");
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&kept, &text).unwrap();
    }
    let held = std::fs::read_to_string(&kept).unwrap_or_default();
    assert!(held == text, "schemas/openapi.json is not what the routes offer");
    let paths = document["paths"].as_object().unwrap();
    let offered: usize = paths.values().map(|it| it.as_object().unwrap().len()).sum();
    assert_eq!(offered, api.features.api().into_parts().2.len());
}
