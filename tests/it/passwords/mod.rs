//! First passwords: a link and a PIN, together, once.

mod clients;
mod links;
mod pages;
mod renew;

use axum::{body::Body, http::Request};

use crate::support::CloudHouse;

/// A token that Keystone would scope to the project of administrators.
const ADMIN: &str = "an-administrators-token";
const USER: &str = "5f0c1a2b3c4d5e6f708192a3b4c5d6e7";

async fn put(house: &CloudHouse, token: Option<&str>, body: &str) -> (u16, String) {
    let mut request = Request::put(format!("/first-password/token/{USER}"));
    if let Some(token) = token {
        request = request.header("x-auth-token", token);
    }
    let (status, _, body) = house.ask(request.body(Body::from(body.to_owned())).unwrap()).await;
    (status, body)
}

/// A new link for an account whose random password is `acak`, with the PIN 1234.
async fn link(house: &CloudHouse) -> String {
    let (status, token) = put(house, Some(ADMIN), r#"{"password": "acak", "pin": "1234"}"#).await;
    assert_eq!(status, 200, "{token}");
    token
}

async fn set(house: &CloudHouse, token: &str, pin: &str, password: &str) -> (u16, String) {
    let fields = [("pin", pin), ("password", password), ("confirm_password", password)];
    house.post(&format!("/first-password/?token={token}"), &fields).await
}
