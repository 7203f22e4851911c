//! `cargo xtask up`: the whole system on this machine.

use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::Up;
use crate::layout::{Build, Layout};
use crate::parts::postgres::Durability;
use crate::progress::Progress;
use crate::stack::description::Description;
use crate::stack::ports::Ports;
use crate::stack::{Plan, Stack, lock};

/// Starts the stack and stays with it, unless it is to run in the background.
pub async fn run(up: &Up) -> Result<ExitCode> {
    let layout = layout(up)?;
    if up.detach {
        return detach::run(up, &layout).await;
    }
    let Some(_lock) = lock::take(&layout)? else {
        return already(&layout, up);
    };
    if up.fresh {
        layout.clear()?;
    }
    let mut end = End::listen()?;
    let ports = if up.for_tests { Ports::free(up.for_drill)? } else { Ports::fixed() };
    let durability = if up.for_tests && !up.for_bench { Durability::Thrown } else { Durability::Kept };
    let plan = Plan {
        layout: layout.clone(),
        ports,
        scope: up.scope,
        durability,
        build: if up.for_bench { Build::Release } else { Build::Debug },
        service: up.service.clone(),
        demo: up.demo,
        openstack: up.openstack,
    };
    let progress = Progress::new();
    let stack = tokio::select! {
        started = Stack::start(plan, &progress) => started?,
        () = end.asked() => bail!("stopped before everything was ready"),
    };
    std::fs::write(layout.ready(), "").context("cannot note that everything is ready")?;
    if up.scope == crate::stack::Scope::Whole {
        print!("{}", summary(&stack.description(), &layout, stack.realm_is_stale));
        print!("{}", stack.demo_people().unwrap_or_default());
    }
    stay(stack, &mut end, &layout).await
}

async fn stay(stack: Stack, end: &mut End, layout: &Layout) -> Result<ExitCode> {
    loop {
        tokio::select! {
            () = end.asked() => break,
            loss = stack.wait_for_loss() => eprintln!("{loss}"),
        }
    }
    eprintln!("\nStopping … (once more to stop at once)");
    let _ = std::fs::remove_file(layout.ready());
    tokio::select! {
        () = stack.stop() => {}
        // What is left is killed as the stack is dropped.
        () = end.asked() => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn layout(up: &Up) -> Result<Layout> {
    Ok(match &up.state {
        Some(state) => Layout::new(std::path::absolute(state)?),
        None => Layout::of_up(),
    })
}

fn already(layout: &Layout, up: &Up) -> Result<ExitCode> {
    if up.fresh {
        bail!("the stack is running: stop it first (Ctrl-C where it runs, or cargo xtask down)");
    }
    if !layout.ready().exists() {
        bail!("the stack is being started by another command");
    }
    println!("The stack is already running.");
    if let Ok(description) = Description::read(&layout.description()) {
        print!("{}", summary(&description, layout, false));
    }
    Ok(ExitCode::SUCCESS)
}

fn summary(stack: &Description, layout: &Layout, realm_is_stale: bool) -> String {
    let account = format!("{}/realms/{}/account", stack.keycloak_url, stack.realm);
    let mut text = format!(
        "
Gatehouse is ready.

  Sign up, sign in   {account}
  Inbox              {inbox}   every mail and text message ends here
  Gatehouse          {gatehouse}
  Keycloak admin     {keycloak}/admin   {admin} / {admin_password}
  Staff              {staff} / {staff_password}

  Kafka {kafka} · everything else is in {file}
",
        inbox = stack.inbox_url,
        gatehouse = stack.gatehouse_url,
        keycloak = stack.keycloak_url,
        admin = stack.keycloak_admin.username,
        admin_password = stack.keycloak_admin.password,
        staff = stack.staff.username,
        staff_password = stack.staff.password,
        kafka = stack.kafka_bootstrap,
        file = layout.description().display(),
    );
    if let Some(keystone) = &stack.keystone {
        let (url, user, password) = (&keystone.auth_url, &keystone.username, &keystone.password);
        let _ = writeln!(text, "  Keystone {url}   {user} / {password}");
    }
    if realm_is_stale {
        text += "\n  The realm file has changed since it was imported: `cargo xtask up --fresh` imports it again.\n";
    }
    text
}

/// Ctrl-C, or SIGTERM from `down`.
struct End {
    interrupt: Signal,
    terminate: Signal,
    _hang_up: Signal,
}

impl End {
    fn listen() -> Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            // A closed terminal does not end a stack that runs in the background.
            _hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

pub mod detach {
    //! Runs `up` in the background and tells how far it is until it is ready.

    use std::io::{Read as _, Seek as _, Write as _};
    use std::path::Path;
    use std::process::{ExitCode, Stdio};
    use std::time::Duration;

    use anyhow::{Context as _, Result, bail};
    use nix::sys::signal::Signal;
    use tokio::process::Command;

    use super::{End, already};
    use crate::cli::Up;
    use crate::layout::Layout;
    use crate::stack::lock;

    pub(super) async fn run(up: &Up, layout: &Layout) -> Result<ExitCode> {
        if lock::is_held(layout)? {
            return already(layout, up);
        }
        layout.create()?;
        let _ = std::fs::remove_file(layout.ready());
        let mut end = End::listen()?;
        let log = layout.log("up");
        let output =
            std::fs::File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut keeper = Command::new(std::env::current_exe()?)
            .args(arguments(up, layout))
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0)
            .spawn()
            .context("cannot start in the background")?;
        let mut told = 0;
        loop {
            tokio::select! {
                ended = keeper.wait() => {
                    tell(&log, &mut told)?;
                    bail!("the stack did not start ({})", ended?);
                }
                () = end.asked() => {
                    lock::signal(layout, Signal::SIGTERM)?;
                    bail!("stopped before everything was ready");
                }
                () = tokio::time::sleep(Duration::from_millis(200)) => {}
            }
            tell(&log, &mut told)?;
            if layout.ready().exists() {
                tokio::time::sleep(Duration::from_millis(100)).await;
                tell(&log, &mut told)?;
                println!("It runs in the background: cargo xtask down stops it.");
                return Ok(ExitCode::SUCCESS);
            }
        }
    }

    fn arguments(up: &Up, layout: &Layout) -> Vec<std::ffi::OsString> {
        let mut args: Vec<std::ffi::OsString> = vec!["up".into(), "--state".into(), layout.state().into()];
        let flags = [
            ("--fresh", up.fresh),
            ("--demo", up.demo),
            ("--openstack", up.openstack),
            ("--for-tests", up.for_tests),
            ("--for-drill", up.for_drill),
            ("--for-bench", up.for_bench),
        ];
        args.extend(flags.into_iter().filter(|(_, set)| *set).map(|(flag, _)| flag.into()));
        args.extend(up.service.iter().flat_map(|program| ["--service".into(), program.into()]));
        let scope = clap::ValueEnum::to_possible_value(&up.scope);
        args.extend(["--scope".into(), scope.map_or("whole".into(), |value| value.get_name().into())]);
        args
    }

    /// Passes on what the log has got since.
    fn tell(log: &Path, told: &mut u64) -> Result<()> {
        let mut file = std::fs::File::open(log)?;
        file.seek(std::io::SeekFrom::Start(*told))?;
        let mut text = Vec::new();
        *told += file.read_to_end(&mut text)? as u64;
        Ok(std::io::stdout().write_all(&text)?)
    }
}
