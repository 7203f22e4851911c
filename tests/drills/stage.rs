//! Where a drill takes place: the stack, the history of its load, and what was done to it.

use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use xtask::{
    drill::{
        controls,
        history::{History, Operation, Outcome},
        invariants::{Evidence, Violation, check},
        observed::Log,
    },
    testing::{Mode, OwnStack},
};

use crate::{
    catalogue::Drill,
    load::Load,
    report::{Controls, Row},
    support::{admin::ServiceAccount, stack::Stack, unique},
};

/// How long everything may take to be right after the last fault was healed, on a busy machine.
pub const SETTLE_WITHIN: Duration = Duration::from_mins(3);
/// Acknowledged operations before the first fault, and after the last.
const CALM: usize = 10;
/// How long those may take.
const CALM_WITHIN: Duration = Duration::from_mins(3);
/// Whose logs must tell nothing.
const LOGGED: [&str; 4] = ["gatehouse", "gatehouse-2", "gatehouse-3", "keycloak"];

/// One stack with one history, for any number of drills.
pub struct Stage {
    pub own: OwnStack,
    pub stack: Stack,
    pub history: History,
    /// How long a soak is.
    pub soak: Duration,
    /// The commit whose service it began with, if not that of this tree.
    pub earlier: Option<String>,
    state: Mutex<State>,
}

struct State {
    webhook_secret: String,
    began: Instant,
    faults: Vec<String>,
    logs: Vec<Log>,
    /// What an earlier drill has reported.
    known: HashSet<Violation>,
}

impl Stage {
    /// Starts a stack from empty.
    pub async fn set(soak: Duration) -> Result<Arc<Self>> {
        Self::with(soak, None).await
    }

    /// Starts a stack whose service is that of a commit, else of the last one with an earlier schema.
    pub async fn before_upgrade(soak: Duration, commit: Option<&str>) -> Result<Arc<Self>> {
        let commit = match commit {
            Some(commit) => commit.to_owned(),
            None => xtask::testing::commit_before_the_newest_migration().await?,
        };
        eprintln!("   building the service of {commit} …");
        let program = xtask::testing::service_program_of(&commit).await?;
        Self::with(soak, Some((commit, program))).await
    }

