//! Asking for something in OpenStack, following it, and giving tasks in projects.

use std::{collections::BTreeMap, sync::Arc};

use gatehouse::{
    adapters::keystone::{MemoryKeystone, QuotaService},
    intake::{Act, By, RequestId, store},
    platform::clock::Clock as _,
};

use super::world::{Browser, World, fixed_clock};
use crate::support::{CloudHouse, keycloak_events::Person};

struct Setting {
    house: CloudHouse,
    keystone: Arc<MemoryKeystone>,
    world: World,
}

async fn setting() -> Setting {
    let (house, keystone) = CloudHouse::in_memory().await;
    let world = World::over(house.pool.clone(), Some(house.cloud.clone()), fixed_clock());
    Setting { house, keystone, world }
}

impl Setting {
    async fn enters(&self, person: &Person) -> Browser {
        self.world.tell(person, 1).await;
        self.world.signed_in(person, &format!("session-of-{}", person.id)).await
    }

    async fn requests(&self) -> Vec<(RequestId, String, String)> {
        let mut conn = self.house.pool.acquire().await.unwrap();
        let requests = store::list(&mut conn, None).await.unwrap();
        requests
            .into_iter()
            .map(|one| (one.request_id, one.state.clone(), one.ask.natural_key(one.kind())))
            .collect()
    }

    /// Lets the only request that waits be brought about.
    async fn approve(&self) {
        self.house.work_off().await;
        let requests = self.requests().await;
        let waiting = requests.iter().find(|(_, state, _)| state == "notified");
        let (id, ..) = waiting.unwrap_or_else(|| panic!("nothing waits: {requests:?}"));
        self.house.cloud.intake.act(*id, &Act::Approve, &By::operator("dewi")).await.unwrap();
        self.house.work_off().await;
    }
}

fn english(id: &str) -> Person {
    Person::new(id).with("/locale", "en")
}

