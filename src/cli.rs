//! The subcommands of the binary.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

mod admission;
mod cloud;
mod factors;

use crate::{
    app::{self, Config, Role},
    platform::{db, telemetry},
};

/// The companion that makes Keycloak the front door of a cloud.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Cli {
    /// A TOML file that overrides the built-in defaults; the environment (`GATEHOUSE__SECTION__KEY`)
    /// overrides both.
    #[arg(long, global = true, env = "GATEHOUSE_CONFIG")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the service, or a part of it.
    Serve {
        /// What this process does.
        #[arg(long, value_delimiter = ',', default_value = "api,worker,consumer")]
        roles: Vec<Role>,
    },
    /// Brings the database schema up to date and ends.
    Migrate,
    /// Compares everybody in Keycloak with the directory, has what differs sent again, and says how
    /// many were missing, extra and different.
    Resync,
    /// Has records published again, each with a higher revision.
    Publish {
        /// Every record there is.
        #[arg(long, group = "which")]
        all: bool,
        /// After the database was restored from a backup, with the workers stopped: what the topics hold and the store
        /// does not know. Revisions go on above those of the topics.
        #[arg(long, group = "which")]
        after_restore: bool,
        /// The record of this person or company, by id; may be given several times.
        #[arg(long, group = "which", required_unless_present = "which")]
        key: Vec<String>,
    },
    /// Projects and users in OpenStack: what is wanted, what is there, what others made.
    #[command(subcommand, name = "openstack")]
    OpenStack(cloud::OpenStack),
    /// Requests for accounts, projects and quotas.
    #[command(subcommand)]
    Intake(cloud::Intake),
    /// Links by which people set their first password.
    #[command(subcommand)]
    FirstPassword(cloud::FirstPassword),
    /// Who may sign up while the launch is closed.
    #[command(subcommand)]
    Admission(admission::Admission),
    /// Second factors.
    #[command(subcommand)]
    Factors(factors::Factors),
    /// Reads the configuration, says what is wrong with it and ends.
    CheckConfig,
}

/// Parses the command line and runs the command. Errors end on standard error.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match execute(&cli) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("gatehouse: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the command; the number is the exit code.
fn execute(cli: &Cli) -> anyhow::Result<u8> {
    let config = Config::load(cli.config.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = match &cli.command {
        Command::OpenStack(command) => return runtime.block_on(command.run(&config)),
        Command::Intake(command) => return runtime.block_on(command.run(&config)),
        Command::FirstPassword(command) => return runtime.block_on(command.run(&config)),
        Command::Admission(command) => return runtime.block_on(command.run(&config)),
        Command::Factors(command) => return runtime.block_on(command.run(&config)),
        Command::CheckConfig => {
            println!("the configuration is complete and consistent");
            Ok(())
        }
        Command::Migrate => runtime.block_on(async {
            db::MIGRATIONS.run(&db::pool(&config.database)?).await?;
            println!("the database schema is up to date");
            Ok(())
        }),
        Command::Resync => runtime.block_on(app::resync(&config)),
        Command::Publish { all: true, .. } => runtime.block_on(app::publish_all(&config)),
        Command::Publish { after_restore: true, .. } => runtime.block_on(app::publish_after_restore(&config)),
        Command::Publish { key, .. } => runtime.block_on(app::publish_keys(&config, key)),
        Command::Serve { roles } => {
            let telemetry = telemetry::init(&config.telemetry)?;
            let served = runtime.block_on(app::serve(config, roles, telemetry.metrics.clone()));
            telemetry.flush();
            served
        }
    };
    done.map(|()| 0)
}
