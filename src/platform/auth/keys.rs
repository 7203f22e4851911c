//! Keycloak's public keys: kept, fetched again when they are old or a token names one that is not
//! among them, and never more often than allowed.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::Refused;
use crate::platform::clock::SharedClock;

/// The longest answer with keys, in bytes.
const MAX_ANSWER: usize = 256 * 1024;
/// The most keys that are kept.
const MAX_KEYS: usize = 64;
/// How long Keycloak may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// A key with the one algorithm it is for, so that a token cannot choose another.
#[derive(Clone)]
pub(super) struct Key {
    pub algorithm: Algorithm,
    pub decoding: DecodingKey,
}

/// The keys of one issuer.
pub(super) struct Keys {
    url: Url,
    http: reqwest::Client,
    clock: SharedClock,
    life: TimeDelta,
    pause: TimeDelta,
    kept: RwLock<Kept>,
    /// Held by whoever fetches; others wait for the result.
    fetching: Mutex<()>,
}

#[derive(Clone, Default)]
struct Kept {
    keys: Arc<HashMap<String, Key>>,
    fetched_at: Option<DateTime<Utc>>,
    tried_at: Option<DateTime<Utc>>,
    answered: bool,
}

#[derive(Deserialize)]
struct KeySet {
    /// Each is read by itself: a kind that we do not know must not hide the others.
    keys: Vec<Value>,
}

impl Keys {
    pub fn new(
        url: Url,
        http: reqwest::Client,
        clock: SharedClock,
        life: TimeDelta,
        pause: TimeDelta,
    ) -> Self {
        Self { url, http, clock, life, pause, kept: RwLock::default(), fetching: Mutex::default() }
    }

    /// The key of this id. One that is known is used even when Keycloak is away; one that is not is
    /// asked for, and without an answer nobody gets in by it.
    pub async fn find(&self, id: &str) -> Result<Key, Refused> {
        let kept = self.kept();
        let is_old = kept.fetched_at.is_none_or(|at| self.clock.now() - at >= self.life);
        if let Some(key) = kept.keys.get(id).filter(|_| !is_old) {
            return Ok(key.clone());
        }
        self.refresh(kept.tried_at).await;
        let kept = self.kept();
        match kept.keys.get(id) {
            Some(key) => Ok(key.clone()),
            None if kept.answered => Err(Refused::Invalid("its key is not Keycloak's")),
            None => Err(Refused::Unavailable),
        }
    }

    fn kept(&self) -> Kept {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fetches, unless somebody has since `seen`, or the last time is too near.
    async fn refresh(&self, seen: Option<DateTime<Utc>>) {
        let _turn = self.fetching.lock().await;
        let (tried_at, now) = (self.kept().tried_at, self.clock.now());
        if tried_at != seen || tried_at.is_some_and(|at| now - at < self.pause) {
            return;
        }
        let fetched = self.fetch().await;
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.tried_at = Some(now);
        kept.answered = fetched.is_some();
        if let Some(keys) = fetched {
            kept.keys = Arc::new(keys);
            kept.fetched_at = Some(now);
        } else {
            tracing::warn!("Keycloak's keys cannot be fetched");
        }
    }

    async fn fetch(&self) -> Option<HashMap<String, Key>> {
        let mut response = self.http.get(self.url.clone()).timeout(PATIENCE).send().await.ok()?;
        if !response.status().is_success() {
            return None;
        }
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.ok()? {
            if body.len() + part.len() > MAX_ANSWER {
                return None;
            }
            body.extend_from_slice(&part);
        }
        let set: KeySet = serde_json::from_slice(&body).ok()?;
        let keys = set.keys.into_iter().take(MAX_KEYS);
        Some(keys.filter_map(|key| serde_json::from_value(key).ok()).filter_map(|key| usable(&key)).collect())
    }
}

/// Keys for RS256 and ES256 signatures, by their id.
fn usable(key: &Jwk) -> Option<(String, Key)> {
    let algorithm = match &key.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => Algorithm::ES256,
        _ => return None,
    };
    let is_for_it =
        key.common.key_algorithm.is_none_or(|named| named.to_string() == format!("{algorithm:?}"));
    let is_for_signatures =
        key.common.public_key_use.as_ref().is_none_or(|it| *it == PublicKeyUse::Signature);
    if !is_for_it || !is_for_signatures {
        return None;
    }
    Some((key.common.key_id.clone()?, Key { algorithm, decoding: DecodingKey::from_jwk(key).ok()? }))
}
