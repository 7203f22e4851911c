//! The service itself, built by Cargo and configured by its environment.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use nix::sys::signal::Signal;
use tokio::process::Command;

use crate::layout::{Build, Layout, root, target};
use crate::parts::keycloak::REALM;
use crate::parts::keystone;
use crate::probe::Probe;
use crate::process::Spec;
use crate::progress::Step;
use crate::stack::ports::Ports;
use crate::stack::secrets::Secrets;
use crate::tools::command;

const NAME: &str = "gatehouse";
/// Its further instances, which run only when a drill starts them.
const FURTHER: [&str; 2] = ["gatehouse-2", "gatehouse-3"];
/// The client that the service signs in to Keycloak as.
pub const SERVICE_CLIENT: &str = "gatehouse-service";

/// The built service.
#[derive(Debug, Clone)]
pub struct Gatehouse {
    binary: PathBuf,
}

impl Gatehouse {
    /// Builds the service; for tests as those are built, so that they share the work.
    pub async fn prepare(build: Build, step: &Step) -> Result<Self> {
        compile(build, &root(), [], step).await?;
        Ok(Self { binary: target().join(build.folder()).join("gatehouse") })
    }

    /// The same as another program, if there is one.
    #[must_use]
    pub fn or(self, other: Option<PathBuf>) -> Self {
        Self { binary: other.unwrap_or(self.binary) }
    }

    /// Tells how to run further instances of it.
    #[must_use]
    pub fn further(&self, layout: &Layout, ports: &Ports, secrets: &Secrets) -> Vec<Spec> {
        let Some(drill) = &ports.drill else { return Vec::new() };
        let instances = FURTHER.into_iter().zip(drill.instances);
        let further = instances.map(|(name, (gatehouse, gatehouse_operations))| {
            let own = Ports { gatehouse, gatehouse_operations, ..ports.clone() };
            let mut spec = self.spec(layout, &own, secrets, false);
            spec.env.push(("GATEHOUSE__HTTP__PUBLIC_URL".to_owned(), ports.gatehouse_url()));
            Spec { name, log: layout.log(name), ..spec }
        });
        further.collect()
    }

    /// Tells how to run it.
    #[must_use]
    pub fn spec(&self, layout: &Layout, ports: &Ports, secrets: &Secrets, with_keystone: bool) -> Spec {
        let mut env = environment(ports, secrets);
        if with_keystone {
            env.extend(keystone_environment(ports, secrets));
        }
        Spec {
            name: NAME,
            program: self.binary.clone(),
            args: vec!["serve".into()],
            env,
            log: layout.log(NAME),
            run_as: None,
            stop_signal: Signal::SIGTERM,
            ports: vec![ports.gatehouse, ports.gatehouse_operations],
            probe: Probe::Http(vec![format!("http://127.0.0.1:{}/health/ready", ports.gatehouse_operations)]),
            patience: Duration::from_mins(1),
        }
    }
}

/// The database of the service, with its own user.
#[must_use]
pub fn database_url(ports: &Ports, secrets: &Secrets) -> String {
    format!("postgres://gatehouse:{}@localhost:{}/gatehouse", secrets.postgres_gatehouse, ports.postgres)
}

