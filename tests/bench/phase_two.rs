//! Phase Two's extension for Keycloak: it sends the events of a realm by HTTP, from memory, without the person's state.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use axum::{Json, Router, routing::post};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const LISTENER: &str = "ext-event-http";
/// How long the last event of a leg may take.
const TAKEN_WITHIN: Duration = Duration::from_secs(30);

/// Where its events arrive.
pub struct Receiver {
    url: String,
    logins: Arc<AtomicUsize>,
}

impl Receiver {
    /// Takes events from now on.
    pub async fn listen() -> Result<Self> {
        let logins = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&logins);
        let take = async move |Json(event): Json<Value>| {
            count.fetch_add(usize::from(event["type"] == "LOGIN"), Ordering::Relaxed);
        };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/", listener.local_addr()?);
        tokio::spawn(axum::serve(listener, Router::new().route("/", post(take))).into_future());
        Ok(Self { url, logins })
    }

    /// Lets the events of a realm come here instead of to our extension.
    pub fn instead_of_ours(&self, realm: &mut Value) -> Result<()> {
        let listeners = realm["eventsListeners"].as_array_mut().context("a realm has listeners")?;
        listeners.retain(|listener| listener != "gatehouse");
        listeners.push(json!(LISTENER));
        let config =
            json!({"targetUri": self.url, "sharedSecret": "not secret: what it signs is thrown away"});
        realm["attributes"][format!("_providerConfig.{LISTENER}")] = json!(config.to_string());
        Ok(())
    }

    /// How many logins it was told of.
    pub fn logins(&self) -> usize {
        self.logins.load(Ordering::Relaxed)
    }

    /// Waits until it was told of so many.
    pub async fn reach(&self, logins: usize) -> Result<()> {
        let began = Instant::now();
        while self.logins() < logins {
            ensure!(
                began.elapsed() < TAKEN_WITHIN,
                "Phase Two's extension sent {} of {logins} logins",
                self.logins()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }
}
