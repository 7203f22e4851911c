//! Which of the service's statements PostgreSQL spends its time on.

use anyhow::Result;
use serde::Serialize;
use sqlx::PgConnection;

/// In the statements of the benchmark itself, which are not shown.
pub const OWN: &str = "/* bench */";
/// Statements that are shown.
const SHOWN: i64 = 8;
/// Characters of each.
const WIDTH: usize = 90;

/// One of them, in all the times that it ran.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct Statement {
    /// How it begins.
    pub text: String,
    /// From its start to its end, waiting included.
    pub milliseconds: f64,
}

/// Lets them be counted.
pub async fn prepare(admin: &mut PgConnection) -> Result<()> {
    sqlx::query("CREATE EXTENSION pg_stat_statements").execute(admin).await?;
    Ok(())
}

/// Counts from now on.
pub async fn forget(admin: &mut PgConnection) -> Result<()> {
    sqlx::query("SELECT pg_stat_statements_reset()").execute(admin).await?;
    Ok(())
}

/// Those of the service that took the most time since then, the longest first.
pub async fn longest(admin: &mut PgConnection) -> Result<Vec<Statement>> {
    let longest: Vec<Statement> = sqlx::query_as(
        "SELECT query AS text, total_exec_time AS milliseconds
         FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
         WHERE d.datname = 'gatehouse' AND position($2 IN query) = 0 ORDER BY total_exec_time DESC LIMIT $1",
    )
    .bind(SHOWN)
    .bind(OWN)
    .fetch_all(admin)
    .await?;
    Ok(longest.into_iter().map(|it| Statement { text: beginning(&it.text), ..it }).collect())
}

/// The first characters, on one line of a table.
fn beginning(query: &str) -> String {
    let line = query.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
    match line.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{} …", line[..end].trim_end()),
        None => line,
    }
}
