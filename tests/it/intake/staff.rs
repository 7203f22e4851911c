//! What staff do with requests, by API: each act is theirs to do, happens once, and is recorded.

use axum::http::Method;
use gatehouse::{
    intake::{Imported, Kind, NOTIFY, NotifyJob},
    platform::jobs::{Handler as _, Job},
};
use serde_json::{Value, json};

use super::{row, table};
use crate::support::api::{Api, Reply};

/// The service with a help desk, and staff: `helga` and `hanna` help customers, `otto` is an operator.
struct Desk {
    api: Api,
}

impl Desk {
    async fn open() -> Self {
        let api = Api::with("intake.help_desk = \"helpdesk@example.com\"").await;
        for name in ["helga", "hanna", "otto"] {
            api.person(name).await;
        }
        let desk = Self { api };
        for name in ["hanna", "otto"] {
            desk.looks_in(name, &desk.token(name)).await;
        }
        desk
    }

    /// Somebody comes, and is known from then on with the roles of their token.
    async fn looks_in(&self, name: &str, token: &str) {
        self.api.get(&format!("/users/{name}/access"), token).await.expect(200);
    }

    async fn import(&self, email: &str, project: &str) -> String {
        let intake = &self.api.features.cloud.as_ref().unwrap().intake;
        let rows = table(&[row(email, project)]);
        let imported: Imported = intake.import(Kind::Access, "requests.csv", &rows, false).await.unwrap();
        imported.rows[0].request_id.unwrap().to_string()
    }

    /// A request of which the help desk was told.
    async fn asked(&self, email: &str, project: &str) -> String {
        let id = self.import(email, project).await;
        let intake = self.api.features.cloud.as_ref().unwrap().intake.clone();
        let job = Job { kind: NOTIFY.to_owned(), key: id.clone(), attempts: 0 };
        NotifyJob(intake).run(&job).await.unwrap();
        id
    }

    fn token(&self, name: &str) -> String {
        self.api.staff_token(name, &[if name == "otto" { "operator" } else { "customer-service" }])
    }

    async fn does(&self, name: &str, what: &str, id: &str, body: Value) -> Reply {
        self.api.post(&format!("/backoffice/requests/{id}/{what}"), &self.token(name), body).await
    }

    /// Actor, action, before, after and reason of what was recorded last.
    async fn recorded(&self, id: &str) -> (String, String, Value, Value, Option<String>) {
        let (actor, action, before, after, reason): (String, String, Option<Value>, Option<Value>, _) =
            sqlx::query_as(
                "SELECT actor_kind || ' ' || coalesce(actor_id, ''), action, before, after, reason FROM audit_entries
                 WHERE subject_kind = 'request' AND subject_id = $1 ORDER BY occurred_at DESC, entry_id DESC LIMIT 1",
            )
            .bind(id)
            .fetch_one(&self.api.pool)
            .await
            .unwrap();
        (actor, action, before.unwrap_or_default(), after.unwrap_or_default(), reason)
    }
}

#[tokio::test]
async fn what_waits_is_shown_masked_and_who_opens_one_is_recorded() {
    let desk = Desk::open().await;
    let id = desk.asked("siti@contoh.example", "Kerja").await;
    desk.api.clock.advance(chrono::TimeDelta::seconds(1));
    desk.asked("budi@contoh.example", "Uji").await;
    let auditor = desk.api.staff_token("agus", &["auditor"]);
    let first = desk.api.get("/backoffice/requests?limit=1", &auditor).await.expect(200);
    let shown = &first["items"][0];
    assert_eq!((&shown["account"], &shown["project"]), (&json!("s•••@contoh.example"), &json!("Kerja")));
    assert!(!first.to_string().contains("siti@"), "{first}");
    let next = format!("/backoffice/requests?limit=1&after={}", first["next"].as_str().unwrap());
    assert_eq!(desk.api.get(&next, &auditor).await.expect(200)["items"][0]["project"], "Uji");
    let done = desk.api.get("/backoffice/requests?state=done", &auditor).await.expect(200);
    assert_eq!(done["items"], json!([]));
    desk.api.get("/backoffice/requests?state=x", &auditor).await.expect_problem(400, "request/invalid");

    let path = format!("/backoffice/requests/{id}");
    desk.api.get(&path, &auditor).await.expect_problem(403, "access/forbidden");
    let whole = desk.api.get(&path, &desk.token("helga")).await.expect(200);
    assert_eq!(whole["person"]["email"], "siti@contoh.example");
    assert_eq!((&whole["is_new_project"], &whole["steps"][1]["what"]), (&json!(true), &json!("notified")));
    assert!(!whole.to_string().contains("\"1234\""), "nobody sees the PIN: {whole}");
    let (actor, action, ..) = desk.recorded(&id).await;
    assert_eq!((actor.as_str(), action.as_str()), ("person helga", "request.opened"));
    desk.api
        .get(&path.replace(&id[..8], "00000000"), &desk.token("helga"))
        .await
        .expect_problem(404, "request/not-found");
}

