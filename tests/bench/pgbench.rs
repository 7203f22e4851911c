//! PostgreSQL's own benchmark: what the database can do at most.

use std::{process::Stdio, time::Duration};

use anyhow::{Context as _, Result, ensure};
use sqlx::PgConnection;
use tokio::process::Command;

use crate::{report::Sample, stage::Stage};

/// Two transactions of one statement each: a challenge is written, then decided.
const SCRIPT: &str = "\\set n random(1, 1000000000000000)
INSERT INTO limit_challenges (id, realm, user_id, auth_session_id, client_id, purpose, channel, destination, hint, locale, \
pepper_version, expires_at) VALUES (md5(:n::text)::uuid, 'gatehouse', 'limit-' || :n, md5(:n::text), 'bench', 'enrol', 'email', \
:n || '@bench.example', 'p•••@bench.example', 'en', 1, now() + interval '5 minutes');
UPDATE limit_challenges SET state = 'approved', tries = tries + 1, decided_at = now() \
WHERE id = md5(:n::text)::uuid AND state = 'pending' AND expires_at > now();
";

/// Makes the table that is written to: that of challenges with its indexes and checks.
pub async fn prepare(database: &mut PgConnection) -> Result<()> {
    sqlx::query("CREATE TABLE limit_challenges (LIKE otp_challenges INCLUDING ALL)")
        .execute(database)
        .await?;
    Ok(())
}

/// Runs it for so long, with so many connections.
pub async fn run(stage: &Stage, connections: usize, lasting: Duration) -> Result<Sample> {
    let script = tempfile::NamedTempFile::new()?;
    std::fs::write(script.path(), SCRIPT)?;
    let meter = stage.meter(&[]).await?;
    let output = Command::new(xtask::testing::pgbench()?)
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2"])
        .arg(format!("--client={connections}"))
        .arg(format!("--time={}", lasting.as_secs()))
        .arg("--file")
        .arg(script.path())
        .arg(&stage.stack.info.postgres_url)
        .stdin(Stdio::null())
        .output()
        .await
        .context("pgbench")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(output.status.success(), "pgbench: {text}\n{}", String::from_utf8_lossy(&output.stderr));
    let done = text.lines().find_map(|line| line.strip_prefix("number of transactions actually processed: "));
    let done = done.context("pgbench does not say how much it did")?;
    // Some releases add how many were planned.
    let done = done.split('/').next().unwrap_or(done).trim().parse()?;
    let mut decided = stage.database().await?;
    let open: i64 = sqlx::query_scalar("SELECT count(*) FROM limit_challenges WHERE state = 'pending'")
        .fetch_one(&mut decided)
        .await?;
    // Who was at work when the time was up has written the first half.
    ensure!(open <= i64::try_from(connections)?, "{open} challenges were not decided");
    let sample = meter.stop("pgbench", done).await?;
    sqlx::query("TRUNCATE limit_challenges").execute(&mut decided).await?;
    Ok(sample)
}
