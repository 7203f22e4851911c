//! `cargo xtask test`: every test, against real parts.

use std::path::PathBuf;
use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::process::Command;

use crate::cli::Test;
use crate::layout::{Build, Layout, root, target};
use crate::parts::postgres::Durability;
use crate::progress::{Progress, human};
use crate::release::{self, Part};
use crate::stack::description::Endpoints;
use crate::stack::ports::Ports;
use crate::stack::{Plan, Scope, Stack, lock};
use crate::tools::{browser, helm, maven};

/// One kind of test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Format,
    Clippy,
    Java,
    Chart,
    Rust,
    Browser,
    Drill,
}

impl Step {
    const ALL: [Self; 7] =
        [Self::Format, Self::Clippy, Self::Java, Self::Chart, Self::Rust, Self::Browser, Self::Drill];

    fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Clippy => "clippy",
            Self::Java => "java",
            Self::Chart => "chart",
            Self::Rust => "rust",
            Self::Browser => "browser",
            Self::Drill => "drill",
        }
    }

    fn needs_stack(self) -> bool {
        matches!(self, Self::Rust | Self::Browser)
    }
}

/// What came of a step.
struct Outcome {
    name: &'static str,
    time: Duration,
    result: Result<()>,
}

/// Runs the steps, all of them even if one fails, and sums up.
///
/// A filter that is the name of a step runs that step; any other runs the Rust tests whose name contains it.
pub async fn run(test: &Test) -> Result<ExitCode> {
    let named = Step::ALL.into_iter().find(|step| Some(step.name()) == test.filter.as_deref());
    let steps = match (named, &test.filter) {
        (Some(step), _) => vec![step],
        (None, Some(_)) => vec![Step::Rust],
        (None, None) => Step::ALL.to_vec(),
    };
    let filter = test.filter.as_deref().filter(|_| named.is_none());

    let mut outcomes = Vec::new();
    // A drill has a stack of its own, and the machine to itself.
    let (drill, steps): (Vec<_>, Vec<_>) = steps.into_iter().partition(|step| *step == Step::Drill);
    let (alone, with_stack): (Vec<_>, Vec<_>) = steps.into_iter().partition(|step| !step.needs_stack());
    for step in alone {
        outcomes.push(timed(step.name(), Box::pin(run_step(step, None))).await);
    }
    if !with_stack.is_empty() {
        run_with_stack(&with_stack, filter, &mut outcomes).await;
    }
    for step in drill {
        outcomes.push(timed(step.name(), Box::pin(run_step(step, None))).await);
    }
    Ok(sum_up(&outcomes))
}

async fn run_with_stack(steps: &[Step], filter: Option<&str>, outcomes: &mut Vec<Outcome>) {
    let layout = Layout::new(target().join("test-stack"));
    let mut stack = None;
    let started = timed("stack", async {
        stack = Some(start_stack(&layout).await?);
        Ok(())
    });
    outcomes.push(started.await);
    let Some((stack, _lock)) = stack else { return };
    for step in steps {
        let services = Services { layout: &layout, filter };
        outcomes.push(timed(step.name(), Box::pin(run_step(*step, Some(&services)))).await);
    }
    stack.stop().await;
}

async fn start_stack(layout: &Layout) -> Result<(Stack, lock::Lock)> {
    let Some(lock) = lock::take(layout)? else {
        bail!("other tests are running in {}: wait for them", layout.state().display());
    };
    layout.clear()?;
    let plan = Plan {
        layout: layout.clone(),
        ports: Ports::free(false)?,
        scope: Scope::Whole,
        durability: Durability::Thrown,
        build: Build::Debug,
        service: None,
        demo: false,
        openstack: true,
    };
    Ok((Box::pin(Stack::start(plan, &Progress::new())).await?, lock))
}

/// What tests are told of the running stack.
struct Services<'a> {
    layout: &'a Layout,
    filter: Option<&'a str>,
}

impl Services<'_> {
    fn environment(&self) -> Result<[(&'static str, String); 3]> {
        let endpoints = Endpoints::read(&self.layout.endpoints())?;
        Ok([
            ("GATEHOUSE_TEST_POSTGRES", endpoints.postgres_admin_url),
            ("GATEHOUSE_TEST_KAFKA", endpoints.kafka_bootstrap),
            ("GATEHOUSE_TEST_STACK", self.layout.description().display().to_string()),
        ])
    }
}