#[tokio::test]
async fn approving_waits_for_the_ticket_happens_once_and_is_recorded() {
    let desk = Desk::open().await;
    let early = desk.import("siti@contoh.example", "Kerja").await;
    desk.does("helga", "approve", &early, json!({})).await.expect_problem(409, "requests/state");
    let id = desk.asked("siti@contoh.example", "Kerja").await;
    assert_eq!(id, early);
    let customer = desk.api.token("hanna");
    let path = format!("/backoffice/requests/{id}/approve");
    desk.api.post(&path, &customer, json!({})).await.expect_problem(403, "access/forbidden");
    let (one, other) = tokio::join!(
        desk.does("helga", "approve", &id, json!({})),
        desk.does("hanna", "reject", &id, json!({"reason": "no sponsor"})),
    );
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "one of two decides: {one:?} {other:?}");
    let (_, action, before, after, _) = desk.recorded(&id).await;
    let (expected, state) =
        if one.status == 200 { ("request.approved", "approved") } else { ("request.rejected", "rejected") };
    assert_eq!(
        (action.as_str(), &before["state"], &after["state"]),
        (expected, &json!("notified"), &json!(state))
    );
    assert_eq!(desk.api.audited(&id).await.len(), 1, "what is refused is not recorded as done");
    desk.does("helga", "reject", &id, json!({"reason": " "})).await.expect_problem(400, "request/invalid");
    desk.does("helga", "retry", &id, json!({})).await.expect_problem(409, "requests/state");
}

#[tokio::test]
async fn nobody_approves_what_they_ask_for_themselves() {
    let desk = Desk::open().await;
    let id = desk.asked("hanna@example.com", "Kerja").await;
    desk.does("hanna", "approve", &id, json!({})).await.expect_problem(403, "requests/own");
    desk.does("helga", "delegate", &id, json!({"to": "hanna"})).await.expect_problem(403, "requests/own");
    assert!(desk.api.audited(&id).await.is_empty());
    desk.does("helga", "approve", &id, json!({})).await.expect(200);
}

#[tokio::test]
async fn what_was_handed_on_is_theirs_and_another_says_why_they_act_in_their_place() {
    let desk = Desk::open().await;
    let id = desk.asked("siti@contoh.example", "Kerja").await;
    desk.does("helga", "delegate", &id, json!({"to": "nobody"})).await.expect_problem(422, "requests/nobody");
    desk.does("helga", "delegate", &id, json!({"to": "Hanna@Example.com"})).await.expect(200);
    let (actor, action, before, after, _) = desk.recorded(&id).await;
    assert_eq!((actor.as_str(), action.as_str()), ("person helga", "request.delegated"));
    assert_eq!((&before["assignee"], &after["assignee"]), (&Value::Null, &json!("hanna")));
    let told: Vec<String> = sqlx::query_scalar("SELECT address FROM notices WHERE kind = 'intake.assigned'")
        .fetch_all(&desk.api.pool)
        .await
        .unwrap();
    assert_eq!(told, ["hanna@example.com"]);

    desk.does("helga", "approve", &id, json!({})).await.expect_problem(409, "requests/assigned");
    let body = json!({"on_behalf": "hanna is ill"});
    desk.does("helga", "approve", &id, body).await.expect(200);
    let (actor, action, _, after, reason) = desk.recorded(&id).await;
    assert_eq!((actor.as_str(), action.as_str()), ("person helga", "request.approved"));
    assert_eq!((&after["on_behalf_of"], reason.as_deref()), (&json!("hanna"), Some("hanna is ill")));
    let opened = desk.api.get(&format!("/backoffice/requests/{id}"), &desk.token("helga")).await.expect(200);
    let steps = opened["steps"].as_array().unwrap();
    let steps: Vec<&str> = steps.iter().map(|step| step["what"].as_str().unwrap()).collect();
    assert_eq!(steps, ["received", "notified", "delegated", "approved", "on_behalf"]);

    let other = desk.asked("budi@contoh.example", "Uji").await;
    desk.does("helga", "delegate", &other, json!({"to": "hanna"})).await.expect(200);
    desk.does("hanna", "approve", &other, json!({})).await.expect(200);
}

