//! What the admins of a company do with its people.

mod admins;
mod invitations;
mod lists;
mod people;
mod profile;

use std::sync::Arc;

use axum::http::Method;
use gatehouse::{
    adapters::keycloak::MemoryKeycloak,
    companies::administration::{InvitationJob, JobPorts, MemberJob, PasswordJob, RenameJob, StandingJob},
    platform::{
        changed_keys::Bell,
        entropy::OsEntropy,
        jobs::{Handler, Runner},
    },
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::{api::Api, eventually};

/// A company with an admin, `siti`, and a basic user, `budi`; and Keycloak's side of it.
struct House {
    api: Api,
    keycloak: Arc<MemoryKeycloak>,
    company: Uuid,
    admin: String,
    stop: CancellationToken,
}

impl House {
    async fn open() -> Self {
        let api = Api::open().await;
        let company = api.company("PT Satu", "siti").await;
        api.member(company, "budi", "user").await;
        let keycloak = Arc::new(MemoryKeycloak::default());
        let ports = JobPorts { pool: api.pool.clone(), keycloak: keycloak.clone() };
        let handlers: Vec<Arc<dyn Handler>> = vec![
            Arc::new(MemberJob(ports.clone())),
            Arc::new(InvitationJob(ports.clone())),
            Arc::new(RenameJob(ports.clone())),
            Arc::new(StandingJob(ports.clone())),
            Arc::new(PasswordJob(ports)),
        ];
        let stop = CancellationToken::new();
        let entropy = Arc::new(OsEntropy);
        let runner = Runner::new(api.pool.clone(), handlers, entropy, Bell::default(), stop.clone(), 4);
        tokio::spawn(runner.run());
        let admin = api.token("siti");
        Self { api, keycloak, company, admin, stop }
    }

    fn path(&self, below: &str) -> String {
        format!("/companies/{}{below}", self.company)
    }

    async fn call(&self, method: Method, below: &str, body: Value) -> crate::support::api::Reply {
        self.api.call(method, &self.path(below), &self.admin, Some(body)).await
    }

    async fn post(&self, below: &str, body: Value) -> crate::support::api::Reply {
        self.call(Method::POST, below, body).await
    }

    /// The people as they are listed: who, as what, how they stand.
    async fn listed(&self, query: &str) -> Vec<String> {
        let page = self.api.get(&self.path(&format!("/people{query}")), &self.admin).await.expect(200);
        let mut listed: Vec<String> = Vec::new();
        for it in page["items"].as_array().unwrap() {
            let who = it["user_id"].as_str().or(it["email"].as_str()).unwrap();
            listed.push(format!("{who} {} {}", it["role"].as_str().unwrap(), it["state"].as_str().unwrap()));
        }
        listed.sort_unstable();
        listed
    }

    /// Waits until Keycloak's side satisfies.
    async fn until(
        &self,
        what: &str,
        is_right: impl Fn(&gatehouse::adapters::keycloak::MemoryState) -> bool,
    ) {
        let state = || async { self.keycloak.state().clone() };
        eventually(what, state, |state| is_right(state)).await;
    }

    /// Which records billing will hear of.
    async fn marked(&self) -> Vec<String> {
        sqlx::query_scalar("SELECT key FROM changed_keys ORDER BY key")
            .fetch_all(&self.api.pool)
            .await
            .unwrap()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn reason() -> Value {
    json!({"reason": "left the company"})
}
