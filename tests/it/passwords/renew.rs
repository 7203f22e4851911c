//! An operator sends a link to somebody who asked for a new password: the trail knows who did.

use gatehouse::{
    adapters::keystone::{Keystone as _, NewUser},
    app::{Config, Output, renew_password},
    platform::masked::Masked,
};
use uuid::Uuid;

use crate::support::{CloudHouse, TestKeystone};

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
    let login = &keystone.login;
    let settings = format!(
        "profile = \"development\"\n{}\n\
         passwords.keys = [\"1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"]\n\
         keystone.auth_url = \"{}\"\nkeystone.username = \"{}\"\nkeystone.password = \"{}\"\n",
        crate::config::MINIMAL.replace("postgres://gatehouse:secret@localhost/gatehouse", &house.url),
        login.auth_url,
        login.username,
        login.password,
    );
    let config = Config::from_toml(&settings).unwrap();
    let refused = renew_password(&config, &address, "dewi", Output::Json).await;
    assert!(refused.unwrap_err().to_string().contains("must ask at /first-password/reset first"));

    let fields = [("name", "Siti"), ("email", &address), ("confirm_email", &address), ("pin", "4711")];
    assert_eq!(house.post("/first-password/reset", &fields).await.0, 200);
    assert_eq!(renew_password(&config, &address, "dewi", Output::Json).await.unwrap(), 0);
    let again = renew_password(&config, &address, "budi", Output::Json).await;
    assert!(again.is_err(), "the PIN is given out once");
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
