//! Tokens as Keycloak makes them, by keys that only the test has.

use std::sync::Mutex;

use aws_lc_rs::{
    encoding::AsDer as _,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use chrono::{DateTime, Utc};
use gatehouse::platform::auth::Issuer;
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

/// The realm of the tokens.
pub const REALM: &str = "gatehouse";

/// Keycloak as far as tokens are concerned: its keys over HTTP, and what it signs.
pub struct Tokens {
    pub server: MockServer,
    key: Mutex<(String, Algorithm, EncodingKey)>,
}

/// A key for ES256.
pub fn elliptic_key() -> EncodingKey {
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    EncodingKey::from_ec_der(key.as_ref())
}

/// A key for RS256.
pub fn rsa_key() -> EncodingKey {
    let key = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048).unwrap().as_der().unwrap();
    // PKCS #8 wraps PKCS #1 in 26 bytes when the key has 2048 bits.
    EncodingKey::from_rsa_der(&key.as_ref()[26..])
}

impl Tokens {
    /// With one key for ES256, which is quickly made.
    pub async fn start() -> Self {
        Self::with("key-1", Algorithm::ES256, elliptic_key()).await
    }

    pub async fn with(id: &str, algorithm: Algorithm, key: EncodingKey) -> Self {
        let tokens =
            Self { server: MockServer::start().await, key: Mutex::new((id.to_owned(), algorithm, key)) };
        tokens.publish().await;
        tokens
    }

    /// Keycloak signs with another key from now on, and publishes only that.
    pub async fn rotate(&self, id: &str, algorithm: Algorithm, key: EncodingKey) {
        *self.key.lock().unwrap() = (id.to_owned(), algorithm, key);
        self.publish().await;
    }

    async fn publish(&self) {
        let key = {
            let (id, algorithm, key) = &*self.key.lock().unwrap();
            let mut key = Jwk::from_encoding_key(key, *algorithm).unwrap();
            key.common.key_id = Some(id.clone());
            key
        };
        let strange = json!({"kty": "AKP", "kid": "of-another-kind", "alg": "ML-DSA-44", "pub": "AAAA"});
        self.answer(ResponseTemplate::new(200).set_body_json(json!({"keys": [strange, key]}))).await;
    }

    /// What Keycloak answers to who asks for its keys.
    pub async fn answer(&self, response: ResponseTemplate) {
        self.server.reset().await;
        Mock::given(matchers::path(format!("/realms/{REALM}/protocol/openid-connect/certs")))
            .respond_with(response)
            .mount(&self.server)
            .await;
    }

    /// How often it was asked since the last change.
    pub async fn asked(&self) -> usize {
        self.server.received_requests().await.unwrap().len()
    }

    pub fn issuer(&self) -> Issuer {
        let name = format!("{}/realms/{REALM}", self.server.uri());
        let keys_url = format!("{name}/protocol/openid-connect/certs").parse().unwrap();
        Issuer { name, keys_url }
    }

    /// Claims of a human's access token, as Keycloak 26 writes them.
    pub fn of_person(&self, user: &str, session: &str, now: DateTime<Utc>) -> Value {
        json!({
            "iss": self.issuer().name, "sub": user, "aud": ["gatehouse", "account"], "typ": "Bearer",
            "azp": "gatehouse-portal", "sid": session, "auth_time": now.timestamp(),
            "iat": now.timestamp(), "exp": now.timestamp() + 300, "jti": "onrtac:1",
            "realm_access": {"roles": []}, "scope": "openid profile email",
        })
    }

    /// Claims of a system's access token.
    pub fn of_system(&self, client: &str, now: DateTime<Utc>) -> Value {
        json!({
            "iss": self.issuer().name, "sub": format!("service-{client}"), "aud": "gatehouse", "typ": "Bearer",
            "azp": client, "client_id": client, "iat": now.timestamp(), "exp": now.timestamp() + 300,
            "preferred_username": format!("service-account-{client}"), "realm_access": {"roles": []},
        })
    }

    pub fn sign(&self, claims: &Value) -> String {
        let (id, algorithm, key) = &*self.key.lock().unwrap();
        sign(id, *algorithm, key, claims)
    }
}

/// Signs with any key under any name.
pub fn sign(id: &str, algorithm: Algorithm, key: &EncodingKey, claims: &Value) -> String {
    let header = Header { kid: Some(id.to_owned()), ..Header::new(algorithm) };
    jsonwebtoken::encode(&header, claims, key).unwrap()
}