fn environment(ports: &Ports, secrets: &Secrets) -> Vec<(String, String)> {
    let seen = ports.seen_by_service();
    [
        ("GATEHOUSE__PROFILE", "development".to_owned()),
        ("GATEHOUSE__HTTP__LISTEN", format!("127.0.0.1:{}", ports.gatehouse)),
        ("GATEHOUSE__HTTP__OPERATIONS_LISTEN", format!("127.0.0.1:{}", ports.gatehouse_operations)),
        ("GATEHOUSE__HTTP__PUBLIC_URL", ports.gatehouse_url()),
        ("GATEHOUSE__DATABASE__URL", database_url(&seen, secrets)),
        ("GATEHOUSE__KAFKA__BOOTSTRAP_SERVERS", format!("127.0.0.1:{}", seen.kafka)),
        ("GATEHOUSE__KEYCLOAK__URL", ports.keycloak_url()),
        ("GATEHOUSE__KEYCLOAK__REALM", REALM.to_owned()),
        ("GATEHOUSE__KEYCLOAK__CLIENT_ID", SERVICE_CLIENT.to_owned()),
        ("GATEHOUSE__KEYCLOAK__CLIENT_SECRET", secrets.service_client.clone()),
        ("GATEHOUSE__PORTAL__CLIENT_SECRET", secrets.portal_client.clone()),
        ("GATEHOUSE__WEBHOOK__SECRETS", format!("[\"{}\"]", secrets.webhook)),
        ("GATEHOUSE__OTP__PEPPERS", format!("[\"1:{}\"]", secrets.otp_pepper)),
        ("GATEHOUSE__OTP__ORIGIN_HOST", "localhost".to_owned()),
        // Everybody here comes from one address, and the load of all drills asks for more codes in an hour than the
        // hundredfold that the profile allows an address.
        ("GATEHOUSE__OTP__LIMITS__PER_ADDRESS", "1000".to_owned()),
        ("GATEHOUSE__MAIL__HOST", "127.0.0.1".to_owned()),
        ("GATEHOUSE__MAIL__PORT", ports.smtp.to_string()),
        ("GATEHOUSE__MAIL__TLS", "none".to_owned()),
        ("GATEHOUSE__MAIL__FROM", "Gatehouse <gatehouse@gatehouse.example>".to_owned()),
        ("GATEHOUSE__SMS__SNS__ENDPOINT", format!("{}/sns", ports.inbox_url())),
        ("GATEHOUSE__SMS__SNS__REGION", "ap-southeast-1".to_owned()),
        // The inbox wants a signed call but knows no accounts.
        ("GATEHOUSE__SMS__SNS__ACCESS_KEY_ID", "development".to_owned()),
        ("GATEHOUSE__SMS__SNS__SECRET_ACCESS_KEY", "development".to_owned()),
        // It counts for nothing while Keycloak's step that asks is disabled; one browser test makes it required.
        ("GATEHOUSE__ADMISSION__MODE", "closed".to_owned()),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into()
}

fn keystone_environment(ports: &Ports, secrets: &Secrets) -> [(String, String); 5] {
    [
        ("GATEHOUSE__KEYSTONE__AUTH_URL", ports.keystone_url()),
        ("GATEHOUSE__KEYSTONE__USERNAME", keystone::ADMIN.to_owned()),
        ("GATEHOUSE__KEYSTONE__PASSWORD", secrets.keystone_admin.clone()),
        ("GATEHOUSE__PASSWORDS__KEYS", format!("[\"1:{}\"]", secrets.passwords_key)),
        ("GATEHOUSE__INTAKE__HELP_DESK", "helpdesk@gatehouse.example".to_owned()),
    ]
    .map(|(key, value)| (key.to_owned(), value))
}

/// Has Cargo build the service from the sources in `root`, with these settings.
pub async fn compile(
    build: Build,
    root: &Path,
    settings: impl IntoIterator<Item = (&str, OsString)>,
    step: &Step,
) -> Result<()> {
    step.stage("building the service");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["build", "--locked", "--package=gatehouse", "--bin=gatehouse", build.flag()])
        .envs([("CARGO_TERM_PROGRESS_WHEN", "always"), ("CARGO_TERM_PROGRESS_WIDTH", "100")])
        .env("CARGO_TERM_COLOR", "never")
        .envs(settings)
        .current_dir(root);
    command::run(&mut cargo, "cargo build", step, building).await
}

/// Cargo's own progress line: `Building [=====>   ] 120/300: sqlx, tokio`.
fn building(line: &str) -> Option<String> {
    let rest = line.trim_start().strip_prefix("Building [")?;
    Some(rest.split_once("] ")?.1.to_owned())
}

#[cfg(test)]
mod tests {
    use super::building;

    #[test]
    fn the_progress_of_cargo_is_passed_on() {
        let line = "    Building [====>      ] 120/300: sqlx, tokio";
        assert_eq!(building(line).as_deref(), Some("120/300: sqlx, tokio"));
        assert_eq!(building("   Compiling sqlx v0.9.0"), None);
    }
}