/// An operator says that somebody belongs to the system, and may decide requests.
async fn allow(desk: &Desk, name: &str) {
    let otto = desk.token("otto");
    desk.api.call(Method::PUT, &format!("/system/members/{name}"), &otto, None).await.expect(204);
    let grant = json!({"user_id": name, "permission": "requests.manage"});
    desk.api.post("/system/grants", &otto, grant).await.expect(201);
}

#[tokio::test]
async fn a_request_is_handed_only_to_staff_who_may_decide_it() {
    let desk = Desk::open().await;
    let id = desk.asked("siti@contoh.example", "Kerja").await;
    for name in ["budi", "agus", "nia", "hilang"] {
        desk.api.person(name).await;
    }
    desk.looks_in("budi", &desk.api.token("budi")).await;
    desk.looks_in("agus", &desk.api.staff_token("agus", &["auditor"])).await;
    // A customer, one who only looks, and one whom nobody has seen as staff.
    for name in ["budi", "agus", "nia"] {
        let refused = desk.does("helga", "delegate", &id, json!({"to": name})).await;
        refused.expect_problem(422, "requests/not-staff");
        assert!(refused.json()["detail"].as_str().unwrap().starts_with("to: "), "{refused:?}");
    }
    assert!(desk.api.audited(&id).await.is_empty());
    allow(&desk, "nia").await;
    desk.does("helga", "delegate", &id, json!({"to": "nia"})).await.expect(200);

    // Who lost the role, and was seen without it, has it no more; nor has who may not act at all.
    desk.looks_in("hilang", &desk.api.staff_token("hilang", &["customer-service"])).await;
    desk.does("helga", "delegate", &id, json!({"to": "hilang"})).await.expect(200);
    desk.looks_in("hilang", &desk.api.token("hilang")).await;
    desk.does("helga", "delegate", &id, json!({"to": "hilang"}))
        .await
        .expect_problem(422, "requests/not-staff");
    sqlx::query("UPDATE people SET enabled = false WHERE user_id = 'hanna'")
        .execute(&desk.api.pool)
        .await
        .unwrap();
    desk.does("helga", "delegate", &id, json!({"to": "hanna"}))
        .await
        .expect_problem(422, "requests/not-staff");

    // What went one step up is for those who decide there.
    desk.does("helga", "escalate", &id, json!({"reason": "far more than usual"})).await.expect(200);
    desk.does("otto", "delegate", &id, json!({"to": "nia"})).await.expect_problem(422, "requests/not-staff");
    desk.does("otto", "delegate", &id, json!({"to": "otto"})).await.expect(200);
}

#[tokio::test]
async fn what_went_one_step_up_is_decided_there_only() {
    let desk = Desk::open().await;
    let id = desk.asked("siti@contoh.example", "Kerja").await;
    desk.does("helga", "delegate", &id, json!({"to": "hanna"})).await.expect(200);
    let body = json!({"reason": "far more than usual"});
    desk.does("hanna", "escalate", &id, body.clone()).await.expect(200);
    let (actor, action, before, after, reason) = desk.recorded(&id).await;
    assert_eq!((actor.as_str(), action.as_str()), ("person hanna", "request.escalated"));
    assert_eq!((&before["assignee"], &after["assignee"]), (&json!("hanna"), &Value::Null));
    assert_eq!(reason.as_deref(), Some("far more than usual"));

    desk.does("hanna", "escalate", &id, body).await.expect_problem(403, "requests/escalated");
    let refused = json!({"reason": "no"});
    for (what, body) in [("approve", json!({})), ("reject", refused), ("delegate", json!({"to": "hanna"}))] {
        desk.does("hanna", what, &id, body).await.expect_problem(403, "requests/escalated");
    }
    desk.does("otto", "approve", &id, json!({})).await.expect(200);
    let (actor, action, ..) = desk.recorded(&id).await;
    assert_eq!((actor.as_str(), action.as_str()), ("person otto", "request.approved"));
}
