//! What staff do for all customers.

mod approvals;
mod names;
mod people;

use std::sync::Arc;

use gatehouse::{
    adapters::keycloak::MemoryKeycloak,
    backoffice::FactorsJob,
    companies::administration::{JobPorts, MemberJob, StandingJob},
    platform::{
        changed_keys::Bell,
        entropy::OsEntropy,
        jobs::{Handler, Runner},
    },
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::api::Api;

/// A company with an admin, `siti`, and a basic user, `budi`; staff of each role; and Keycloak's side.
struct Office {
    api: Api,
    keycloak: Arc<MemoryKeycloak>,
    company: Uuid,
    stop: CancellationToken,
}

impl Office {
    async fn open() -> Self {
        let api = Api::open().await;
        let company = api.company("PT Satu Awan", "siti").await;
        api.member(company, "budi", "user").await;
        let keycloak = Arc::new(MemoryKeycloak::default());
        let ports = JobPorts { pool: api.pool.clone(), keycloak: keycloak.clone() };
        let handlers: Vec<Arc<dyn Handler>> = vec![
            Arc::new(MemberJob(ports.clone())),
            Arc::new(StandingJob(ports)),
            Arc::new(FactorsJob(keycloak.clone())),
        ];
        let stop = CancellationToken::new();
        let entropy = Arc::new(OsEntropy);
        let runner = Runner::new(api.pool.clone(), handlers, entropy, Bell::default(), stop.clone(), 4);
        tokio::spawn(runner.run());
        Self { api, keycloak, company, stop }
    }

    /// A token of a member of staff who helps customers.
    fn helper(&self, name: &str) -> String {
        self.api.staff_token(name, &["customer-service"])
    }

    async fn post(&self, path: &str, body: Value) -> crate::support::api::Reply {
        self.api.post(&format!("/backoffice{path}"), &self.helper("helga"), body).await
    }

    async fn until(
        &self,
        what: &str,
        is_right: impl Fn(&gatehouse::adapters::keycloak::MemoryState) -> bool,
    ) {
        let state = || async { self.keycloak.state().clone() };
        crate::support::eventually(what, state, |state| is_right(state)).await;
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn reason() -> Value {
    json!({"reason": "asked by phone, ticket 42"})
}
