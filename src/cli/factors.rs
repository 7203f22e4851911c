//! The subcommands about second factors.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::cloud::Json;
use crate::app::{self, Config, ImportSource};

/// `gatehouse factors …`
#[derive(Debug, Subcommand)]
pub enum Factors {
    /// Offers people the numbers they had before: at their next login each proves theirs by a code. Without
    /// --apply it says what each row would do, and keeps nothing; the same table again changes nothing.
    Import {
        #[command(flatten)]
        source: Source,
        /// Keep what is new.
        #[arg(long)]
        apply: bool,
        #[command(flatten)]
        json: Json,
    },
}

/// Where the numbers are.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Source {
    /// A CSV file in UTF-8 whose header names the columns: user or email, phone, channel (sms or email).
    file: Option<PathBuf>,
    /// This attribute of people in Keycloak.
    #[arg(long, value_name = "ATTRIBUTE", num_args = 0..=1, default_missing_value = "phoneNumber")]
    from_keycloak: Option<String>,
}

impl Factors {
    /// Runs it. Returns the exit code: 0, or 3 when rows were skipped.
    pub async fn run(&self, config: &Config) -> anyhow::Result<u8> {
        let Self::Import { source, apply, json } = self;
        let source = match (&source.file, &source.from_keycloak) {
            (Some(file), _) => ImportSource::File(file),
            (None, Some(attribute)) => ImportSource::Keycloak { attribute },
            (None, None) => anyhow::bail!("expected a file or --from-keycloak"),
        };
        app::import_factors(config, source, !apply, json.output()).await
    }
}
