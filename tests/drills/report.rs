//! What is shown of drills: a line, a table, the document.

use std::{collections::BTreeMap, fmt::Write as _, path::Path, process::Command};

use anyhow::{Context as _, Error, Result};
use serde::Serialize;
use xtask::drill::{history::Outcome, invariants::INVARIANTS};

use crate::catalogue::Drill;

/// Broken promises that are shown in full.
const SHOWN: usize = 8;

/// How many kinds of damage the checker was shown after a drill.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub struct Controls {
    seen: usize,
    unseen: usize,
    /// Nothing was there to damage.
    impossible: usize,
}

impl Controls {
    /// Adds one.
    pub fn count(&mut self, seen: Option<bool>) {
        match seen {
            Some(true) => self.seen += 1,
            Some(false) => self.unseen += 1,
            None => self.impossible += 1,
        }
    }
}

/// How a drill went.
#[derive(Debug, Serialize)]
pub struct Row {
    pub drill: &'static str,
    pub number: &'static str,
    pub seed: u64,
    pub operations: BTreeMap<Outcome, usize>,
    pub faults: Vec<String>,
    pub settled_seconds: f64,
    pub controls: Controls,
    pub problems: Vec<String>,
}

impl Row {
    /// A drill that had no stage.
    pub fn not_begun(drill: &Drill, seed: u64, error: &Error) -> Self {
        Self {
            drill: drill.name,
            number: drill.number,
            seed,
            operations: BTreeMap::new(),
            faults: Vec::new(),
            settled_seconds: 0.0,
            controls: Controls::default(),
            problems: vec![format!("it could not begin: {error:#}")],
        }
    }

    /// Whether every promise was kept and the checker saw every damage.
    pub fn passed(&self) -> bool {
        self.problems.is_empty()
    }

    fn verdict(&self) -> &'static str {
        if self.passed() { "kept" } else { "BROKEN" }
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.operations.get(&outcome).copied().unwrap_or(0)
    }

    fn operations(&self) -> String {
        let [ok, failed, unknown] =
            [Outcome::Ok, Outcome::Failed, Outcome::Unknown].map(|outcome| self.count(outcome));
        format!("{ok} / {failed} / {unknown}")
    }

    fn controls(&self) -> String {
        match self.controls.seen + self.controls.unseen {
            0 => "–".to_owned(),
            shown => format!("{} of {shown}", self.controls.seen),
        }
    }
}

/// One drill, as soon as it is over.
pub fn line(row: &Row) -> String {
    let mut text = format!(
        "   {}: {} ok/failed/unknown, settled in {:.0} s, damage seen {}",
        row.verdict(),
        row.operations(),
        row.settled_seconds,
        row.controls()
    );
    for problem in row.problems.iter().take(SHOWN) {
        let _ = write!(text, "\n     {problem}");
    }
    if row.problems.len() > SHOWN {
        let _ = write!(text, "\n     … and {} more", row.problems.len() - SHOWN);
    }
    text
}

/// All of them, as Markdown.
pub fn table(rows: &[Row]) -> String {
    let mut text =
        "| drill | B.8 | seed | ok / failed / unknown | faults | settled | damage seen | verdict |\n\
                    |---|---|---|---|---|---|---|---|\n"
            .replace("B.8", "experiment");
    for row in rows {
        let faults = row.faults.join("; ");
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {faults} | {:.0} s | {} | {} |",
            row.drill,
            row.number,
            row.seed,
            row.operations(),
            row.settled_seconds,
            row.controls(),
            row.verdict()
        );
    }
    text
}

/// What cannot be tried on one machine.
const IMPOSSIBLE: [(&str, &str); 6] = [
    ("9", "two instances with the same `group.instance.id`: the service sets none"),
    ("13", "EIO at fsync: needs ptrace of PostgreSQL by another user; tried by nobody here"),
    (
        "16",
        "a truncated or wrongly signed answer: tried by the tests of the extension against a server of their own; the drills' proxy knows no HTTP",
    ),
    (
        "23",
        "PostgreSQL handing over to a replica: there is one server; the race of three calls for one code is part of every drill's load",
    ),
    (
        "24",
        "the retention of the topic taking unread segments: the smallest segment lives longer than a drill",
    ),
    (
        "—",
        "power loss with the page cache, several zones, real providers of mail and text messages, garbage collection under a production heap",
    ),
];

/// Writes `docs/drills.md`.
pub fn write_document(rows: &[Row]) -> Result<()> {
    let mut text = String::from(
        "# Drills\n\n\
         `cargo xtask drill` starts a stack of its own, has people sign up, sign in with codes and be changed by\n\
         administrators, causes faults meanwhile, and then compares: what was acknowledged, what Keycloak holds, what the\n\
         store holds, and what a reader of the topics ends up with. It takes most of an hour, ten minutes of which are faults\n\
         at random (`soak`); `upgrade` replaces the service of the last commit with an earlier schema by that of this tree.\n\
         `--list` names the drills, a name runs that one alone, `--seed` repeats the choices of a run, and `--short` is a\n\
         selection of a few minutes. This page is written by `cargo xtask drill --write-docs`.\n\n\
         ## What must hold\n\n| | promise |\n|---|---|\n",
    );
    for invariant in INVARIANTS {
        let _ = writeln!(text, "| {} | {} |", invariant.number, invariant.promise);
    }
    let _ = write!(
        text,
        "\nAn operation is *ok* when it was acknowledged, *failed* when it was refused, and *unknown* when its answer was lost:\n\
         such a one may have happened, and may happen late. After each drill the checker is shown copies of what it just\n\
         looked at, each damaged in one way (a record dropped, altered or sent late, a person invented, a code accepted\n\
         twice, …), and must see every one of them; a damage for which there was no material is not counted. The drill\n\
         `without-outbox` loses events on purpose, is shown no further damage, and is kept only if the loss is seen.\n\n\
         ## The last run\n\n{}\n\n{}\n\
         ## What is not tried\n\n| experiment | why |\n|---|---|\n",
        machine(),
        table(rows)
    );
    for (number, why) in IMPOSSIBLE {
        let _ = writeln!(text, "| {number} | {why} |");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/drills.md");
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let system = Command::new("uname").arg("-srm").output();
    let system =
        system.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    format!("{}, {cores} cores, {system}.", chrono::Utc::now().format("%Y-%m-%d"))
}
