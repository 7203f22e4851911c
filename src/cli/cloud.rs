//! The subcommands about OpenStack.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::{
    app::{self, Config, OpenStackCommand, Output},
    intake::{Act, By, Kind},
};

/// How a result is printed.
#[derive(Debug, Clone, Copy, Args)]
pub struct Json {
    /// Print one JSON document instead of text.
    #[arg(long)]
    json: bool,
}

impl Json {
    pub(super) fn output(self) -> Output {
        if self.json { Output::Json } else { Output::Text }
    }
}

/// `gatehouse openstack …`
#[derive(Debug, Subcommand)]
pub enum OpenStack {
    /// Says what a run would do, and changes nothing.
    Plan {
        #[command(flatten)]
        json: Json,
    },
    /// Compares Keystone with what is wanted, and repairs it.
    Apply {
        #[command(flatten)]
        json: Json,
    },
    /// Lists what others made in Keystone, which is left alone until it is approved.
    Drift {
        #[command(flatten)]
        json: Json,
    },
    /// Prints the rules by which Keystone knows people who sign in by Keycloak.
    Mapping,
    /// Approves the end of something that others made.
    Approve {
        /// Its number in the list of drift.
        finding: i64,
        /// Who approves, for the record.
        #[arg(long)]
        by: String,
        #[command(flatten)]
        json: Json,
    },
}

/// What a table holds.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Layout {
    /// Requests for accounts and projects.
    Access,
    /// Requests for quotas.
    Quota,
}

/// `gatehouse intake …`
#[derive(Debug, Subcommand)]
pub enum Intake {
    /// Imports requests from a CSV file with a header, or from the configured Google Sheet. The same again changes
    /// nothing.
    Import {
        /// The file.
        #[arg(required_unless_present = "sheet")]
        file: Option<PathBuf>,
        /// Import the Google Sheet of `intake.sheets`, and write the outcome into its rows.
        #[arg(long, conflicts_with = "file")]
        sheet: bool,
        /// What it holds.
        #[arg(long, value_enum, default_value = "access")]
        layout: Layout,
        /// Say what each row would do, and keep nothing.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        json: Json,
    },
    /// Lists requests.
    List {
        /// Only those in this state.
        #[arg(long)]
        state: Option<String>,
        #[command(flatten)]
        json: Json,
    },
    /// Lets a request be brought about.
    Approve(Decision),
    /// Ends a request; the person is told why.
    Reject {
        /// Why.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        decision: Decision,
    },
    /// Ends a request that whoever asked wants no longer.
    Cancel(Decision),
    /// Names who is to decide.
    Delegate {
        /// Who.
        #[arg(long)]
        to: String,
        #[command(flatten)]
        decision: Decision,
    },
    /// Hands a request one step up.
    Escalate {
        /// Why.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        decision: Decision,
    },
    /// Tries again what failed.
    Retry(Decision),
    /// Reminds the help desk now, in one mail, of everything that has waited long enough.
    Remind {
        #[command(flatten)]
        json: Json,
    },
}

/// Which request, and who decides.
#[derive(Debug, Args)]
pub struct Decision {
    /// The request's id.
    id: String,
    /// Who decides, for the record.
    #[arg(long)]
    by: String,
    /// Why they decide in the place of whom it was handed to.
    #[arg(long)]
    on_behalf: Option<String>,
    #[command(flatten)]
    json: Json,
}

/// `gatehouse first-password …`
#[derive(Debug, Subcommand)]
pub enum FirstPassword {
    /// Sends a link to somebody who asked for a new password; it goes only to the address on file.
    Renew {
        /// The name of the account.
        address: String,
        /// Who sends it, for the record.
        #[arg(long, env = "USER", default_value = "operator")]
        by: String,
        #[command(flatten)]
        json: Json,
    },
}

impl OpenStack {
    /// Runs it. Returns the exit code.
    pub async fn run(&self, config: &Config) -> anyhow::Result<u8> {
        let (command, json) = match self {
            Self::Mapping => return app::mapping(config),
            Self::Plan { json } => (OpenStackCommand::Plan, json),
            Self::Apply { json } => (OpenStackCommand::Apply, json),
            Self::Drift { json } => (OpenStackCommand::Drift, json),
            Self::Approve { finding, by, json } => {
                (OpenStackCommand::Approve { finding: *finding, by: by.clone() }, json)
            }
        };
        app::openstack(config, command, json.output()).await
    }
}

impl Intake {
    /// Runs it. Returns the exit code.
    pub async fn run(&self, config: &Config) -> anyhow::Result<u8> {
        let (act, decision) = match self {
            Self::Import { file, sheet: _, layout, dry_run, json } => {
                let kind = match layout {
                    Layout::Access => Kind::Access,
                    Layout::Quota => Kind::Quota,
                };
                return app::import(config, kind, file.as_deref(), *dry_run, json.output()).await;
            }
            Self::List { state, json } => return app::list(config, state.as_deref(), json.output()).await,
            Self::Remind { json } => return app::remind(config, json.output()).await,
            Self::Approve(decision) => (Act::Approve, decision),
            Self::Reject { reason, decision } => (Act::Reject(reason.clone()), decision),
            Self::Cancel(decision) => (Act::Cancel, decision),
            Self::Delegate { to, decision } => (Act::Delegate(to.clone()), decision),
            Self::Escalate { reason, decision } => (Act::Escalate(reason.clone()), decision),
            Self::Retry(decision) => (Act::Retry, decision),
        };
        let by = By::operator(&decision.by).on_behalf(decision.on_behalf.clone());
        app::act(config, &decision.id, &act, &by, decision.json.output()).await
    }
}

impl FirstPassword {
    /// Runs it. Returns the exit code.
    pub async fn run(&self, config: &Config) -> anyhow::Result<u8> {
        let Self::Renew { address, by, json } = self;
        app::renew_password(config, address, by, json.output()).await
    }
}
