//! Keystone, OpenStack's identity service, from PyPI: under uWSGI, with SQLite.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use nix::sys::signal::Signal;
use tokio::process::Command;

use crate::layout::{Layout, cache, write_private};
use crate::probe::Probe;
use crate::process::Spec;
use crate::progress::Step;
use crate::stack::secrets::Secrets;
use crate::tools::{command, python};

const NAME: &str = "keystone";
/// Pinned, so that a stack of today is one of tomorrow. The last is for people and tests: `openstack token issue`.
const PACKAGES: [&str; 3] = ["keystone==30.0.0", "uwsgi==2.0.31", "python-openstackclient==10.5.0"];
/// The name of Keystone's administrator.
pub const ADMIN: &str = "admin";
/// The project of administrators.
pub const ADMIN_PROJECT: &str = "admin";

/// Keystone with its Python.
#[derive(Debug, Clone)]
pub struct Keystone {
    home: PathBuf,
}

impl Keystone {
    /// Fetches Keystone; uWSGI is compiled on the way.
    pub async fn prepare(step: &Step) -> Result<Self> {
        let home = cache().join(format!("{NAME}-30.0.0"));
        std::fs::create_dir_all(cache())?;
        python::environment(&home, &PACKAGES, step).await?;
        Ok(Self { home })
    }

    /// The Python that has its packages.
    #[must_use]
    pub fn python(&self) -> PathBuf {
        self.home.join("bin/python")
    }

    /// Makes keys and database at the first start, and tells how to run it.
    pub async fn lay_out(&self, layout: &Layout, port: u16, secrets: &Secrets, step: &Step) -> Result<Spec> {
        let data = layout.data(NAME);
        for folder in ["fernet", "credential"] {
            std::fs::create_dir_all(data.join(folder)).context("cannot make Keystone's folders")?;
        }
        write_private(&data.join("keystone.conf"), &configuration(&data))?;
        step.stage("making the database");
        self.manage(&data, &["db_sync"], None, step).await?;
        let own = id_arguments();
        for setup in ["fernet_setup", "credential_setup"] {
            let mut args = vec![setup];
            args.extend(own.iter().map(String::as_str));
            self.manage(&data, &args, None, step).await?;
        }
        // Repeatable, and it brings the address in the catalogue up to date when the port has changed.
        let url = format!("http://localhost:{port}/v3");
        let mut args = vec!["bootstrap", "--bootstrap-region-id", "RegionOne"];
        for interface in ["--bootstrap-public-url", "--bootstrap-internal-url", "--bootstrap-admin-url"] {
            args.extend([interface, &url]);
        }
        self.manage(&data, &args, Some(&secrets.keystone_admin), step).await?;
        Ok(self.spec(layout, &data, port))
    }

    async fn manage(&self, data: &Path, args: &[&str], password: Option<&str>, step: &Step) -> Result<()> {
        let mut manage = Command::new(self.home.join("bin/keystone-manage"));
        manage.arg("--config-file").arg(data.join("keystone.conf")).args(args);
        // In the environment: arguments are seen by everybody on the machine.
        manage.envs(password.map(|password| ("OS_BOOTSTRAP_PASSWORD", password)));
        command::run(&mut manage, &format!("keystone-manage {}", args[0]), step, |_| None).await
    }

    fn spec(&self, layout: &Layout, data: &Path, port: u16) -> Spec {
        let mut args: Vec<String> = ["--http-socket".to_owned(), format!("127.0.0.1:{port}")].into();
        args.extend(
            [
                "--module=keystone.wsgi.api:application",
                "--master",
                "--die-on-term",
                "--lazy-apps",
                // One request at a time: with two, SQLite answers "database is locked" to whoever reads first and
                // then writes, at once and whatever its timeout, and lists lack what is being written.
                "--processes=1",
                "--threads=1",
                // Tokens of people with many roles make long headers.
                "--buffer-size=65535",
                "--disable-logging",
                // This server ends a connection after each answer, and says so: clients would use it again otherwise.
                "--add-header=Connection: close",
            ]
            .map(str::to_owned),
        );
        Spec {
            name: NAME,
            program: self.home.join("bin/uwsgi"),
            args: args.into_iter().map(Into::into).collect(),
            env: vec![
                ("OS_KEYSTONE_CONFIG_DIR".to_owned(), data.display().to_string()),
                ("OS_KEYSTONE_CONFIG_FILES".to_owned(), data.join("keystone.conf").display().to_string()),
            ],
            log: layout.log(NAME),
            run_as: None,
            stop_signal: Signal::SIGTERM,
            ports: vec![port],
            probe: Probe::Http(vec![format!("http://127.0.0.1:{port}/v3")]),
            patience: Duration::from_mins(3),
        }
    }
}

fn configuration(data: &Path) -> String {
    let data = data.display();
    format!(
        "[DEFAULT]\nuse_stderr = true\n\
         [database]\nconnection = sqlite:///{data}/keystone.db\nsqlite_synchronous = false\n\
         [fernet_tokens]\nkey_repository = {data}/fernet\n\
         [credential]\nkey_repository = {data}/credential\n\
         [token]\nprovider = fernet\n\
         [federation]\ntrusted_dashboard =\n"
    )
}

/// Whom the keys belong to: whoever runs the stack.
fn id_arguments() -> [String; 4] {
    let (user, group) = (nix::unistd::getuid(), nix::unistd::getgid());
    ["--keystone-user".to_owned(), user.to_string(), "--keystone-group".to_owned(), group.to_string()]
}
