//! An operator sends a link to somebody who asked for a new password: the trail knows who did.

use gatehouse::{
    adapters::keystone::{Keystone as _, NewUser},
    platform::masked::Masked,
};
use serde_json::json;
use uuid::Uuid;

use crate::support::{CloudHouse, Commands, TestKeystone};

#[tokio::test]
async fn a_link_sent_by_an_operator_is_recorded_with_their_name_and_without_a_secret() {
    let (house, _) = CloudHouse::in_memory().await;
    let keystone = TestKeystone::open().await;
    let address = format!("siti-{}@contoh.example", Uuid::new_v4().simple());
    let new = NewUser {
        name: Masked::new(address.clone()),
        domain_id: keystone.domain_id.clone(),
        enabled: true,
        email: Masked::new(address.clone()),
        description: Masked::new("Siti Rahma".to_owned()),
        gatehouse_id: address.clone(),
        password: None,
        federated: Vec::new(),
    };
    let user = keystone.client.create_user(&new).await.unwrap();
    let commands = Commands::over(&house.url, &keystone.login, "");
    let renew = ["first-password", "renew", address.as_str(), "--by", "dewi", "--json"];
    let refused = commands.refused(&renew).await;
    assert!(refused.contains("must ask at /first-password/reset first"), "{refused}");

    let fields = [("name", "Siti"), ("email", &address), ("confirm_email", &address), ("pin", "4711")];
    assert_eq!(house.post("/first-password/reset", &fields).await.0, 200);
    let ran = commands.run(&renew).await;
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    assert_eq!(ran.json(), json!({"renewed": true}), "neither link nor PIN");
    commands.refused(&["first-password", "renew", &address, "--by", "budi"]).await; // the PIN is given out once
    let nobody =
        commands.refused(&["first-password", "renew", "nobody@contoh.example", "--by", "dewi"]).await;
    assert_eq!(nobody, "gatehouse: there is no account of that name\n");
    let recorded: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT actor_kind || ' ' || actor_id, action, to_jsonb(audit_entries)::text FROM audit_entries
         WHERE subject_kind = 'cloud_account' AND subject_id = $1",
    )
    .bind(&user.id)
    .fetch_all(&house.pool)
    .await
    .unwrap();
    let [(actor, action, entry)] = recorded.as_slice() else { panic!("{recorded:?}") };
    assert_eq!((actor.as_str(), action.as_str()), ("operator dewi", "first_password.renewed"));
    assert!(!entry.contains("4711") && !entry.contains('@'), "{entry}");
}
