//! The whole way against a real Keystone: row, approval, project, user, quota, mails, link and PIN, a token with the
//! new password. Between the steps everything is made anew, as after a crash.

use gatehouse::{
    adapters::keystone::{Filter, Keystone as _},
    intake::{Act, By, Kind},
};
use serde_json::json;

use super::{row, table};
use crate::support::{CloudHouse, TestKeystone};

#[tokio::test]
async fn from_the_row_of_a_sheet_to_a_token_with_the_new_password() {
    let keystone = TestKeystone::open().await;
    keystone.register_limits(&["whole_way_cores"]).await;
    let client = keystone.client.clone();
    let settings = format!(
        "openstack.domain = \"{}\"\nopenstack.limits.\"compute.cores\" = \"whole_way_cores\"\n\
         intake.columns.\"compute.cores\" = \"Cores\"\n",
        keystone.domain_name
    );
    let mut house = CloudHouse::over(client.clone(), &settings).await;
    let mut cells = table(&[row("siti@contoh.example", "Kerja")]);
    cells[0].push("Cores".to_owned());
    cells[1].push("20".to_owned());
    let imported = house.cloud.intake.import(Kind::Access, "requests.csv", &cells, false).await.unwrap();
    let id = imported.rows[0].request_id.expect("a request");

    house.restart();
    house.work_off().await;
    house.cloud.intake.act(id, &Act::Approve, &By::operator("dewi")).await.unwrap();
    // Stopped with whatever it was at.
    house.work().stop().await;
    house.restart();
    house.work_off().await;

    let here = Filter { domain_id: Some(keystone.domain_id.clone()), ..Filter::default() };
    let project = client.projects(&here).await.unwrap().remove(0);
    let user = client.users(&here).await.unwrap().remove(0);
    assert_eq!((project.name.as_str(), user.name.expose().as_str()), ("Kerja", "siti@contoh.example"));
    let of_project = Filter { project_id: Some(project.id.clone()), ..Filter::default() };
    assert_eq!(client.assignments(&of_project).await.unwrap().len(), 1);
    assert_eq!(client.limits(&of_project).await.unwrap()[0].resource_limit, 20);

    let mails = house.mails_to("siti@contoh.example");
    let mut subjects: Vec<&str> = mails.iter().map(|mail| mail.subject.as_str()).collect();
    subjects.sort_unstable();
    let expected = [
        "Set the password of your cloud account",
        "The quotas of your project have changed",
        "Welcome to the cloud",
        "Your new project is ready",
    ];
    assert_eq!(subjects, expected);
    let tokens: Vec<&str> = mails
        .iter()
        .filter_map(|mail| Some(mail.text.expose().split_once("token=")?.1.get(..36).unwrap()))
        .collect();
    assert_eq!(tokens.len(), 1, "the link stands in one mail only");

    house.restart();
    let path = format!("/first-password/?token={}", tokens[0]);
    let fields = [("pin", "1234"), ("password", "sandi baru saya"), ("confirm_password", "sandi baru saya")];
    let (status, body) = house.post(&path, &fields).await;
    assert!(status == 200 && body.contains("Password set."), "{status}: {body}");

    let output = tokio::process::Command::new(xtask::testing::keystone_python().await.unwrap())
        .args(["-m", "openstackclient.shell", "--os-auth-url", &keystone.login.auth_url])
        .args(["--os-username", "siti@contoh.example", "--os-password", "sandi baru saya"])
        .args(["--os-user-domain-id", &keystone.domain_id, "--os-project-id", &project.id])
        .args(["--os-identity-api-version", "3", "token", "issue", "-f", "json"])
        .output()
        .await
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let issued: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(issued["project_id"], json!(project.id), "{issued}");

    house.work_off().await;
    assert_eq!(house.mails_to("siti@contoh.example").len(), 4, "nothing comes twice");
    assert_eq!(client.users(&here).await.unwrap().len(), 1);
}
