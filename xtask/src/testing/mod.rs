//! Real parts for the Rust tests. Each function takes what the environment names or, without that, starts what is
//! needed and keeps it running in the background, so that the next run of a single test takes seconds. `cargo xtask
//! down` stops what was kept.

mod own;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::layout::{Build, Layout, root, target};
use crate::stack::description::{Description, Endpoints, KeystoneLogin};
use crate::stack::lock;

pub use crate::stack::links::Mode;
pub use own::OwnStack;

/// The Python client of Kafka that the example for billing systems is tried with.
const CONFLUENT_KAFKA: &str = "2.16.1";

// Asked for once in each test program.
static KEPT_POSTGRES: OnceCell<()> = OnceCell::const_new();
static KEPT_KAFKA: OnceCell<()> = OnceCell::const_new();
static KEPT_STACK: OnceCell<()> = OnceCell::const_new();
static KEPT_INBOX: OnceCell<()> = OnceCell::const_new();
static KEPT_KEYSTONE: OnceCell<()> = OnceCell::const_new();
static KEPT_QUOTA_SERVICES: OnceCell<()> = OnceCell::const_new();

/// PostgreSQL as its superuser, as `postgres://…`: a test makes a database of its own there.
///
/// Taken from `GATEHOUSE_TEST_POSTGRES` if that is set.
pub async fn postgres_url() -> Result<String> {
    if let Ok(url) = std::env::var("GATEHOUSE_TEST_POSTGRES") {
        return Ok(url);
    }
    let layout = layout("postgres");
    KEPT_POSTGRES.get_or_try_init(|| keep(&layout, "postgres")).await?;
    Ok(Endpoints::read(&layout.endpoints())?.postgres_admin_url)
}

/// Bootstrap servers of a Kafka that makes no topic by itself: a test makes topics of its own there.
///
/// Taken from `GATEHOUSE_TEST_KAFKA` if that is set.
pub async fn kafka_bootstrap() -> Result<String> {
    if let Ok(servers) = std::env::var("GATEHOUSE_TEST_KAFKA") {
        return Ok(servers);
    }
    let layout = layout("kafka");
    KEPT_KAFKA.get_or_try_init(|| keep(&layout, "kafka")).await?;
    Ok(Endpoints::read(&layout.endpoints())?.kafka_bootstrap)
}

/// A whole running stack: Keycloak with our realm, Kafka, PostgreSQL, the service and the inbox.
///
/// Its `stack.json` is the one that `GATEHOUSE_TEST_STACK` names, if that is set.
pub async fn stack() -> Result<Description> {
    if let Some(path) = std::env::var_os("GATEHOUSE_TEST_STACK") {
        return Description::read(&PathBuf::from(path));
    }
    let layout = layout("stack");
    KEPT_STACK.get_or_try_init(|| keep(&layout, "whole")).await?;
    Description::read(&layout.description())
}

/// Keycloak's own database in the stack that [`stack`] gives, as PostgreSQL's superuser.
pub async fn keycloak_database() -> Result<String> {
    let layout = if let Some(layout) = named_stack()? {
        layout
    } else {
        stack().await?;
        layout("stack")
    };
    Ok(Endpoints::read(&layout.endpoints())?.keycloak_database())
}

/// The stack whose `stack.json` the environment names.
fn named_stack() -> Result<Option<Layout>> {
    let Some(path) = std::env::var_os("GATEHOUSE_TEST_STACK").map(PathBuf::from) else { return Ok(None) };
    Ok(Some(Layout::new(path.parent().context("stack.json lies in a directory")?.to_path_buf())))
}

/// A whole stack for one test alone, which may kill its parts and start them again. It takes half a minute to start.
pub async fn own_stack() -> Result<OwnStack> {
    OwnStack::start([""; 0]).await
}

/// The same with links that can be cut and instances of the service that can be added.
///
/// With a program it runs that as the service, instead of the one of this tree.
pub async fn drill_stack(service: Option<&Path>) -> Result<OwnStack> {
    let service = service.map(|program| [OsStr::new("--service"), program.as_os_str()]);
    OwnStack::start([OsStr::new("--for-drill")].into_iter().chain(service.into_iter().flatten())).await
}

