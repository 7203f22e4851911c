//! Whose tokens count, and until when.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use gatehouse::{
    app::Config,
    platform::{
        auth::{Bearer, Identity, Refused, Session, Verifier, sessions},
        clock::{Clock as _, ManualClock},
    },
};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::{
    config::MINIMAL,
    support::{
        TestDatabase,
        tokens::{Tokens, elliptic_key, rsa_key, sign},
    },
};

struct House {
    tokens: Tokens,
    clock: Arc<ManualClock>,
    verifier: Verifier,
}

impl House {
    async fn open() -> Self {
        Self::over(Tokens::start().await)
    }

    fn over(tokens: Tokens) -> Self {
        let clock = Arc::new(ManualClock::starting_at(DateTime::from_timestamp(1_795_000_000, 0).unwrap()));
        let config = Config::from_toml(MINIMAL).unwrap().auth;
        let verifier = Verifier::new(tokens.issuer(), &config, clock.clone()).unwrap();
        Self { tokens, clock, verifier }
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn person(&self) -> Value {
        self.tokens.of_person("siti", "session-1", self.now())
    }

    async fn check(&self, claims: &Value) -> Result<Bearer, Refused> {
        self.verifier.bearer(&self.tokens.sign(claims)).await
    }
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

fn without(mut claims: Value, name: &str) -> Value {
    claims.as_object_mut().unwrap().remove(name).unwrap();
    claims
}

#[tokio::test]
async fn humans_and_systems_are_told_apart_by_their_tokens() {
    let house = House::open().await;
    let claims = with(house.person(), "realm_access", json!({"roles": ["operator", "offline_access"]}));
    let now = house.now();
    let session =
        Session { user_id: "siti".into(), session_id: "session-1".into(), began_at: now, issued_at: now };
    assert_eq!(
        house.check(&claims).await,
        Ok(Bearer {
            identity: Identity::Person(session),
            client_id: "gatehouse-portal".into(),
            realm_roles: vec!["operator".into(), "offline_access".into()],
        })
    );
    let system = house.check(&house.tokens.of_system("billing", now)).await.unwrap();
    assert_eq!((system.identity, system.client_id.as_str()), (Identity::System, "billing"));
}

#[tokio::test]
async fn what_proves_nothing_is_refused() {
    let house = House::open().await;
    let (person, seconds) = (house.person(), house.now().timestamp());
    let system = house.tokens.of_system("billing", house.now());
    let cases = [
        ("another issuer", with(person.clone(), "iss", json!("https://id.example/realms/other"))),
        ("another audience", with(person.clone(), "aud", json!(["account"]))),
        ("no audience", without(person.clone(), "aud")),
        ("over", with(person.clone(), "exp", json!(seconds - 6))),
        ("not begun", with(person.clone(), "nbf", json!(seconds + 6))),
        ("made in the future", with(person.clone(), "iat", json!(seconds + 6))),
        ("a client that is no browser's", with(person.clone(), "azp", json!("admin-cli"))),
        ("no client", without(person.clone(), "azp")),
        ("no session", without(person.clone(), "sid")),
        ("nobody", without(person.clone(), "sub")),
        ("an ID token", with(person.clone(), "typ", json!("ID"))),
        ("a refresh token", with(person.clone(), "typ", json!("Refresh"))),
        ("a human who says to be a system", with(person.clone(), "client_id", json!("gatehouse-portal"))),
        ("a system with a session", with(system.clone(), "sid", json!("session-1"))),
        ("a system under another name", with(system, "client_id", json!("other"))),
    ];
    for (what, claims) in cases {
        let answer = house.check(&claims).await;
        assert!(matches!(answer, Err(Refused::Invalid(_))), "{what}: {answer:?}");
    }
    // Clocks may be a little apart.
    house.check(&with(person.clone(), "exp", json!(seconds - 4))).await.unwrap();
    house.check(&with(person, "nbf", json!(seconds + 4))).await.unwrap();
}

#[tokio::test]
async fn a_signature_counts_only_by_keycloaks_key_and_its_algorithm() {
    let house = House::open().await;
    let claims = house.person();
    let good = house.tokens.sign(&claims);
    house.verifier.bearer(&good).await.unwrap();

    let secret = EncodingKey::from_secret(b"whatever");
    let unsigned = {
        use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
        let header = BASE64.encode(r#"{"alg":"none","kid":"key-1","typ":"JWT"}"#);
        format!("{header}.{}.", BASE64.encode(claims.to_string()))
    };
    let (head, signature) = good.rsplit_once('.').unwrap();
    let other = house.tokens.sign(&house.tokens.of_person("budi", "session-1", house.now()));
    let other_payload = other.split('.').nth(1).unwrap();
    for token in [
        sign("key-1", Algorithm::ES256, &elliptic_key(), &claims),
        sign("key-1", Algorithm::HS256, &secret, &claims),
        sign("key-1", Algorithm::RS256, &rsa_key(), &claims),
        sign("of-another-kind", Algorithm::ES256, &elliptic_key(), &claims),
        unsigned,
        format!("{head}."),
        format!("{}.{other_payload}.{signature}", head.split_once('.').unwrap().0),
        "a.b.c".to_owned(),
        String::new(),
        "x".repeat(100_000),
    ] {
        let answer = house.verifier.bearer(&token).await;
        assert!(matches!(answer, Err(Refused::Invalid(_))), "{token}: {answer:?}");
    }
}

#[tokio::test]
async fn keycloaks_usual_algorithm_is_taken() {
    let house = House::over(Tokens::with("rsa", Algorithm::RS256, rsa_key()).await);
    house.check(&house.person()).await.unwrap();
}

#[tokio::test]
async fn keys_are_kept_and_fetched_again_when_keycloak_rotates_them() {
    let house = House::open().await;
    for _ in 0..5 {
        house.check(&house.person()).await.unwrap();
    }
    assert_eq!(house.tokens.asked().await, 1);

    house.clock.advance(TimeDelta::seconds(11));
    let old = house.tokens.sign(&house.person());
    house.tokens.rotate("key-2", Algorithm::RS256, rsa_key()).await;
    house.check(&house.person()).await.unwrap();
    // What Keycloak does not publish any longer does not count any longer.
    assert!(matches!(house.verifier.bearer(&old).await, Err(Refused::Invalid(_))));
}

#[tokio::test]
async fn tokens_with_invented_keys_do_not_make_us_ask_for_each() {
    let house = House::open().await;
    house.check(&house.person()).await.unwrap();
    house.clock.advance(TimeDelta::seconds(11));
    for number in 0..50 {
        let token = sign(&format!("invented-{number}"), Algorithm::ES256, &elliptic_key(), &house.person());
        assert!(matches!(house.verifier.bearer(&token).await, Err(Refused::Invalid(_))));
    }
    assert_eq!(house.tokens.asked().await, 2);
}

#[tokio::test]
async fn while_keycloak_is_away_known_keys_count_and_unknown_ones_let_nobody_in() {
    let house = House::open().await;
    house.tokens.answer(ResponseTemplate::new(503)).await;
    assert_eq!(house.check(&house.person()).await, Err(Refused::Unavailable));

    let house = House::open().await;
    house.check(&house.person()).await.unwrap();
    house.tokens.answer(ResponseTemplate::new(503)).await;
    house.clock.advance(TimeDelta::seconds(301));
    house.check(&house.person()).await.unwrap();
    let unknown = sign("key-9", Algorithm::ES256, &elliptic_key(), &house.person());
    assert_eq!(house.verifier.bearer(&unknown).await, Err(Refused::Unavailable));
}

#[tokio::test]
async fn an_id_token_answers_one_request_of_one_client() {
    let house = House::open().await;
    let claims = with(house.person(), "typ", json!("ID"));
    let claims = with(with(claims, "aud", json!("gatehouse-portal")), "nonce", json!("n-1"));
    let check = async |claims: &Value, nonce: &str| {
        house.verifier.id_token(&house.tokens.sign(claims), "gatehouse-portal", nonce).await
    };
    assert_eq!(check(&claims, "n-1").await.unwrap().session_id, "session-1");
    assert!(check(&claims, "n-2").await.is_err());
    assert!(check(&with(claims.clone(), "aud", json!("account")), "n-1").await.is_err());
    assert!(check(&with(claims.clone(), "azp", json!("other")), "n-1").await.is_err());
    assert!(check(&with(claims, "typ", json!("Bearer")), "n-1").await.is_err());
}

#[tokio::test]
async fn a_logout_token_names_what_is_over() {
    let house = House::open().await;
    let claims = json!({
        "iss": house.tokens.issuer().name, "aud": "gatehouse-portal", "iat": house.now().timestamp(),
        "exp": house.now().timestamp() + 120, "typ": "Logout", "sid": "session-1", "sub": "siti",
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    });
    let check = async |claims: &Value| {
        house.verifier.logout_token(&house.tokens.sign(claims), "gatehouse-portal").await
    };
    assert_eq!(check(&claims).await.unwrap().session_id.as_deref(), Some("session-1"));
    assert!(check(&with(claims.clone(), "nonce", json!("n-1"))).await.is_err());
    assert!(check(&with(claims.clone(), "events", json!({}))).await.is_err());
    assert!(check(&with(claims.clone(), "aud", json!("other"))).await.is_err());
    assert!(check(&without(without(claims, "sid"), "sub")).await.is_err());
}

fn session(id: &str, began: i64, issued: i64) -> Session {
    let time = |seconds| DateTime::from_timestamp(1_795_000_000 + seconds, 0).unwrap();
    Session { user_id: "siti".into(), session_id: id.into(), began_at: time(began), issued_at: time(issued) }
}

#[tokio::test]
async fn the_newer_session_of_a_human_ends_the_older() {
    let pool = TestDatabase::create().await.pool;
    let mut conn = pool.acquire().await.unwrap();
    assert!(sessions::admit(&mut conn, &session("one", 0, 0)).await.unwrap());
    assert!(sessions::admit(&mut conn, &session("two", 60, 60)).await.unwrap());
    // A refreshed token of the older session, younger than the newer session.
    assert!(!sessions::admit(&mut conn, &session("one", 0, 90)).await.unwrap());
    assert!(sessions::admit(&mut conn, &session("two", 60, 120)).await.unwrap());
    // Proving again who they are keeps the session.
    assert!(sessions::admit(&mut conn, &session("two", 200, 200)).await.unwrap());
}

#[tokio::test]
async fn an_ended_session_is_over_at_once_and_all_of_them_when_all_are_ended() {
    let pool = TestDatabase::create().await.pool;
    let mut conn = pool.acquire().await.unwrap();
    let now = session("", 100, 100).began_at;
    assert!(sessions::admit(&mut conn, &session("one", 0, 90)).await.unwrap());
    sessions::end_in_tx(&mut conn, "one", now).await.unwrap();
    sessions::end_in_tx(&mut conn, "one", now).await.unwrap();
    assert!(!sessions::admit(&mut conn, &session("one", 0, 90)).await.unwrap());

    assert!(sessions::admit(&mut conn, &session("two", 95, 95)).await.unwrap());
    sessions::end_all_in_tx(&mut conn, "siti", now).await.unwrap();
    assert!(!sessions::admit(&mut conn, &session("two", 95, 95)).await.unwrap());
    assert!(!sessions::admit(&mut conn, &session("three", 99, 100)).await.unwrap());
    assert!(sessions::admit(&mut conn, &session("four", 101, 101)).await.unwrap());
    // Also of somebody who was never seen before.
    let stranger = Session { user_id: "budi".into(), ..session("five", 50, 50) };
    sessions::end_all_in_tx(&mut conn, "budi", now).await.unwrap();
    assert!(!sessions::admit(&mut conn, &stranger).await.unwrap());
}