#[tokio::test]
async fn while_it_is_brought_about_the_page_looks_again_until_it_is_there() {
    let setting = setting().await;
    let mut browser = setting.enters(&english("siti").of_company("PT Contoh")).await;
    let fields =
        [("new_project", "Kerja"), ("description", "Tempat kerja"), ("pin", "1234"), ("comment", "Tolong")];
    browser.post("/cloud/ask/project", "/cloud/ask/project", &fields).await.expect(303);
    setting.house.work_off().await;
    browser.get("/cloud").await.expect(200).hides("every 3s");
    let (id, ..) = setting.requests().await.remove(0);
    setting.house.cloud.intake.act(id, &Act::Approve, &By::operator("dewi")).await.unwrap();
    let page = browser.get("/cloud").await.expect(200);
    page.shows(r#"hx-get="/cloud?done=settled" hx-trigger="every 3s""#);
    page.shows("http-equiv=\"refresh\"");
    setting.house.work_off().await;
    let part = browser.partial("/cloud?done=settled").await.expect(200);
    part.shows("This is finished.");
    part.shows(r#"<span class="tag good">Done</span>"#);
    part.hides("every 3s");
}

#[tokio::test]
async fn a_project_is_asked_for_followed_and_there_in_the_end() {
    let setting = setting().await;
    let mut browser = setting.enters(&english("siti").of_company("PT Contoh")).await;
    let page = browser.get("/cloud").await.expect(200);
    page.shows("You have not asked for anything yet.");
    let page = browser.get("/cloud/ask").await.expect(200);
    page.shows("/cloud/ask/project");
    page.hides("/cloud/ask/quota"); // there is no project yet
    let fields =
        [("new_project", "Kerja"), ("description", "Tempat kerja"), ("pin", "1234"), ("comment", "Tolong")];
    let sent = browser.post("/cloud/ask/project", "/cloud/ask/project", &fields).await.expect(303);
    assert_eq!(sent.location(), "/cloud?done=sent");
    browser.post("/cloud/ask/project", "/cloud/ask/project", &fields).await.expect(303);
    assert_eq!(setting.requests().await.len(), 1, "sent twice, it is one request");
    let recorded: Vec<(String, String, serde_json::Value)> = sqlx::query_as(
        "SELECT actor_kind || ' ' || actor_id, action, after FROM audit_entries
         WHERE subject_kind = 'request' AND subject_id = $1",
    )
    .bind(setting.requests().await[0].0.to_string())
    .fetch_all(&setting.house.pool)
    .await
    .unwrap();
    let asked = serde_json::json!({"kind": "access", "project": "Kerja", "until": null});
    assert_eq!(recorded, [("person siti".to_owned(), "request.asked".to_owned(), asked)], "once");

    setting.house.work_off().await;
    let page = browser.get("/cloud").await.expect(200);
    page.shows("Waiting for a decision");
    page.shows("Call off the request for Kerja");
    page.hides("1234");
    setting.approve().await;
    let page = browser.get("/cloud").await.expect(200);
    page.shows(r#"<span class="tag good">Done</span>"#);
    page.hides("Call off the request");
    assert_eq!(setting.keystone.state().projects[0].name, "Kerja");

    let page = browser.get("/cloud/ask").await.expect(200);
    page.shows("/cloud/ask/quota");
    page.hides("/cloud/ask/account"); // they have one by now
    let held = BTreeMap::from([("cores".to_owned(), 10)]);
    let project_id = setting.keystone.state().projects[0].id.clone();
    setting.keystone.state().quota_sets.insert((QuotaService::Compute, project_id), held);
    for cores in ["20", "40"] {
        let fields = [("project", "Kerja"), ("cores", cores)];
        browser.post("/cloud/ask/quota", "/cloud/ask/quota", &fields).await.expect(303);
        setting.approve().await;
    }
    let wanted: i64 = sqlx::query_scalar("SELECT wanted FROM cloud_quotas WHERE resource = 'cores'")
        .fetch_one(&setting.house.pool)
        .await
        .unwrap();
    assert_eq!(wanted, 40, "what is over does not stand in the way");
}

#[tokio::test]
async fn quotas_for_a_time_are_asked_for_with_their_last_day_and_shown_with_it() {
    let setting = setting().await;
    let mut browser = setting.enters(&english("siti").of_company("PT Contoh")).await;
    let fields = [("new_project", "Kerja"), ("pin", "1234")];
    browser.post("/cloud/ask/project", "/cloud/ask/project", &fields).await.expect(303);
    setting.approve().await;
    let project_id = setting.keystone.state().projects[0].id.clone();
    let held = BTreeMap::from([("cores".to_owned(), 10)]);
    setting.keystone.state().quota_sets.insert((QuotaService::Compute, project_id.clone()), held);

    let today = setting.house.clock.now().date_naive();
    for day in [(today - chrono::TimeDelta::days(1)).to_string(), "soon".to_owned()] {
        let fields = [("project", "Kerja"), ("cores", "40"), ("end_date", day.as_str())];
        let answer = browser.post("/cloud/ask/quota", "/cloud/ask/quota", &fields).await.expect(422);
        answer.shows("Enter a day that is not over yet");
        answer.shows(&format!("value=\"{day}\""));
    }
    let last = today + chrono::TimeDelta::days(30);
    let day = last.to_string();
    let fields = [("project", "Kerja"), ("cores", "40"), ("end_date", day.as_str())];
    browser.post("/cloud/ask/quota", "/cloud/ask/quota", &fields).await.expect(303);
    browser.get("/cloud").await.expect(200).shows(&format!("Until {last}"));
    setting.approve().await;
    let cores = || setting.keystone.state().quota_sets[&(QuotaService::Compute, project_id.clone())]["cores"];
    assert_eq!(cores(), 40);
    browser.get("/company/projects").await.expect(200).shows(&format!("cores 40 · Until {last}"));

    setting.house.advance(chrono::TimeDelta::days(32));
    setting.house.cloud.openstack.apply(None).await.unwrap();
    assert_eq!(cores(), 10);
    browser.get("/company/projects").await.expect(200).hides("Until");

    // OpenStack is away for the whole of the next time: whoever asked sees that nothing came of it.
    let day = (setting.house.clock.now().date_naive() + chrono::TimeDelta::days(1)).to_string();
    let fields = [("project", "Kerja"), ("cores", "60"), ("end_date", day.as_str())];
    browser.post("/cloud/ask/quota", "/cloud/ask/quota", &fields).await.expect(303);
    setting.house.work_off().await;
    setting.house.advance(chrono::TimeDelta::days(3));
    setting.approve().await;
    let page = browser.get("/cloud").await.expect(200);
    page.shows("Its last day was over before we had finished setting it up.");
}

#[tokio::test]
async fn what_is_wrong_is_said_at_the_field_and_what_was_typed_stays() {
    let setting = setting().await;
    let mut browser = setting.enters(&english("siti").of_company("PT Contoh")).await;
    for (fields, expected) in [
        ([("new_project", ""), ("pin", "1234")], "Enter a name of 1 to 64 characters"),
        ([("new_project", "Kerja"), ("pin", "12a4")], "Choose a PIN of exactly four digits"),
    ] {
        let answer = browser.post("/cloud/ask/project", "/cloud/ask/project", &fields).await.expect(422);
        answer.shows(expected);
        answer.shows(&format!("value=\"{}\"", fields[0].1));
    }
    assert!(setting.requests().await.is_empty());
    browser.get("/cloud/ask/everything").await.expect(404);
}

#[tokio::test]
async fn a_form_approves_nothing_and_names_no_other_account() {
    let setting = setting().await;
    let mut browser = setting.enters(&english("siti").of_company("PT Contoh")).await;
    let fields = [
        ("new_project", "Kerja"),
        ("pin", "1234"),
        ("approved", "approved"),
        ("comment", "approved"),
        ("email", "budi@contoh.example"),
        ("has_account", "Yes"),
    ];
    browser.post("/cloud/ask/project", "/cloud/ask/project", &fields).await.expect(303);
    setting.house.work_off().await;
    let requests = setting.requests().await;
    assert_eq!(
        (requests[0].1.as_str(), requests[0].2.as_str()),
        ("notified", "access/siti@contoh.example/kerja")
    );
    // What was typed stands where it belongs, and the PIN nowhere.
    let mut conn = setting.house.pool.acquire().await.unwrap();
    let request = store::find(&mut conn, requests[0].0).await.unwrap().unwrap();
    let ask = &request.ask;
    assert_eq!((ask.comment.as_str(), ask.organization.as_str()), ("approved", "PT Contoh"));
    assert_eq!((ask.role.as_str(), ask.sponsor.as_str(), ask.phone.expose().as_str()), ("", "", ""));
    let ticket = setting.house.mails_to("helpdesk@example.com").remove(0);
    assert!(!ticket.text.expose().contains("1234"), "{}", ticket.text.expose());
}

#[tokio::test]
async fn what_waits_can_be_called_off_by_whoever_asked_and_by_nobody_else() {
    let setting = setting().await;
    let mut siti = setting.enters(&english("siti")).await;
    let mut budi = setting.enters(&english("budi")).await;
    let fields = [("pin", "1234"), ("comment", "Tolong")];
    siti.post("/cloud/ask/account", "/cloud/ask/account", &fields).await.expect(303);
    budi.post("/cloud/ask/account", "/cloud/ask/account", &fields).await.expect(303);
    let requests = setting.requests().await;
    let of_siti = requests.iter().find(|(.., key)| key.contains("siti@")).unwrap().0.to_string();
    budi.get("/cloud").await.expect(200).hides(&of_siti);
    budi.post("/cloud", "/cloud/call-off", &[("request", &of_siti)]).await.expect(404);
    let done = siti.post("/cloud", "/cloud/call-off", &[("request", &of_siti)]).await.expect(303);
    assert_eq!(done.location(), "/cloud?done=called-off");
    let late = siti.post("/cloud", "/cloud/call-off", &[("request", &of_siti)]).await;
    assert_eq!(late.status.as_u16(), 303, "there is nothing left to call off");
    siti.get("/cloud").await.expect(200).shows("Called off");
}

#[tokio::test]
async fn an_administrator_gives_a_task_and_takes_it_back_and_keystone_follows() {
    let setting = setting().await;
    let company = english("siti").of_company("PT Contoh");
    let mut browser = setting.enters(&company).await;
    let fields = [("new_project", "Kerja"), ("pin", "1234")];
    browser.post("/cloud/ask/project", "/cloud/ask/project", &fields).await.expect(303);
    setting.approve().await;
    let page = browser.get("/company/projects").await.expect(200);
    page.shows("Kerja");
    page.shows("Take the task back from Siti Rahma");
    let project: String = sqlx::query_scalar("SELECT cloud_project_id::text FROM cloud_projects")
        .fetch_one(&setting.house.pool)
        .await
        .unwrap();
    let roles = || setting.keystone.state().assignments.len();
    assert_eq!(roles(), 1);

    sqlx::query("DELETE FROM changed_keys").execute(&setting.house.pool).await.unwrap();
    let fields = [("project", project.as_str()), ("person", "siti"), ("task", "reader")];
    let given = browser.post("/company/projects", "/company/projects", &fields).await.expect(303);
    assert_eq!(given.location(), "/company/projects?done=given");
    setting.house.work_off().await;
    assert_eq!(roles(), 2, "the job that it queued brought it to Keystone");
    let marked: Vec<String> = sqlx::query_scalar("SELECT key FROM changed_keys WHERE stream = 'users'")
        .fetch_all(&setting.house.pool)
        .await
        .unwrap();
    assert_eq!(marked, ["siti"], "and the record of the person is written anew");

    let user: String = sqlx::query_scalar("SELECT cloud_user_id::text FROM cloud_users")
        .fetch_one(&setting.house.pool)
        .await
        .unwrap();
    let fields = [("project", project.as_str()), ("user", user.as_str()), ("task", "reader")];
    browser.post("/company/projects", "/company/projects/take-back", &fields).await.expect(303);
    setting.house.work_off().await;
    assert_eq!(roles(), 1);
    let actions: Vec<String> = sqlx::query_scalar(
        "SELECT action FROM audit_entries WHERE subject_kind = 'cloud_project' ORDER BY action",
    )
    .fetch_all(&setting.house.pool)
    .await
    .unwrap();
    assert_eq!(actions, ["cloud_task.given", "cloud_task.taken_back"]);
}

#[tokio::test]
async fn another_companys_project_and_people_are_none_of_an_administrators_business() {
    let setting = setting().await;
    let mut siti = setting.enters(&english("siti").of_company("PT Contoh")).await;
    let fields = [("new_project", "Kerja"), ("pin", "1234")];
    siti.post("/cloud/ask/project", "/cloud/ask/project", &fields).await.expect(303);
    setting.approve().await;
    let project: String = sqlx::query_scalar("SELECT cloud_project_id::text FROM cloud_projects")
        .fetch_one(&setting.house.pool)
        .await
        .unwrap();
    let mut budi = setting.enters(&english("budi").of_company("PT Lain")).await;
    budi.get("/company/projects").await.expect(200).hides("Kerja");
    let fields = [("project", project.as_str()), ("person", "budi"), ("task", "member")];
    budi.post("/company/projects", "/company/projects", &fields).await.expect(422);
    let fields = [("project", project.as_str()), ("person", "budi"), ("task", "member")];
    siti.post("/company/projects", "/company/projects", &fields).await.expect(422);
    setting.house.work_off().await;
    assert_eq!(setting.keystone.state().assignments.len(), 1);
    siti.get("/company/projects").await.expect(200).hides("budi@");
}