/// The service as it is in this tree, which a stack has built.
#[must_use]
pub fn service_program() -> PathBuf {
    target().join(Build::Debug.folder()).join("gatehouse")
}

/// The last commit on the way to this tree that lacks its newest migration: a release from there to here changes the
/// schema.
pub async fn commit_before_the_newest_migration() -> Result<String> {
    let newest = git(&["log", "-1", "--diff-filter=A", "--format=%H", "--", "migrations"]).await?;
    ensure!(
        !newest.is_empty(),
        "no commit has added a migration: this needs the repository with its history"
    );
    git(&["rev-parse", "--short", &format!("{newest}^")]).await
}

/// What git answers about this repository.
async fn git(words: &[&str]) -> Result<String> {
    let output =
        Command::new("git").args(words).current_dir(root()).output().await.context("cannot run git")?;
    let answer = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    ensure!(
        output.status.success(),
        "git {} failed: {}",
        words.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(answer)
}

/// The service as it was at a commit, built in a folder of its own, which is kept: the first time takes as long as a
/// first build of this tree.
pub async fn service_program_of(commit: &str) -> Result<PathBuf> {
    let home = target().join("earlier");
    let (source, build) = (home.join("source"), home.join("target"));
    std::fs::create_dir_all(&home)?;
    let mut git = Command::new("git");
    if source.exists() {
        git.args(["-C".as_ref(), source.as_os_str()]).args(["checkout", "--quiet", "--detach", commit]);
    } else {
        git.args(["worktree", "add", "--quiet", "--detach"]).arg(&source).arg(commit);
    }
    ensure!(git.current_dir(root()).status().await?.success(), "git has no commit {commit}");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--locked", "--package=gatehouse", "--bin=gatehouse", "--target-dir"]).arg(&build);
    ensure!(cargo.current_dir(&source).status().await?.success(), "{commit} could not be built");
    Ok(build.join("debug/gatehouse"))
}

/// The same with the service as it is released and a database that waits for its disk.
pub async fn bench_stack() -> Result<OwnStack> {
    OwnStack::start(["--for-bench"]).await
}

/// An inbox with its mail server, without the rest: where text messages and mails of a test can go.
///
/// That of the stack which `GATEHOUSE_TEST_STACK` names, if that is set.
pub async fn inbox() -> Result<Inbox> {
    let layout = if let Some(layout) = named_stack()? {
        layout
    } else {
        let layout = layout("inbox");
        KEPT_INBOX.get_or_try_init(|| keep(&layout, "inbox")).await?;
        layout
    };
    let Endpoints { inbox_url, smtp_port, .. } = Endpoints::read(&layout.endpoints())?;
    Ok(Inbox { sns_endpoint: format!("{inbox_url}/sns"), url: inbox_url, smtp_port })
}

/// A Keystone with its administrator: a test makes projects and users of its own there.
///
/// That of the stack which `GATEHOUSE_TEST_STACK` names, if it has one.
pub async fn keystone() -> Result<KeystoneLogin> {
    if let Some(path) = std::env::var_os("GATEHOUSE_TEST_STACK").map(PathBuf::from)
        && let Some(keystone) = Description::read(&path)?.keystone
    {
        return Ok(keystone);
    }
    let layout = layout("keystone");
    KEPT_KEYSTONE.get_or_try_init(|| keep(&layout, "keystone")).await?;
    Endpoints::read(&layout.endpoints())?.keystone.context("the stack was started without Keystone")
}

/// A Keystone of its own with Nova, Neutron and Cinder beside it, whose addresses its catalogue does not name yet.
pub async fn quota_services() -> Result<(KeystoneLogin, [String; 3])> {
    let layout = layout("quota-services");
    KEPT_QUOTA_SERVICES.get_or_try_init(|| keep(&layout, "quota-services")).await?;
    let Endpoints { keystone, quota_services, .. } = Endpoints::read(&layout.endpoints())?;
    let urls = quota_services.map(|port| format!("http://127.0.0.1:{port}"));
    Ok((keystone.context("the stack was started without Keystone")?, urls))
}

/// A Python that has `keystoneauth1` and the `openstack` command beside it: what people use against Keystone.
pub async fn keystone_python() -> Result<PathBuf> {
    let step = crate::progress::Progress::new().step("keystone");
    Ok(crate::parts::keystone::Keystone::prepare(&step).await?.python())
}

/// A Python that has what `docs/examples/billing_consumer.py` needs.
pub async fn consumer_python() -> Result<PathBuf> {
    let step = crate::progress::Progress::new().step("consumer");
    let home = crate::layout::cache().join(format!("consumer-{CONFLUENT_KAFKA}"));
    std::fs::create_dir_all(crate::layout::cache())?;
    crate::tools::python::environment(&home, &[&format!("confluent-kafka=={CONFLUENT_KAFKA}")], &step)
        .await?;
    Ok(home.join("bin/python"))
}

/// The jars of Kafka Connect with Debezium's JDBC sink: a peer of the benchmarks.
pub async fn kafka_connect() -> Result<PathBuf> {
    crate::tools::peers::kafka_connect().await
}

/// Whether a stack for benchmarks has Phase Two's extension for Keycloak: it needs Java 21.
pub fn has_phase_two() -> Result<bool> {
    crate::tools::peers::has_phase_two()
}

/// Ory Kratos, built from the Go registry: a peer of the benchmarks.
pub async fn kratos() -> Result<PathBuf> {
    crate::tools::peers::kratos().await
}

/// Prometheus' tool that tests alerts, built from the Go registry at the first call.
pub async fn promtool() -> Result<PathBuf> {
    static BUILT: OnceCell<PathBuf> = OnceCell::const_new();
    BUILT.get_or_try_init(crate::tools::go::promtool).await.cloned()
}

/// PostgreSQL's own benchmark.
pub fn pgbench() -> Result<PathBuf> {
    crate::tools::peers::pgbench()
}

/// The Java that runs peers.
pub fn java() -> Result<PathBuf> {
    crate::tools::java::java()
}

/// Where what a benchmark measured is kept.
#[must_use]
pub fn bench_results() -> PathBuf {
    target().join("bench")
}

/// Runs a program to its end, or to Ctrl-C, and says what went wrong. Whatever runs is dropped then, and with it its stack.
pub async fn program(run: impl Future<Output = Result<ExitCode>>) -> ExitCode {
    let ended = tokio::select! {
        ended = run => ended,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("stopped")),
    };
    ended.unwrap_or_else(|error| {
        eprintln!("\nerror: {error:#}");
        ExitCode::FAILURE
    })
}

