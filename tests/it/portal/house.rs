//! Two companies with their people, and Keycloak's side of what is asked about them.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use gatehouse::{
    access::systems::SystemJob,
    adapters::keycloak::MemoryState,
    app::Cloud,
    companies::administration::{InvitationJob, JobPorts, MemberJob, PasswordJob, RenameJob, StandingJob},
    platform::{
        changed_keys::Bell,
        clock::{Clock as _, ManualClock},
        entropy::OsEntropy,
        jobs::{Handler, Runner},
    },
};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::world::{Browser, World, fixed_clock};
use crate::support::{CloudHouse, keycloak_events::Person};

/// `siti` leads PT Satu, where `sari` is a basic user; `dewi` leads PT Dua, where `budi` is one.
pub struct House {
    pub world: World,
    pub mine: Uuid,
    pub theirs: Uuid,
    stop: CancellationToken,
}

impl House {
    pub async fn open() -> Self {
        let (cloud, _) = CloudHouse::in_memory().await;
        Self::over(cloud.pool, cloud.cloud, fixed_clock()).await
    }

    /// The same over a database that others use, too. A service that runs there cleans up by the machine's clock, so
    /// this one must not be far from it.
    pub async fn over(pool: PgPool, cloud: Cloud, clock: Arc<ManualClock>) -> Self {
        let world = World::over(pool, Some(cloud), clock);
        let ports = JobPorts { pool: world.pool.clone(), keycloak: world.keycloak.clone() };
        let handlers: Vec<Arc<dyn Handler>> = vec![
            Arc::new(MemberJob(ports.clone())),
            Arc::new(InvitationJob(ports.clone())),
            Arc::new(RenameJob(ports.clone())),
            Arc::new(StandingJob(ports.clone())),
            Arc::new(PasswordJob(ports)),
            Arc::new(SystemJob {
                pool: world.pool.clone(),
                keycloak: world.keycloak.clone(),
                clock: world.clock.clone(),
            }),
        ];
        let (stop, entropy) = (CancellationToken::new(), Arc::new(OsEntropy));
        let runner = Runner::new(world.pool.clone(), handlers, entropy, Bell::default(), stop.clone(), 2);
        tokio::spawn(runner.run());
        let mut house = Self { world, mine: Uuid::nil(), theirs: Uuid::nil(), stop };
        house.mine = house.company("PT Satu").await;
        house.theirs = house.company("PT Dua").await;
        for (user, first, company, role) in [
            ("siti", "Siti", house.mine, "admin"),
            ("sari", "Sari", house.mine, "user"),
            ("dewi", "Dewi", house.theirs, "admin"),
            ("budi", "Budi", house.theirs, "user"),
        ] {
            house.member(user, first, company, role).await;
        }
        house
    }

    async fn company(&self, name: &str) -> Uuid {
        let id = Uuid::new_v4();
        sqlx::query(
            "INSERT INTO companies (company_id, realm, name, claim_key, status, organization_id, created_at, updated_at)
             VALUES ($1, 'gatehouse', $2, lower($2), 'active', 'org-' || $1, $3, $3)",
        )
        .bind(id)
        .bind(name)
        .bind(self.world.clock.now())
        .execute(&self.world.pool)
        .await
        .unwrap();
        id
    }

    async fn member(&self, user: &str, first: &str, company: Uuid, role: &str) {
        let person = english(user, first);
        self.world.tell(&person, 1).await;
        sqlx::query(
            "INSERT INTO company_members (company_id, user_id, role, in_keycloak, since)
             VALUES ($1, $2, $3, true, $4)",
        )
        .bind(company)
        .bind(user)
        .bind(role)
        .bind(self.world.clock.now())
        .execute(&self.world.pool)
        .await
        .unwrap();
    }

    /// A browser of somebody who has signed in.
    pub async fn browser(&self, user: &str) -> Browser {
        self.world.signed_in(&Person::new(user), &format!("session-of-{user}")).await
    }

    /// A browser of a member of staff.
    pub async fn staff(&self, user: &str, role: &str) -> Browser {
        self.world.tell(&english(user, "Helga"), 1).await;
        let mut browser = self.world.browser();
        let session = format!("session-of-{user}");
        let landed = browser.sign_in_as(&self.world, user, &session, "/backoffice", &[role]).await;
        assert_eq!(landed.location(), "/backoffice");
        browser
    }

    /// Waits until Keycloak has what was decided.
    pub async fn until_keycloak_has(&self, what: impl Fn(&MemoryState) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !what(&self.world.keycloak.state()) {
            assert!(Instant::now() < deadline, "Keycloak has {:?}", *self.world.keycloak.state());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// One value of the database.
    pub async fn value<T>(&self, statement: &'static str, subject: &str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        sqlx::query_scalar(statement).bind(subject).fetch_one(&self.world.pool).await.unwrap()
    }
}

/// Somebody whose pages are in English.
fn english(user: &str, first: &str) -> Person {
    let email = format!("{user}@example.com");
    Person::new(user).with("/first_name", first).with("/locale", "en").with("/email", email)
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
