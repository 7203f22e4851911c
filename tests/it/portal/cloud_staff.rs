//! What staff do with requests, by pages.

use gatehouse::intake::{Imported, Kind};

use super::{house::House, world::Browser};
use crate::support::CloudHouse;

struct Desk {
    house: House,
    cloud: CloudHouse,
    id: String,
}

impl Desk {
    /// Staff, and a request of which the help desk was told.
    async fn open() -> Self {
        let (cloud, _) = CloudHouse::in_memory().await;
        let house = House::over(cloud.pool.clone(), cloud.cloud.clone(), cloud.clock.clone()).await;
        let mut cells = vec![String::new(); 21];
        for (place, cell) in [
            (4, "tono@contoh.example"),
            (5, "Tono"),
            (6, "Sarwono"),
            (7, "No"),
            (12, "1234"),
            (15, "Kerja"),
            (16, "Tempat kerja"),
        ] {
            cell.clone_into(&mut cells[place]);
        }
        let table = [vec![String::new(); 21], cells];
        let imported: Imported =
            cloud.cloud.intake.import(Kind::Access, "requests.csv", &table, false).await.unwrap();
        let id = imported.rows[0].request_id.unwrap_or_else(|| panic!("{imported:?}")).to_string();
        cloud.work_off().await;
        Self { house, cloud, id }
    }

    fn path(&self) -> String {
        format!("/backoffice/requests/{}", self.id)
    }

    async fn does(&self, browser: &mut Browser, what: &str, fields: &[(&str, &str)]) -> super::world::Answer {
        browser.post(&self.path(), &format!("{}/{what}", self.path()), fields).await
    }
}

#[tokio::test]
async fn staff_see_what_waits_masked_open_one_and_approve_it() {
    let desk = Desk::open().await;
    let mut helga = desk.house.staff("helga", "customer-service").await;
    let list = helga.get("/backoffice/requests").await.expect(200);
    list.shows("t•••@contoh.example");
    list.hides("tono@");
    list.shows("Open the request for Kerja");
    helga.get("/backoffice/requests?state=done").await.expect(200).shows("Nothing waits here.");
    helga.get("/backoffice/requests?state=x").await.expect(404);
    let shown = helga.get(&desk.path()).await.expect(200);
    for text in ["tono@contoh.example", "Tono Sarwono", "Tempat kerja", "Waiting for a decision"] {
        shown.shows(text);
    }
    shown.hides("1234");
    let done = desk.does(&mut helga, "approve", &[]).await.expect(303);
    assert_eq!(done.location(), "/backoffice/requests?done=yes");
    desk.cloud.work_off().await;
    let shown = helga.get(&desk.path()).await.expect(200);
    shown.shows(r#"<span class="tag good">Done</span>"#);
    shown.hides(&format!("{}/approve", desk.path()));
    desk.does(&mut helga, "approve", &[]).await.expect(422).shows("It is decided already");

    let mut auditor = desk.house.staff("agus", "auditor").await;
    let list = auditor.get("/backoffice/requests?state=done").await.expect(200);
    list.shows("Kerja");
    list.hides("Open the request");
    auditor.get(&desk.path()).await.expect(404);
}

#[tokio::test]
async fn what_is_wrong_is_said_at_the_field_and_handing_on_and_up_decide_who_may() {
    let desk = Desk::open().await;
    let mut helga = desk.house.staff("helga", "customer-service").await;
    let mut otto = desk.house.staff("otto", "operator").await;
    let expected = "Enter a reason of 1 to 500 characters";
    desk.does(&mut helga, "reject", &[("reason", " ")]).await.expect(422).shows(expected);
    desk.does(&mut helga, "delegate", &[("to", "nobody")]).await.expect(422).shows("somebody we know");
    otto.get("/backoffice/requests").await.expect(200);
    let expected = "Enter somebody of staff who may decide this";
    desk.does(&mut helga, "delegate", &[("to", "siti")]).await.expect(422).shows(expected);
    desk.does(&mut helga, "delegate", &[("to", "otto")]).await.expect(303);
    let answer = desk.does(&mut helga, "approve", &[]).await.expect(422);
    answer.shows("say why you decide in their place");
    desk.does(&mut otto, "escalate", &[("reason", "far more than usual")]).await.expect(303);
    let shown = helga.get(&desk.path()).await.expect(200);
    shown.shows("It went one step up and is decided there");
    shown.shows("far more than usual");
    shown.hides(&format!("{}/reject", desk.path()));
    let answer = desk.does(&mut helga, "reject", &[("reason", "no")]).await.expect(422);
    answer.shows("It went one step up and is decided there");
    desk.does(&mut otto, "reject", &[("reason", "tidak ada sponsor")]).await.expect(303);
    desk.cloud.work_off().await;
    let mails = desk.cloud.mails_to("tono@contoh.example");
    assert!(mails[0].text.expose().contains("tidak ada sponsor"), "{mails:?}");
}
