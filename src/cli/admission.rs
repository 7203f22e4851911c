//! The subcommands about the closed launch.

use clap::{Args, Subcommand};

use super::cloud::Json;
use crate::app::{self, AdmissionCommand, AdmissionDecision, Config};

/// `gatehouse admission …`
#[derive(Debug, Subcommand)]
pub enum Admission {
    /// Lists who may sign up without asking: addresses and domains, the eldest entry first.
    List {
        #[command(flatten)]
        json: Json,
    },
    /// Lets an address, or every address of a domain, sign up without asking. What is on the list already stays as it is.
    Allow(Entry),
    /// Takes an address or a domain off the list; the exit code is 3 when it is not there. Who has signed up keeps the
    /// account.
    Remove(Entry),
}

/// What is decided, by whom and why.
#[derive(Debug, Args)]
pub struct Entry {
    /// An e-mail address or a domain.
    value: String,
    /// Who decides, for the record.
    #[arg(long)]
    by: String,
    /// Why, in 1 to 500 characters, for the record.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    json: Json,
}

impl Admission {
    /// Runs it. Returns the exit code: 0, or 3 when there was nothing to remove.
    pub async fn run(&self, config: &Config) -> anyhow::Result<u8> {
        let (command, json) = match self {
            Self::List { json } => (AdmissionCommand::List, json),
            Self::Allow(entry) => (AdmissionCommand::Allow(entry.decision()), &entry.json),
            Self::Remove(entry) => (AdmissionCommand::Remove(entry.decision()), &entry.json),
        };
        app::admission(config, command, json.output()).await
    }
}

impl Entry {
    fn decision(&self) -> AdmissionDecision<'_> {
        AdmissionDecision { value: &self.value, by: &self.by, reason: &self.reason }
    }
}
