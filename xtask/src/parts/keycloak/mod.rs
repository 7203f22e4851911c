//! Keycloak in production mode on PostgreSQL, with our extension, theme and realm.

pub mod admin;
mod distribution;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};
use nix::sys::signal::Signal;

use crate::layout::{self, Layout};
use crate::probe::Probe;
use crate::process::Spec;
use crate::progress::Step;
use crate::stack::ports::Ports;
use crate::stack::secrets::Secrets;
use crate::tools::{digest, java};

const NAME: &str = "keycloak";
/// The realm that the realm file describes.
pub const REALM: &str = "gatehouse";
/// The name of Keycloak's own administrator.
pub const ADMIN: &str = "admin";
/// The member of staff that a stack has from its start: user name and e-mail address.
pub const STAFF: &str = "staff@gatehouse.example";

/// A Keycloak that was built with our extension, shared by all stacks.
#[derive(Debug, Clone)]
pub struct Keycloak {
    built: PathBuf,
    java: PathBuf,
}

impl Keycloak {
    /// Fetches Keycloak, builds the extension, and lets Keycloak build itself around it, and around that of a peer when
    /// benchmarks are to be run.
    pub async fn prepare(for_bench: bool, step: &Step) -> Result<Self> {
        Ok(Self { built: distribution::built(for_bench, step).await?, java: java::java()? })
    }

    /// Lays out this stack's own Keycloak and tells how to run it.
    pub async fn lay_out(&self, layout: &Layout, ports: &Ports, secrets: &Secrets) -> Result<Spec> {
        let data = layout.data(NAME);
        let home = data.join("home");
        distribution::link_home(&self.built, &home, &data.join("data")).await?;
        Ok(Spec {
            name: NAME,
            program: home.join("bin/kc.sh"),
            args: ["start", "--optimized", "--import-realm"].map(Into::into).into(),
            env: self.environment(ports, secrets),
            log: layout.log(NAME),
            run_as: None,
            stop_signal: Signal::SIGTERM,
            ports: vec![ports.keycloak, ports.keycloak_management],
            probe: Probe::Http(vec![
                format!("http://127.0.0.1:{}/health/ready", ports.keycloak_management),
                format!("http://127.0.0.1:{}/realms/{REALM}", ports.keycloak),
            ]),
            patience: Duration::from_mins(10),
        })
    }

    fn environment(&self, ports: &Ports, secrets: &Secrets) -> Vec<(String, String)> {
        let gatehouse = ports.gatehouse_url();
        let seen = ports.seen_by_keycloak();
        let mut env = vec![
            ("JAVA_OPTS_KC_HEAP", "-Xms256m -Xmx768m".to_owned()),
            ("JAVA", self.java.display().to_string()),
            ("KC_DB_URL", format!("jdbc:postgresql://127.0.0.1:{}/keycloak", ports.postgres)),
            ("KC_DB_USERNAME", "keycloak".to_owned()),
            ("KC_DB_PASSWORD", secrets.postgres_keycloak.clone()),
            ("KC_CACHE", "local".to_owned()),
            ("KC_HTTP_ENABLED", "true".to_owned()),
            ("KC_HTTP_HOST", "127.0.0.1".to_owned()),
            ("KC_HTTP_PORT", ports.keycloak.to_string()),
            ("KC_HTTP_MANAGEMENT_HOST", "127.0.0.1".to_owned()),
            ("KC_HTTP_MANAGEMENT_PORT", ports.keycloak_management.to_string()),
            ("KC_HOSTNAME", ports.keycloak_url()),
            ("KC_BOOTSTRAP_ADMIN_USERNAME", ADMIN.to_owned()),
            ("KC_BOOTSTRAP_ADMIN_PASSWORD", secrets.keycloak_admin.clone()),
            // The client library would print its whole configuration and, without a broker, ten warnings a second.
            ("KC_LOG_LEVEL", "info,org.apache.kafka:error".to_owned()),
            // A changed template is seen at the next reload of the page.
            ("KC_SPI_THEME__CACHE_THEMES", "false".to_owned()),
            ("KC_SPI_THEME__CACHE_TEMPLATES", "false".to_owned()),
        ];
        env.extend([
            ("KC_SPI_EVENTS_LISTENER__GATEHOUSE__BOOTSTRAP_SERVERS", seen.kafka_bootstrap()),
            ("KC_SPI_GATEHOUSE_OTP__DEFAULT__URL", seen.gatehouse_url()),
            ("KC_SPI_GATEHOUSE_OTP__DEFAULT__SECRET", secrets.webhook.clone()),
            // Filled into the realm file when it is imported.
            ("GATEHOUSE_URL", gatehouse),
            ("GATEHOUSE_SERVICE_CLIENT_SECRET", secrets.service_client.clone()),
            ("GATEHOUSE_PORTAL_CLIENT_SECRET", secrets.portal_client.clone()),
            ("GATEHOUSE_SMTP_HOST", "127.0.0.1".to_owned()),
            ("GATEHOUSE_SMTP_PORT", ports.smtp.to_string()),
            ("GATEHOUSE_SMTP_FROM", "gatehouse@gatehouse.example".to_owned()),
        ]);
        env.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }

    /// Keycloak imports a realm only once: tells, after a start, whether the realm file has changed since then.
    pub fn realm_is_stale(layout: &Layout) -> Result<bool> {
        let now = digest::digest("realm", &[realm_file()])?;
        let note = layout.data(NAME).join("realm.digest");
        if let Ok(imported) = std::fs::read_to_string(&note) {
            return Ok(imported != now);
        }
        std::fs::write(&note, now).context("cannot note which realm was imported")?;
        Ok(false)
    }
}

fn realm_file() -> PathBuf {
    layout::root().join("realm-export/gatehouse-realm.json")
}
