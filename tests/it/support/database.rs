//! A fresh, migrated PostgreSQL database for each test.

use std::str::FromStr as _;

use gatehouse::platform::db::MIGRATIONS;
use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::sync::OnceCell;
use uuid::Uuid;

/// A database of its own for one test, made from a template that is migrated once a run.
pub struct TestDatabase {
    /// A pool on this database.
    pub pool: PgPool,
    /// Where it is, for a process of its own.
    pub url: String,
}

static TEMPLATE: OnceCell<(String, String)> = OnceCell::const_new();

impl TestDatabase {
    /// Makes the database.
    pub async fn create() -> Self {
        let (_, template) = TEMPLATE.get_or_init(make_template).await;
        Self::copy_of(template).await
    }

    /// A copy of this database as it is now, which is what a backup is. Nobody may be connected: this pool ends.
    pub async fn backup(&self) -> Self {
        self.pool.close().await;
        let url = url::Url::parse(&self.url).unwrap();
        Self::copy_of(url.path().trim_start_matches('/')).await
    }

    async fn copy_of(template: &str) -> Self {
        let (server, _) = TEMPLATE.get_or_init(make_template).await;
        let name = format!("test_{}", Uuid::new_v4().simple());
        let mut admin = connect(server).await;
        // CREATE DATABASE takes the template exclusively for a moment: others wait their turn.
        sqlx::query("SELECT pg_advisory_lock(7)").execute(&mut admin).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE {template}")))
            .execute(&mut admin)
            .await
            .unwrap();
        sqlx::query("SELECT pg_advisory_unlock(7)").execute(&mut admin).await.unwrap();
        Self::at(with_database(server, &name)).await
    }

    /// The database at an address, once more after its pool has ended.
    pub async fn at(url: String) -> Self {
        // What is committed need not survive a crash of the machine here, and a test need not wait for its disk.
        let options = PgConnectOptions::from_str(&url).unwrap().options([("synchronous_commit", "off")]);
        let pool = PgPoolOptions::new().max_connections(20).connect_with(options).await.unwrap();
        Self { pool, url }
    }
}

async fn make_template() -> (String, String) {
    let server = match std::env::var("GATEHOUSE_TEST_POSTGRES") {
        Ok(url) => url,
        Err(_) => xtask::testing::postgres_url().await.expect("PostgreSQL for tests"),
    };
    let mut admin = connect(&server).await;
    // Databases of earlier runs go, unless a test of another run still uses them.
    let old: Vec<String> = sqlx::query_scalar(
        "SELECT datname::text FROM pg_database d WHERE datname LIKE 'test\\_%'
         AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = d.datname)
         AND (pg_stat_file('base/' || oid)).modification < now() - interval '10 minutes'",
    )
    .fetch_all(&mut admin)
    .await
    .unwrap();
    for name in old {
        // A run beside this one may be dropping the same database.
        let _ =
            sqlx::query(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name}"))).execute(&mut admin).await;
    }
    let template = format!("test_template_{}", Uuid::new_v4().simple());
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {template}"))).execute(&mut admin).await.unwrap();
    let mut fresh = connect(&with_database(&server, &template)).await;
    MIGRATIONS.run(&mut fresh).await.unwrap();
    fresh.close().await.unwrap();
    (server, template)
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url)
        .await
        .unwrap_or_else(|error| panic!("PostgreSQL for tests does not answer: {error}"))
}

fn with_database(server: &str, name: &str) -> String {
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(name);
    url.to_string()
}
