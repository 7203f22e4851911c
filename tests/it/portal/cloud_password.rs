//! Staff start a reset of the password of a cloud account, on the person's page.

use gatehouse::{
    adapters::keystone::{Keystone as _, NewUser},
    platform::masked::Masked,
};

use super::house::House;
use crate::support::CloudHouse;

const BUDI: &str = "/backoffice/people/budi";
const SEND: &str = "/backoffice/people/budi/cloud-password";
const WHY: (&str, &str) = ("reason", "called back, ticket 42");

#[tokio::test]
async fn the_link_goes_to_the_address_on_file_for_a_reason_and_once() {
    let (cloud, keystone) = CloudHouse::in_memory().await;
    let house = House::over(cloud.pool.clone(), cloud.cloud.clone(), cloud.clock.clone()).await;
    let account = NewUser {
        name: Masked::new("budi@example.com".to_owned()),
        domain_id: "default".to_owned(),
        enabled: true,
        email: Masked::new("berkas@contoh.example".to_owned()),
        description: Masked::new("Budi Santoso".to_owned()),
        gatehouse_id: "budi".to_owned(),
        password: None,
        federated: Vec::new(),
    };
    let account = keystone.create_user(&account).await.unwrap();
    let mut helga = house.staff("helga", "customer-service").await;
    helga.get(BUDI).await.expect(200).shows("Send the link for the cloud password");
    helga.post(BUDI, SEND, &[("reason", " ")]).await.expect(422);
    let early = helga.post(BUDI, SEND, &[WHY]).await.expect(422);
    early.shows("They must ask for a new password first");

    let email = "budi@example.com";
    let fields = [("name", "Budi"), ("email", email), ("confirm_email", email), ("pin", "4711")];
    assert_eq!(cloud.post("/first-password/reset", &fields).await.0, 200);
    let sent = helga.post(BUDI, SEND, &[WHY]).await.expect(303);
    assert_eq!(sent.location(), "/backoffice/people/budi?done=resent");
    let page = helga.get(sent.location()).await.expect(200);
    page.shows("The link is on its way.");
    for secret in ["4711", "berkas@", "token="] {
        page.hides(secret);
    }
    helga.post(BUDI, SEND, &[WHY]).await.expect(422); // the PIN is used up
    cloud.work_off().await;
    let mails = cloud.mails_to("berkas@contoh.example");
    assert!(mails.len() == 1 && mails[0].text.expose().contains("token="), "{mails:?}");
    assert!(cloud.mails_to(email).is_empty(), "only the address on file");
    let recorded: Vec<(String, String, Option<String>)> = sqlx::query_as(
        "SELECT actor_kind || ' ' || actor_id, action, reason FROM audit_entries
         WHERE subject_kind = 'cloud_account' AND subject_id = $1",
    )
    .bind(&account.id)
    .fetch_all(&cloud.pool)
    .await
    .unwrap();
    let expected = ("person helga".to_owned(), "first_password.renewed".to_owned(), Some(WHY.1.to_owned()));
    assert_eq!(recorded, [expected]);
}

#[tokio::test]
async fn without_an_account_or_the_permission_there_is_no_link() {
    let house = House::open().await;
    let mut helga = house.staff("helga", "customer-service").await;
    let none = helga.post(BUDI, SEND, &[WHY]).await.expect(422);
    none.shows("They have no cloud account");
    let mut auditor = house.staff("agus", "auditor").await;
    auditor.get(BUDI).await.expect(200).hides("cloud-password");
    auditor.post(BUDI, SEND, &[WHY]).await.expect(404);
}