    async fn with(soak: Duration, earlier: Option<(String, PathBuf)>) -> Result<Arc<Self>> {
        eprintln!("   starting a stack …");
        let (earlier, program) = earlier.unzip();
        let own = xtask::testing::drill_stack(program.as_deref()).await?;
        let stack = Stack::of(own.info.clone())?;
        let state = State {
            webhook_secret: own.info.webhook_secret.clone(),
            began: Instant::now(),
            faults: Vec::new(),
            logs: Vec::new(),
            known: HashSet::new(),
        };
        let history = History::new(format!("drill-{}.example", unique()));
        Ok(Arc::new(Self { own, stack, history, soak, earlier, state: Mutex::new(state) }))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The secret that the load signs its calls with.
    pub fn webhook_secret(&self) -> String {
        self.state().webhook_secret.clone()
    }

    /// Makes the load sign with another one.
    pub fn set_webhook_secret(&self, secret: &str) {
        secret.clone_into(&mut self.state().webhook_secret);
    }

    /// Runs one drill and says how it went.
    pub async fn perform(self: &Arc<Self>, drill: &Drill, seed: u64) -> Row {
        let first = self.history.operations().len();
        {
            let mut state = self.state();
            (state.began, state.faults) = (Instant::now(), Vec::new());
        }
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let load = Load::start(self, drill.name, seed);
        let disturbed = self.disturb(drill, &mut chance).await;
        let stopped = load.stop().await;
        let (evidence, settled) = self.settle(drill.breaks).await;
        let mut problems: Vec<String> =
            disturbed.and(stopped).err().into_iter().map(|error| format!("{error:#}")).collect();
        let mut shown = Controls::default();
        match evidence {
            Err(error) => problems.push(format!("nothing could be looked at: {error:#}")),
            Ok(evidence) => {
                problems.extend(self.news(drill, check(&evidence)));
                // A loss that was wanted is a control itself, and who is lost already cannot be lost once more.
                let damages = drill.breaks.is_empty().then(|| controls::run(&evidence, &mut chance));
                for (control, noticed) in damages.into_iter().flatten() {
                    shown.count(noticed);
                    if noticed == Some(false) {
                        problems.push(format!("the checker does not see that {}", control.damage));
                    }
                }
            }
        }
        if !drill.breaks.is_empty()
            && let Err(error) = self.repair().await
        {
            problems.push(format!("{error:#}"));
        }
        let operations = self.history.operations();
        Row {
            drill: drill.name,
            number: drill.number,
            seed,
            operations: count(&operations[first..]),
            faults: std::mem::take(&mut self.state().faults),
            settled_seconds: settled.as_secs_f64(),
            controls: shown,
            problems,
        }
    }

    async fn disturb(&self, drill: &Drill, chance: &mut ChaCha8Rng) -> Result<()> {
        self.calm().await?;
        (drill.faults)(self, chance).await?;
        self.calm().await
    }

    /// Waits until the load has got some more acknowledged, a code among it: without codes half of it would stand still
    /// unseen.
    pub async fn calm(&self) -> Result<()> {
        let (target, codes) = (self.history.acknowledged() + CALM, self.history.accepted_codes());
        let began = Instant::now();
        loop {
            let missing = target.saturating_sub(self.history.acknowledged());
            let has_code = self.history.accepted_codes() > codes;
            if missing == 0 && has_code {
                return Ok(());
            }
            ensure!(
                began.elapsed() < CALM_WITHIN,
                "the load came to a halt: {missing} of {CALM} were not done, a code was accepted: {has_code}"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Notes a fault for the table.
    pub fn note(&self, what: impl std::fmt::Display) {
        let mut state = self.state();
        let line = format!("{:.0} s {what}", state.began.elapsed().as_secs_f64());
        eprintln!("   {line}");
        state.faults.push(line);
    }

    /// Lets a fault last.
    pub async fn last(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// Ends a part as a power cut would, and starts it again.
    pub async fn kill(&self, part: &str) -> Result<()> {
        self.note(format_args!("kill -9 {part}"));
        self.own.kill(part).await?;
        self.start(part, &[]).await
    }

    /// Starts a part that has ended, with further variables of its environment.
    pub async fn start(&self, part: &str, env: &[(&str, &str)]) -> Result<()> {
        self.keep_log(part);
        self.own.start_with(part, env).await
    }

    /// Starts a part that has ended as another program.
    pub async fn start_as(&self, part: &str, program: &Path) -> Result<()> {
        self.keep_log(part);
        self.own.start_as(part, program).await
    }

    /// Freezes a part for some seconds.
    pub async fn freeze(&self, part: &str, seconds: u64) -> Result<()> {
        self.note(format_args!("{part} frozen for {seconds} s"));
        self.own.pause(part).await?;
        self.last(seconds).await;
        self.own.resume(part).await
    }

    /// Makes a link behave badly for some seconds.
    pub async fn link(&self, name: &str, mode: Mode, seconds: u64) -> Result<()> {
        self.note(format_args!("{name}: {mode:?} for {seconds} s"));
        self.own.link(name, mode).await?;
        self.last(seconds).await;
        self.own.link(name, Mode::Pass).await
    }

    /// A log is overwritten by the start after the next.
    fn keep_log(&self, part: &str) {
        if let Some(text) = LOGGED.contains(&part).then(|| self.own.log(part).ok()).flatten() {
            self.state().logs.push(Log { part: part.to_owned(), text });
        }
    }

    /// Has Keycloak send everything again after a loss that was wanted.
    async fn repair(&self) -> Result<()> {
        let users: Vec<String> = self.stack.keycloak_users().await?.into_keys().collect();
        let organizations: Vec<String> = self.stack.keycloak_organizations().await?.into_keys().collect();
        let gone = self.look(Instant::now()).await?.observed.store;
        let users: Vec<String> = gone.into_keys().chain(users).collect();
        let service = ServiceAccount::sign_in(&self.stack).await?;
        for (users, organizations) in
            users.chunks(500).map(|users| (users, &[][..])).chain([(&[][..], &organizations[..])])
        {
            let status = service.resync(&json!({"users": users, "organizations": organizations})).await?;
            ensure!(status.is_success(), "the resync was refused: {status}");
        }
        let (evidence, _) = self.settle(&[]).await;
        let broken = check(&evidence?);
        let known = &self.state().known;
        let left: Vec<_> = broken.iter().filter(|violation| !known.contains(*violation)).collect();
        ensure!(left.is_empty(), "still broken after everything was sent again: {left:?}");
        Ok(())
    }

    /// Looks until nothing is wrong and nothing waits, or the time is over. What is broken on purpose must be seen.
    async fn settle(&self, breaks: &[&str]) -> (Result<Evidence>, Duration) {
        let healed = Instant::now();
        loop {
            let evidence = self.look(healed).await;
            let settled = evidence.as_ref().is_ok_and(|evidence| {
                let broken = check(evidence);
                let seen = |promise: &&str| broken.iter().any(|violation| violation.invariant == *promise);
                let known = &self.state().known;
                let right = !breaks.is_empty() || broken.iter().all(|violation| known.contains(violation));
                evidence.observed.backlog == 0 && right && breaks.iter().all(seen)
            });
            if settled || healed.elapsed() >= SETTLE_WITHIN {
                return (evidence, healed.elapsed());
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    async fn look(&self, healed: Instant) -> Result<Evidence> {
        let mut observed = self.stack.observe(&self.own.keycloak_database).await.context("a part is away")?;
        observed.logs.clone_from(&self.state().logs);
        for part in LOGGED {
            if let Ok(text) = self.own.log(part) {
                observed.logs.push(Log { part: part.to_owned(), text });
            }
        }
        (observed.since_heal, observed.settle_within) = (healed.elapsed(), SETTLE_WITHIN);
        Ok(Evidence { domain: self.history.domain.clone(), operations: self.history.operations(), observed })
    }

    /// What is wrong and was not before. A drill whose loss is wanted fails when there is none.
    fn news(&self, drill: &Drill, broken: Vec<Violation>) -> Vec<String> {
        let mut state = self.state();
        let news: Vec<_> = broken.into_iter().filter(|violation| !state.known.contains(violation)).collect();
        let found: HashSet<_> = news.iter().map(|violation| violation.invariant).collect();
        if !drill.breaks.is_empty() {
            let unseen = drill.breaks.iter().filter(|promise| !found.contains(*promise));
            return unseen
                .map(|promise| format!("{promise} was broken on purpose and it was not seen"))
                .collect();
        }
        state.known.extend(news.iter().cloned());
        news.into_iter().map(|violation| format!("{}: {}", violation.invariant, violation.seen)).collect()
    }
}

fn count(operations: &[Operation]) -> BTreeMap<Outcome, usize> {
    let mut counts = BTreeMap::new();
    for operation in operations {
        *counts.entry(operation.outcome).or_default() += 1;
    }
    counts
}
