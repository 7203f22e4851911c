//! The commands of operators about the closed launch.

use std::sync::Arc;

use anyhow::Context as _;
use serde::Serialize;
use serde_json::json;

use super::{Config, Output};
use crate::{
    admission::{Admission, AdmissionError, AdmissionPorts, Allowed, Decider},
    companies::administration::Reason,
    platform::{clock::SystemClock, db, entropy::OsEntropy},
};

/// The exit code when there was nothing to remove.
const NOT_THERE: u8 = 3;
/// The longest name of an operator, in characters.
const LONGEST_NAME: usize = 100;

/// What is done about the list of those who may sign up.
#[derive(Debug, Clone, Copy)]
pub enum AdmissionCommand<'a> {
    /// It is printed.
    List,
    /// Somebody is added.
    Allow(AdmissionDecision<'a>),
    /// Somebody is taken off.
    Remove(AdmissionDecision<'a>),
}

/// What is decided, by whom and why.
#[derive(Debug, Clone, Copy)]
pub struct AdmissionDecision<'a> {
    /// An address or a domain.
    pub value: &'a str,
    /// Who decides, 1 to 100 characters.
    pub by: &'a str,
    /// Why, 1 to 500 characters.
    pub reason: &'a str,
}

/// An entry as it is printed: to who keeps the list, in full.
#[derive(Debug, Serialize)]
struct Shown {
    value: String,
    reason: String,
    added_by: String,
    added_at: String,
}

impl From<Allowed> for Shown {
    fn from(entry: Allowed) -> Self {
        Self {
            value: entry.value.expose().clone(),
            reason: entry.reason,
            added_by: entry.added_by,
            added_at: entry.added_at.to_rfc3339(),
        }
    }
}

/// `gatehouse admission list|allow|remove`: exit code 0, or 3 when there was nothing to remove.
pub async fn admission(config: &Config, command: AdmissionCommand<'_>, output: Output) -> anyhow::Result<u8> {
    let pool = db::pool(&config.database).context("database.url")?;
    let ports = AdmissionPorts { clock: Arc::new(SystemClock), entropy: Arc::new(OsEntropy) };
    let admission = Admission::new(pool, &config.admission, &config.keycloak.realm, ports);
    match command {
        AdmissionCommand::List => list(&admission, output).await,
        AdmissionCommand::Allow(AdmissionDecision { value, by, reason }) => {
            let (by, reason) = (operator(by)?, because(reason)?);
            let is_new = match admission.allow(by, value, &reason).await {
                Ok(_) => true,
                Err(AdmissionError::Held) => false,
                Err(AdmissionError::Invalid(field, expected)) => {
                    anyhow::bail!("{field}: expected {expected}")
                }
                Err(error) => return Err(error.into()),
            };
            output.print(&json!({"added": is_new}), || said(is_new, "added", "on the list already"))?;
            Ok(0)
        }
        AdmissionCommand::Remove(AdmissionDecision { value, by, reason }) => {
            let (by, reason) = (operator(by)?, because(reason)?);
            let entry = admission.allowed_as(value).await?;
            if let Some(entry) = &entry {
                admission.disallow(by, entry.allowed_id, &reason).await?;
            }
            let is_gone = entry.is_some();
            output.print(&json!({"removed": is_gone}), || said(is_gone, "removed", "not on the list"))?;
            Ok(if is_gone { 0 } else { NOT_THERE })
        }
    }
}

async fn list(admission: &Admission, output: Output) -> anyhow::Result<u8> {
    let entries: Vec<Shown> = admission.all_allowed().await?.into_iter().map(Into::into).collect();
    output.print(&entries, || {
        let line = |entry: &Shown| {
            format!("{}  {}  {}  {}", entry.value, entry.added_at, entry.added_by, entry.reason)
        };
        entries.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    Ok(0)
}

fn operator(name: &str) -> anyhow::Result<Decider<'_>> {
    let name = name.trim();
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count());
    anyhow::ensure!(fits, "--by: expected a name of 1 to {LONGEST_NAME} characters");
    Ok(Decider::Operator(name))
}

fn because(reason: &str) -> anyhow::Result<Reason> {
    Reason::new(reason).with_context(|| format!("--reason: expected 1 to {} characters", Reason::MOST))
}

fn said(is_so: bool, yes: &str, no: &str) -> String {
    if is_so { yes } else { no }.to_owned()
}
