//! Nova, Neutron and Cinder, from PyPI: their API servers alone, under uWSGI, with SQLite. Without agents and without a
//! message queue they make nothing; they know the tokens of the Keystone beside them, and keep quotas.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use nix::sys::signal::Signal;
use tokio::process::Command;

use super::keystone::{ADMIN, ADMIN_PROJECT};
use crate::layout::{Layout, cache, write_private};
use crate::probe::Probe;
use crate::process::Spec;
use crate::progress::Step;
use crate::stack::ports::Ports;
use crate::stack::secrets::Secrets;
use crate::tools::{command, python};

/// Pinned, so that a stack of today is one of tomorrow.
const PACKAGES: [&str; 4] = ["nova==34.0.0", "neutron==29.0.0", "cinder==29.0.0", "uwsgi==2.0.31"];
/// Neutron's own migrations change constraints, which SQLite cannot: its tables are made from its models.
const NEUTRON_TABLES: &str = "\
import sys
from neutron.common import config
from neutron.db.migration.models import head
from neutron_lib.db import api
config.register_common_config_options()
config.init(['--config-file', sys.argv[1]])
head.get_metadata().create_all(api.get_context_manager().writer.get_engine())
";

/// The three with their Python.
#[derive(Debug, Clone)]
pub struct QuotaServices {
    home: PathBuf,
}

/// One of them.
struct Service {
    name: &'static str,
    module: &'static str,
    port: u16,
    /// What answers whoever asks.
    alive: &'static str,
}

impl Service {
    const fn new(name: &'static str, module: &'static str, port: u16, alive: &'static str) -> Self {
        Self { name, module, port, alive }
    }
}

impl QuotaServices {
    /// Fetches them, some 160 packages.
    pub async fn prepare(step: &Step) -> Result<Self> {
        let home = cache().join("quota-services-2026.1");
        std::fs::create_dir_all(cache())?;
        python::environment(&home, &PACKAGES, step).await?;
        Ok(Self { home })
    }

    /// Makes the databases at the first start, and tells how to run them.
    pub async fn lay_out(
        &self,
        layout: &Layout,
        ports: &Ports,
        secrets: &Secrets,
        step: &Step,
    ) -> Result<Vec<Spec>> {
        let [nova, neutron, cinder] = ports.quota_services;
        let services = [
            Service::new("nova", "nova.wsgi.osapi_compute:application", nova, "/"),
            Service::new("neutron", "neutron.wsgi.api:application", neutron, "/"),
            Service::new("cinder", "cinder.wsgi.api:application", cinder, "/healthcheck"),
        ];
        for service in &services {
            let data = layout.data(service.name);
            std::fs::create_dir_all(&data).context("cannot make a service's folder")?;
            let rules = self.home.join("etc").join(service.name).join("api-paste.ini");
            std::fs::copy(&rules, data.join("api-paste.ini")).context("cannot copy api-paste.ini")?;
            let text = configuration(service.name, &data, &ports.keystone_url(), secrets);
            write_private(&configured(layout, service.name), &text)?;
        }
        step.stage("making the databases");
        tokio::try_join!(
            self.migrate_nova(layout, step),
            self.migrate_neutron(layout, step),
            self.manage(layout, "cinder", &["db", "sync"], step),
        )?;
        Ok(services.iter().map(|service| self.spec(layout, service)).collect())
    }

    async fn migrate_nova(&self, layout: &Layout, step: &Step) -> Result<()> {
        for args in [["api_db", "sync"], ["cell_v2", "map_cell0"], ["db", "sync"]] {
            self.manage(layout, "nova", &args, step).await?;
        }
        Ok(())
    }

    async fn migrate_neutron(&self, layout: &Layout, step: &Step) -> Result<()> {
        let mut tables = Command::new(self.home.join("bin/python"));
        tables.args(["-c", NEUTRON_TABLES]).arg(configured(layout, "neutron"));
        command::run(&mut tables, "making Neutron's tables", step, |_| None).await
    }

    async fn manage(&self, layout: &Layout, name: &str, args: &[&str], step: &Step) -> Result<()> {
        let mut manage = Command::new(self.home.join(format!("bin/{name}-manage")));
        manage.arg("--config-file").arg(configured(layout, name)).args(args);
        command::run(&mut manage, &format!("{name}-manage {}", args.join(" ")), step, |_| None).await
    }

    fn spec(&self, layout: &Layout, service: &Service) -> Spec {
        let (name, port) = (service.name, service.port);
        let file = configured(layout, name).display().to_string();
        let args = [
            format!("--http-socket=127.0.0.1:{port}"),
            format!("--module={}", service.module),
            // Cinder reads its arguments, the others their environment.
            format!("--pyargv=--config-file {file}"),
            "--master".to_owned(),
            "--die-on-term".to_owned(),
            "--lazy-apps".to_owned(),
            // As with Keystone: SQLite, long tokens, and a server that ends each connection.
            "--processes=1".to_owned(),
            "--threads=1".to_owned(),
            "--buffer-size=65535".to_owned(),
            "--disable-logging".to_owned(),
            "--add-header=Connection: close".to_owned(),
        ];
        Spec {
            name,
            program: self.home.join("bin/uwsgi"),
            args: args.into_iter().map(Into::into).collect(),
            env: vec![
                ("OS_NOVA_CONFIG_DIR".to_owned(), layout.data(name).display().to_string()),
                ("OS_NEUTRON_CONFIG_FILES".to_owned(), file),
            ],
            log: layout.log(name),
            run_as: None,
            stop_signal: Signal::SIGTERM,
            ports: vec![port],
            probe: Probe::Http(vec![format!("http://127.0.0.1:{port}{}", service.alive)]),
            patience: Duration::from_mins(3),
        }
    }
}

fn configured(layout: &Layout, name: &str) -> PathBuf {
    layout.data(name).join(format!("{name}.conf"))
}

fn configuration(name: &str, data: &Path, keystone: &str, secrets: &Secrets) -> String {
    let data = data.display();
    let own = match name {
        "nova" => format!("[api_database]\nconnection = sqlite:///{data}/api.db\n"),
        "neutron" => "core_plugin = ml2\nservice_plugins = router\n".to_owned(),
        _ => String::new(),
    };
    let password = &secrets.keystone_admin;
    format!(
        "[DEFAULT]\nuse_stderr = true\ntransport_url = fake://\nauth_strategy = keystone\nstate_path = {data}\n\
         api_paste_config = {data}/api-paste.ini\n{own}\
         [database]\nconnection = sqlite:///{data}/main.db\nsqlite_synchronous = false\n\
         [oslo_concurrency]\nlock_path = {data}\n\
         [keystone_authtoken]\nauth_type = password\nauth_url = {keystone}\nwww_authenticate_uri = {keystone}\n\
         username = {ADMIN}\npassword = {password}\nproject_name = {ADMIN_PROJECT}\n\
         user_domain_id = default\nproject_domain_id = default\n"
    )
}
