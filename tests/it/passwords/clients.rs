//! The client of old, with `keystoneauth1` as it is, against a real Keystone.

use gatehouse::{
    adapters::keystone::{Keystone as _, NewUser},
    platform::{http, masked::Masked},
};
use secrecy::SecretString;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::set;
use crate::support::{CloudHouse, TestKeystone};

/// An unscoped session, PUT, and the text of the answer: what clients have always done.
const SNIPPET: &str = "
import sys
from keystoneauth1 import session
from keystoneauth1.identity import v3
auth_url, username, password, url, body = sys.argv[1:]
auth = v3.Password(auth_url=auth_url, username=username, password=password, user_domain_id='default', unscoped=True)
sess = session.Session(auth=auth)
print(sess.put(url, data=body).text)
";

#[tokio::test]
async fn the_clients_of_old_work_unchanged_and_the_password_is_good_in_keystone() {
    let keystone = TestKeystone::open().await;
    let client = keystone.client.clone();
    let user = NewUser {
        name: Masked::new("siti@contoh.example".to_owned()),
        domain_id: keystone.domain_id.clone(),
        enabled: true,
        email: Masked::new("siti@contoh.example".to_owned()),
        description: Masked::new("Siti Rahma".to_owned()),
        gatehouse_id: "test".to_owned(),
        password: Some(SecretString::from("acak")),
        federated: Vec::new(),
    };
    let user = client.create_user(&user).await.unwrap();
    let house = CloudHouse::over(client, "").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/first-password/token/{}", listener.local_addr().unwrap(), user.id);
    let stop = CancellationToken::new();
    let server = tokio::spawn(http::serve(listener, house.router(), stop.clone()));

    let python = xtask::testing::keystone_python().await.unwrap();
    let output = tokio::process::Command::new(python)
        .args(["-c", SNIPPET, &keystone.login.auth_url, &keystone.login.username, &keystone.login.password])
        .args([&url, r#"{"password": "acak", "pin": "1234"}"#])
        .output()
        .await
        .unwrap();
    let token = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(token.len(), 36, "{token}");

    let plain =
        keystone.token(&json!({"id": user.id, "password": "acak"}), &json!("unscoped")).await.unwrap();
    let answer = reqwest::Client::new().put(&url).header("x-auth-token", plain).send().await.unwrap();
    assert_eq!(answer.status(), 403, "a user who is no administrator");
    let answer = reqwest::Client::new().put(&url).header("x-auth-token", &token).send().await.unwrap();
    assert_eq!(answer.status(), 403, "a link's token is none of Keystone's");

    assert_eq!(set(&house, &token, "1234", "sandi baru saya").await.0, 200);
    let new = json!({"id": user.id, "password": "sandi baru saya"});
    assert!(keystone.token(&new, &json!("unscoped")).await.is_some());
    let old = json!({"id": user.id, "password": "acak"});
    assert!(keystone.token(&old, &json!("unscoped")).await.is_none());
    stop.cancel();
    server.await.unwrap().unwrap();
}
