//! The command of operators that brings the numbers of people along.

use std::{io::Read as _, path::Path, sync::Arc};

use anyhow::{Context as _, bail};
use serde::Serialize;

use super::{Config, Output};
use crate::{
    adapters::keycloak::KeycloakClient,
    otp::{Import, ImportOutcome, ImportResult, MAX_TABLE, read_table},
    platform::{clock::SystemClock, db, entropy::OsEntropy},
};

/// The exit code when rows were skipped.
const SKIPPED: u8 = 3;

/// Where numbers come from.
#[derive(Debug, Clone, Copy)]
pub enum ImportSource<'a> {
    /// A table.
    File(&'a Path),
    /// People in Keycloak.
    Keycloak {
        /// Which attribute of theirs.
        attribute: &'a str,
    },
}

/// What an import did.
#[derive(Debug, Serialize)]
struct Report {
    is_dry_run: bool,
    rows: Vec<ImportResult>,
}

/// `gatehouse factors import`: exit code 0, or 3 when rows were skipped. A line is printed as soon as its row is
/// done, so that what was done is known if the rest fails.
pub async fn import_factors(
    config: &Config,
    source: ImportSource<'_>,
    is_dry_run: bool,
    output: Output,
) -> anyhow::Result<u8> {
    let table = match source {
        ImportSource::File(file) => {
            let bytes = read_file(file).with_context(|| format!("cannot read {}", file.display()))?;
            read_table(&bytes).with_context(|| file.display().to_string())?
        }
        ImportSource::Keycloak { attribute } if is_name(attribute) => Vec::new(),
        ImportSource::Keycloak { .. } => {
            bail!("--from-keycloak: expected the name of an attribute: letters, digits, '.', '_' and '-'")
        }
    };
    let pool = db::pool(&config.database).context("database.url")?;
    db::MIGRATIONS.run(&pool).await?;
    let ports = (Arc::new(SystemClock) as _, Arc::new(OsEntropy) as _);
    let mut import = Import::new(pool, &config.otp, &config.keycloak.realm, ports, is_dry_run);
    let mut report = Report { is_dry_run, rows: Vec::new() };
    let tell = |result: ImportResult| {
        if output == Output::Text {
            println!("{}", line(&result));
        }
        report.rows.push(result);
    };
    match source {
        ImportSource::File(_) => import.rows(&table, tell).await?,
        ImportSource::Keycloak { attribute } => {
            let keycloak = KeycloakClient::new(&config.keycloak).context("keycloak")?;
            import.from_keycloak(&keycloak, attribute, tell).await?;
        }
    }
    output.print(&report, || summary(&report))?;
    Ok(if skipped(&report) == 0 { 0 } else { SKIPPED })
}

/// At most one byte more than is allowed is read of a file of any size.
fn read_file(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(MAX_TABLE as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn is_name(attribute: &str) -> bool {
    (1..=64).contains(&attribute.len())
        && attribute.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

fn line(result: &ImportResult) -> String {
    let outcome = match &result.outcome {
        ImportOutcome::New => "new".to_owned(),
        ImportOutcome::Changed => "changed".to_owned(),
        ImportOutcome::Unchanged => "unchanged".to_owned(),
        ImportOutcome::Proven => "has a factor already".to_owned(),
        ImportOutcome::Skipped(problem) => format!("skipped: {problem}"),
    };
    let whom = [result.user_id.as_deref(), result.hint.as_deref()];
    let whom: Vec<&str> = whom.into_iter().flatten().collect();
    let whom = if whom.is_empty() { String::new() } else { format!(" ({})", whom.join(", ")) };
    format!("line {}: {outcome}{whom}", result.line)
}

fn skipped(report: &Report) -> usize {
    report.rows.iter().filter(|row| matches!(row.outcome, ImportOutcome::Skipped(_))).count()
}

fn summary(report: &Report) -> String {
    let kept =
        report.rows.iter().filter(|row| matches!(row.outcome, ImportOutcome::New | ImportOutcome::Changed));
    let (all, kept, skipped) = (report.rows.len(), kept.count(), skipped(report));
    let dry = if report.is_dry_run { "; a dry run: nothing was kept, --apply keeps it" } else { "" };
    format!("{all} rows, {kept} new or changed, {skipped} skipped{dry}")
}