/// Where an inbox is.
#[derive(Debug, Clone)]
pub struct Inbox {
    /// Its page and API.
    pub url: String,
    /// Its part that speaks the SNS protocol.
    pub sns_endpoint: String,
    /// Its part that speaks SMTP, on the loopback interface.
    pub smtp_port: u16,
}

/// The state of everything that may have been kept running.
pub(crate) fn kept() -> [Layout; 6] {
    ["stack", "postgres", "kafka", "inbox", "keystone", "quota-services"].map(layout)
}

fn layout(name: &str) -> Layout {
    Layout::new(target().join("test-services").join(name))
}

/// The command that starts a stack for tests, from empty.
fn up(layout: &Layout, scope: &str) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["run", "--quiet", "--bin=xtask", "--", "up", "--fresh", "--for-tests"])
        .args(["--scope", scope, "--state"])
        .arg(layout.state())
        .current_dir(root())
        .stdin(Stdio::null());
    cargo
}

/// Starts a background stack, unless one runs. Test programs that ask at the same time wait for the first.
async fn keep(layout: &Layout, scope: &str) -> Result<()> {
    let turn = layout.state().with_extension("turn");
    std::fs::create_dir_all(layout.state())?;
    let turn = std::fs::File::create(&turn).context("cannot take turns")?;
    let _turn = tokio::task::spawn_blocking(move || turn.lock().map(|()| turn)).await??;
    if lock::is_held(layout)? && layout.ready().exists() {
        return Ok(());
    }
    let mut up = up(layout, scope);
    let status = up.arg("--detach").status().await.context("cannot run cargo xtask up")?;
    ensure!(status.success(), "the test services did not start: see {}", layout.log("up").display());
    Ok(())
}
