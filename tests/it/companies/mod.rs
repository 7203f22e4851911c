//! Who founds a company, who asks to join, and what follows from Keycloak.

mod claims;
mod contacts;
mod invitations;
mod organizations;

use gatehouse::companies::CompanyId;

use crate::support::{Seen, Service, TestDatabase, TestKafka, eventually, keycloak_events::Person, latest};

const CHANGE: &str = "org.keycloak.user.UPDATE_PROFILE";

/// A running service with what it stands on.
struct House {
    database: TestDatabase,
    kafka: TestKafka,
    keycloak: std::sync::Arc<gatehouse::adapters::keycloak::MemoryKeycloak>,
    service: Service,
}

impl House {
    async fn open() -> Self {
        let (database, kafka) = (TestDatabase::create().await, TestKafka::create().await);
        let keycloak = std::sync::Arc::default();
        let service =
            Service::start_with(database.pool.clone(), &kafka, std::sync::Arc::clone(&keycloak), "");
        Self { database, kafka, keycloak, service }
    }

    fn topic(&self) -> String {
        self.kafka.events()
    }

    async fn change(&self, person: &Person, sequence: i64) {
        self.kafka.send(&[person.event(&self.topic(), CHANGE, sequence)]).await;
    }

    /// Waits until the members of the company of this name are these, as `user role`.
    async fn members(&self, name: &str, expected: &[&str]) {
        let members = || async {
            sqlx::query_scalar::<_, String>(
                "SELECT m.user_id || ' ' || m.role FROM company_members m JOIN companies c USING (company_id)
                 WHERE c.name = $1 AND c.deleted_at IS NULL ORDER BY 1",
            )
            .bind(name)
            .fetch_all(&self.database.pool)
            .await
            .unwrap()
        };
        eventually(&format!("{expected:?} in {name}"), members, |members| members == expected).await;
    }

    async fn requests(&self, name: &str, expected: &[&str]) {
        let requests = || async {
            sqlx::query_scalar::<_, String>(
                "SELECT r.user_id FROM join_requests r JOIN companies c USING (company_id)
                 WHERE c.name = $1 ORDER BY 1",
            )
            .bind(name)
            .fetch_all(&self.database.pool)
            .await
            .unwrap()
        };
        eventually(&format!("{expected:?} asking for {name}"), requests, |found| found == expected).await;
    }

    async fn company(&self, name: &str) -> (CompanyId, String) {
        let found = || async {
            sqlx::query_as::<_, (CompanyId, String)>(
                "SELECT company_id, status FROM companies WHERE name = $1 AND deleted_at IS NULL",
            )
            .bind(name)
            .fetch_optional(&self.database.pool)
            .await
            .unwrap()
        };
        eventually(&format!("the company {name}"), found, Option::is_some).await.unwrap()
    }

    /// Waits until the last record of a person satisfies.
    async fn record(&self, user: &str, what: &str, is_right: impl Fn(&serde_json::Value) -> bool) {
        let satisfied = |seen: &[Seen]| {
            latest(seen).get(user).is_some_and(|record| record.value.is_some() && is_right(&record.json()))
        };
        self.kafka.users_until(what, satisfied).await;
    }
}