async fn run_step(step: Step, services: Option<&Services<'_>>) -> Result<()> {
    let mut environment = Vec::new();
    if let Some(services) = services {
        environment.extend(services.environment()?);
    }
    match step {
        Step::Format => call(cargo(&["fmt", "--all", "--check"])).await,
        Step::Clippy => {
            let clippy = ["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny=warnings"];
            call(cargo(&clippy)).await
        }
        Step::Java => {
            let mut maven = maven::command()?;
            maven.args(["--batch-mode", "--no-transfer-progress", "verify"]);
            call(maven.current_dir(root().join("keycloak-extension"))).await?;
            release::check(&[Part::Extension, Part::Theme], &target().join("test-dist")).await
        }
        Step::Chart => chart().await,
        Step::Rust => {
            let mut cargo = cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]);
            if let Some(filter) = services.and_then(|services| services.filter) {
                cargo.arg(filter);
            }
            call(cargo.envs(environment)).await
        }
        Step::Drill => {
            call(cargo(&[
                "run",
                "--quiet",
                "--locked",
                "--package=gatehouse",
                "--example=drill",
                "--",
                "--short",
            ]))
            .await
        }
        Step::Browser => {
            let project = root().join("tests/browser");
            let chromium = browser::chromium().await?;
            for words in [&["ci", "--no-audit", "--no-fund"][..], &["run", "check"], &["test"]] {
                let mut npm = browser::npm()?;
                npm.args(words)
                    .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
                    .env("GATEHOUSE_TEST_CHROMIUM", &chromium);
                call(npm.envs(environment.clone()).current_dir(&project)).await?;
            }
            Ok(())
        }
    }
}

/// Lints the chart with each of its values files, renders it, and compares the result with the schemas of Kubernetes.
async fn chart() -> Result<()> {
    let (helm, validate) = (helm::helm().await?, helm::kubernetes_validate().await?);
    let chart = root().join("charts/gatehouse");
    let kubernetes = helm::KUBERNETES.rsplit_once('.').map_or(helm::KUBERNETES, |(minor, _)| minor);
    for name in ["minimal", "full"] {
        let values = chart.join(format!("ci/{name}-values.yaml"));
        let mut lint = Command::new(&helm);
        lint.args(["lint", "--strict", "--kube-version", helm::KUBERNETES, "--values"]).arg(&values);
        call(lint.arg(&chart)).await?;
        let manifests = target().join(format!("chart-{name}.yaml"));
        helm::render(&helm, &chart, &values, &manifests).await?;
        let mut compare = Command::new(&validate);
        // The kinds of the Prometheus operator are not among Kubernetes' own.
        call(compare.args(["--strict", "--quiet", "--no-warn", "-k", kubernetes]).arg(&manifests)).await?;
    }
    Ok(())
}

fn cargo(args: &[&str]) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").map_or(PathBuf::from("cargo"), PathBuf::from));
    cargo.args(args).current_dir(root());
    cargo
}

/// Runs a command that speaks for itself.
async fn call(mut command: impl std::borrow::BorrowMut<Command>) -> Result<()> {
    let command = command.borrow_mut();
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let words = command.as_std().get_args().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let name = program.rsplit('/').next().unwrap_or_default().to_owned();
    println!("$ {name} {words}");
    let status = command.stdin(Stdio::null()).kill_on_drop(true).status().await;
    let status = status.with_context(|| format!("cannot run {name}"))?;
    anyhow::ensure!(status.success(), "{name} {words}: {status}");
    Ok(())
}

async fn timed(name: &'static str, work: impl Future<Output = Result<()>>) -> Outcome {
    println!("\n── {name} ──");
    let began = Instant::now();
    let result = work.await;
    if let Err(error) = &result {
        println!("{name}: {error:#}");
    }
    Outcome { name, time: began.elapsed(), result }
}

fn sum_up(outcomes: &[Outcome]) -> ExitCode {
    println!("\n── summary ──");
    for Outcome { name, time, result } in outcomes {
        let mark = if result.is_ok() { '✓' } else { '✗' };
        println!("{mark} {name:<8} {}", human(*time));
    }
    let failed = outcomes.iter().filter(|outcome| outcome.result.is_err()).count();
    println!("steps: {} passed, {failed} failed", outcomes.len() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
