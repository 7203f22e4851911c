//! Who may sign up while the launch is closed.

mod allowing;
mod asking;
mod command_line;
mod deciding;
mod waiting;

use std::sync::Arc;

use gatehouse::{
    adapters::{keycloak::MemoryKeycloak, oidc::MemoryProvider},
    app::{Config, Ports, composers},
    notices::{Carriers, SEND_NOTICE, SendNotices},
    otp::SmsBudget,
    platform::{
        entropy::OsEntropy,
        jobs::{Handler as _, Job},
    },
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    config::MINIMAL,
    otp::world::{Reply, World},
    support::api::Api,
};

const CLOSED: &str = "admission.mode = \"closed\"\nadmission.staff = \"sign-ups@example.com\"";
const DOOR: &str = "/admission/v1/requests";

/// The service with the launch closed: Keycloak's side of it, and that of staff.
struct House {
    world: World,
    api: Api,
    config: Config,
    staff: String,
}

/// What Keycloak tells of somebody at the registration form.
fn somebody(email: &str) -> Value {
    json!({
        "realm": "gatehouse", "email": email, "first_name": "Siti", "last_name": "Rahma",
        "company": "PT Contoh", "locale": "id", "ip_address": "192.0.2.1",
    })
}

impl House {
    async fn closed() -> Self {
        Self::with(CLOSED).await
    }

    async fn with(settings: &str) -> Self {
        let settings = format!("profile = \"development\"\n{settings}");
        let api = Api::open().await;
        api.person("helga").await;
        let world = World::over(api.pool.clone(), &settings);
        let config = Config::from_toml(&format!("{MINIMAL}\n{settings}")).unwrap();
        let staff = api.staff_token("helga", &["customer-service"]);
        Self { world, api, config, staff }
    }

    async fn ask(&self, email: &str) -> Reply {
        self.world.call("POST", DOOR, &somebody(email)).await
    }

    /// Whether an address may sign up.
    async fn admits(&self, email: &str) -> bool {
        let reply = self.ask(email).await.expect(200);
        assert_eq!(reply.body.as_object().unwrap().len(), 1, "nothing else is told: {:?}", reply.body);
        reply.body["admitted"].as_bool().unwrap()
    }

    /// The requests in a state, as staff see them.
    async fn listed(&self, state: &str) -> Vec<Value> {
        let path = format!("/backoffice/sign-ups?state={state}");
        let page = self.api.get(&path, &self.staff).await.expect(200);
        page["items"].as_array().unwrap().clone()
    }

    /// A request that waits.
    async fn waiting(&self, email: &str) -> String {
        assert!(!self.admits(email).await);
        let found = self.listed("waiting").await.into_iter().find(|it| it["email"] == email).unwrap();
        found["request_id"].as_str().unwrap().to_owned()
    }

    async fn decide(&self, id: &str, verb: &str) -> crate::support::api::Reply {
        let body = json!({"reason": "known to sales"});
        self.api.post(&format!("/backoffice/sign-ups/{id}/{verb}"), &self.staff, body).await
    }

    /// A company that invites an address.
    async fn invite(&self, company: Uuid, email: &str, hours: i32) {
        sqlx::query(
            "INSERT INTO invitations (invitation_id, company_id, email, role, state, invited_by, invited_at, expires_at)
             VALUES ($1, $2, $3, 'user', 'sent', 'dewi', $4, $4 + make_interval(hours => $5))",
        )
        .bind(Uuid::new_v4())
        .bind(company)
        .bind(email)
        .bind(self.api.now())
        .bind(hours)
        .execute(&self.api.pool)
        .await
        .unwrap();
    }

    /// Sends the letters that are queued.
    async fn send_letters(&self) {
        let ports = Ports {
            keycloak: Arc::new(MemoryKeycloak::default()),
            clock: self.world.clock.clone(),
            entropy: Arc::new(OsEntropy),
            mailers: vec![self.world.mail.clone()],
            sms: Vec::new(),
            provider: Arc::new(MemoryProvider::default()),
        };
        let pool = &self.world.pool;
        let budget = SmsBudget::new(pool.clone(), &self.config.otp, self.config.profile);
        let carriers = Carriers {
            mailers: ports.mailers.clone(),
            sms: Vec::new(),
            budget: Arc::new(budget),
            clock: ports.clock.clone(),
        };
        let writers = composers(&self.config, pool, &ports);
        let job = SendNotices::new(pool.clone(), &writers, carriers, "Gatehouse");
        let unsent = "SELECT notice_id::text FROM notices WHERE sent_at IS NULL ORDER BY notice_id";
        let keys: Vec<String> = sqlx::query_scalar(unsent).fetch_all(pool).await.unwrap();
        for key in keys {
            job.run(&Job { kind: SEND_NOTICE.to_owned(), key, attempts: 0 }).await.unwrap();
        }
    }

    /// The texts of the mails to an address.
    fn letters_to(&self, address: &str) -> Vec<String> {
        let mails = self.world.mail.mails().into_iter().filter(|mail| mail.to.expose() == address);
        mails.map(|mail| format!("{}\n{}", mail.subject, mail.text.expose())).collect()
    }
}
