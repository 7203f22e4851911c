//! The connection pool, migrations, and what a database error means.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use sqlx::{
    Connection as _, PgPool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::config::Findings;

/// Every migration of the service, embedded in the binary; forward only. One that a newer release has applied is none
/// of our business: while instances are replaced one by one, an old one must be able to start again, and so must the
/// release before when the new one is taken back.
pub static MIGRATIONS: Migrator = Migrator { ignore_missing: true, ..sqlx::migrate!("./migrations") };

/// Where the database is and how much of it we use.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `postgres://user:password@host:port/database`.
    pub url: SecretString,
    /// Connections of this process, 2 to 200.
    pub max_connections: u32,
    /// How long a statement may take before the database ends it, 1 to 60 seconds.
    pub statement_timeout_seconds: u64,
}

impl DatabaseConfig {
    /// Adds what is wrong with this section to `findings`.
    pub fn validate(&self, findings: &mut Findings) {
        let url = self.url.expose_secret();
        findings.expect(
            url.parse::<PgConnectOptions>().is_ok() && url.starts_with("postgres"),
            "database.url",
            "postgres://user:password@host:port/database",
        );
        findings.expect((2..=200).contains(&self.max_connections), "database.max_connections", "2 to 200");
        findings.expect(
            (1..=60).contains(&self.statement_timeout_seconds),
            "database.statement_timeout_seconds",
            "1 to 60 seconds",
        );
    }
}

/// A connection that was used so lately is used again without the question whether the database still answers: under
/// load that question, before each statement, is one more round trip. After a restart of the database it costs at
/// most one failed call for each connection that was busy at that moment.
const SURELY_THERE: Duration = Duration::from_millis(250);

/// Opens the pool. It connects when first used, so a database that is away does not stop the start.
pub fn pool(config: &DatabaseConfig) -> Result<PgPool, sqlx::Error> {
    let options: PgConnectOptions = config.url.expose_secret().parse()?;
    let timeout = format!("{}s", config.statement_timeout_seconds);
    let options = options.application_name("gatehouse").options([
        ("statement_timeout", timeout.as_str()),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "30s"),
    ]);
    Ok(PgPoolOptions::new()
        .max_connections(config.max_connections)
        .acquire_timeout(Duration::from_secs(3))
        .test_before_acquire(false)
        .before_acquire(|connection, about| {
            Box::pin(async move {
                if about.idle_for > SURELY_THERE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(options))
}

/// Whether an error is about the database being away or busy rather than about the statement: the
/// same work may succeed later.
#[must_use]
pub fn is_transient(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed => true,
        sqlx::Error::Database(db) => db.code().is_some_and(|code| {
            // 08 connection, 40 serialisation and deadlock, 53 resources, 55 object in use,
            // 57 operator intervention, 58 system (PostgreSQL, appendix A).
            matches!(&code[..code.len().min(2)], "08" | "40" | "53" | "55" | "57" | "58")
        }),
        _ => false,
    }
}

/// Whether the database refuses the values of a statement, rather than the statement or the moment:
/// the same values will be refused again.
#[must_use]
pub fn refuses_values(error: &sqlx::Error) -> bool {
    // 22 data exception, 23 integrity constraint violation (PostgreSQL, appendix A).
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code.starts_with("22") || code.starts_with("23"))
}

/// The name of the constraint that a statement ran into, to be mapped to a rule of the feature.
#[must_use]
pub fn violated_constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(sqlx::error::DatabaseError::constraint)
}

/// An error without the values it was about: PostgreSQL's own text can quote a row, and rows hold
/// personal data.
#[must_use]
pub fn describe(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(db) => format!(
            "{} {}",
            db.code().unwrap_or_default(),
            db.constraint().map_or_else(|| format!("{:?}", db.kind()), str::to_owned)
        ),
        other => other.to_string(),
    }
}
