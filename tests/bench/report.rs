//! What was measured: samples of sides, goals, tables, files.

use std::{collections::BTreeMap, fmt::Write as _, path::Path, time::Duration};

use anyhow::{Context as _, Result};
use serde::Serialize;

use crate::statements::Statement;

/// The side that is the service.
const OURS: &str = "gatehouse";

/// Latencies of operations, in milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Latency {
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    pub max: f64,
}

impl Latency {
    /// Nothing when nothing was measured.
    pub fn of(mut times: Vec<Duration>) -> Option<Self> {
        times.sort_unstable();
        let last = times.len().checked_sub(1)?;
        let at = |percent: usize| times.get(last * percent / 100).map(|time| time.as_secs_f64() * 1000.0);
        Some(Self { p50: at(50)?, p95: at(95)?, p99: at(99)?, max: at(100)? })
    }
}

/// One measurement of one side.
#[derive(Debug, Clone, Serialize)]
pub struct Sample {
    /// Who did the work.
    pub side: String,
    /// How much of it.
    pub operations: u64,
    /// In which time.
    pub seconds: f64,
    /// CPU seconds by program.
    pub cpu: BTreeMap<&'static str, f64>,
    /// What PostgreSQL wrote to its log of changes.
    pub wal_bytes: f64,
    /// Transactions that PostgreSQL committed.
    pub commits: f64,
    /// How long single operations took, by name.
    pub latency: BTreeMap<&'static str, Latency>,
    /// What PostgreSQL did for the service meanwhile.
    pub statements: Vec<Statement>,
}

impl Sample {
    /// Operations a second.
    pub fn rate(&self) -> f64 {
        self.count() / self.seconds
    }

    fn count(&self) -> f64 {
        u32::try_from(self.operations).map_or(f64::NAN, f64::from)
    }

    /// CPU milliseconds an operation took in a program.
    pub fn cpu_millis(&self, program: &str) -> f64 {
        self.cpu.get(program).map_or(0.0, |seconds| seconds * 1000.0 / self.count())
    }
}

/// What was to be reached.
#[derive(Debug, Clone, Serialize)]
pub struct Goal {
    pub what: String,
    pub wanted: String,
    pub seen: String,
    pub is_met: bool,
}

impl Goal {
    /// A number that should be at least so much.
    pub fn at_least(what: &str, wanted: f64, seen: f64) -> Self {
        Self {
            what: what.to_owned(),
            wanted: format!("≥ {}", short(wanted)),
            seen: short(seen),
            is_met: seen >= wanted,
        }
    }

    /// A number that should be at most so much.
    pub fn at_most(what: &str, wanted: f64, seen: f64) -> Self {
        Self {
            what: what.to_owned(),
            wanted: format!("≤ {}", short(wanted)),
            seen: short(seen),
            is_met: seen <= wanted,
        }
    }
}

/// One benchmark.
#[derive(Debug, Serialize)]
pub struct Outcome {
    pub name: &'static str,
    pub title: &'static str,
    /// What one operation is.
    pub unit: &'static str,
    pub samples: Vec<Sample>,
    pub goals: Vec<Goal>,
    /// What must be known to read the numbers.
    pub notes: Vec<String>,
}

impl Outcome {
    /// The samples of a side.
    pub fn of<'a>(&'a self, side: &'a str) -> impl Iterator<Item = &'a Sample> {
        self.samples.iter().filter(move |sample| sample.side == side)
    }

    /// The median over the samples of a side.
    pub fn median(&self, side: &str, value: impl Fn(&Sample) -> f64) -> f64 {
        let mut values: Vec<f64> = self.of(side).map(value).collect();
        values.sort_by(f64::total_cmp);
        match values.len() {
            0 => f64::NAN,
            many => f64::midpoint(values[(many - 1) / 2], values[many / 2]),
        }
    }

    /// As Markdown: the sides, then the goals, then the notes.
    pub fn table(&self) -> String {
        let mut text = format!(
            "| side | {} a second (least … most) | CPU ms each | WAL bytes each | commits each | p50 / p95 / p99 ms |\n\
             |---|---|---|---|---|---|\n",
            self.unit
        );
        let mut sides: Vec<&str> = Vec::new();
        for sample in &self.samples {
            if !sides.contains(&sample.side.as_str()) {
                sides.push(&sample.side);
            }
        }
        for side in sides {
            let _ = writeln!(text, "{}", self.row(side));
        }
        if !self.goals.is_empty() {
            text += "\n| goal | wanted | seen | |\n|---|---|---|---|\n";
        }
        for Goal { what, wanted, seen, is_met } in &self.goals {
            let verdict = if *is_met { "met" } else { "**missed**" };
            let _ = writeln!(text, "| {what} | {wanted} | {seen} | {verdict} |");
        }
        text += &self.statements();
        for note in &self.notes {
            let _ = write!(text, "\n- {note}");
        }
        text
    }

    /// Where the time of PostgreSQL went, in the last round of the service.
    fn statements(&self) -> String {
        let Some(last) = self.of(OURS).last().filter(|last| !last.statements.is_empty()) else {
            return String::new();
        };
        let mut text = "\n| µs of PostgreSQL each, waiting included | statement |\n|---|---|\n".to_owned();
        for Statement { text: beginning, milliseconds } in &last.statements {
            let each = short(milliseconds * 1000.0 / last.count());
            let _ = writeln!(text, "| {each} | `{beginning}` |");
        }
        text
    }

    fn row(&self, side: &str) -> String {
        let rates: Vec<f64> = self.of(side).map(Sample::rate).collect();
        let least = rates.iter().copied().fold(f64::INFINITY, f64::min);
        let most = rates.iter().copied().fold(0.0, f64::max);
        let rate = short(self.median(side, Sample::rate));
        let mut programs: Vec<&str> = self.of(side).flat_map(|it| it.cpu.keys().copied()).collect();
        programs.sort_unstable();
        programs.dedup();
        let cpu = programs.iter().map(|program| {
            format!("{program} {}", short(self.median(side, |sample| sample.cpu_millis(program))))
        });
        let cpu = cpu.collect::<Vec<_>>().join(", ");
        let each = |value: fn(&Sample) -> f64| short(self.median(side, |it| value(it) / it.count()));
        let mut names: Vec<&str> = self.of(side).flat_map(|it| it.latency.keys().copied()).collect();
        names.sort_unstable();
        names.dedup();
        let latency = names.iter().map(|name| {
            let of = |value: fn(&Latency) -> f64| {
                short(self.median(side, |it| it.latency.get(name).map_or(f64::NAN, value)))
            };
            format!("{name} {} / {} / {}", of(|it| it.p50), of(|it| it.p95), of(|it| it.p99))
        });
        let latency = latency.collect::<Vec<_>>().join("; ");
        format!(
            "| {side} | {rate} ({} … {}) | {cpu} | {} | {} | {latency} |",
            short(least),
            short(most),
            each(|it| it.wal_bytes),
            each(|it| it.commits)
        )
    }
}

/// Three digits that count.
pub fn short(number: f64) -> String {
    match number.abs() {
        size if !size.is_finite() => "–".to_owned(),
        size if size >= 100.0 => format!("{number:.0}"),
        size if size >= 10.0 => format!("{number:.1}"),
        size if size >= 1.0 => format!("{number:.2}"),
        0.0 => "0".to_owned(),
        _ => format!("{number:.3}"),
    }
}

/// Keeps the raw samples.
pub fn keep(outcome: &Outcome) -> Result<()> {
    let folder = xtask::testing::bench_results();
    std::fs::create_dir_all(&folder)?;
    let file = folder.join(format!("{}.json", outcome.name));
    std::fs::write(&file, serde_json::to_vec_pretty(outcome)?)
        .with_context(|| format!("cannot write {}", file.display()))
}

const HEAD: &str = "# Benchmarks

Written by `cargo xtask bench --write-docs`. Each compares the service, built as it is released, with what others use for
the same work and with what the machine can do at most, in one run on one machine, the sides by turns; the load and all
servers share its cores. Medians over the rounds; raw samples are in `target/bench/*.json`. PostgreSQL waits for
its disk (`fsync` and `synchronous_commit` on) and is set the same for every side. A leg whose result is wrong fails
instead of being shown.
";

/// Writes what this run measured into the document; what it did not measure stays as it was, with its date.
pub fn write_document(outcomes: &[Outcome]) -> Result<()> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/benchmarks.md");
    let before = std::fs::read_to_string(&file).unwrap_or_default();
    let mut sections: BTreeMap<String, String> = BTreeMap::new();
    for section in before.split("\n## ").skip(1) {
        let name = section.split([':', '\n']).next().unwrap_or_default();
        sections.insert(name.to_owned(), section.trim_end().to_owned());
    }
    let (day, machine) = (chrono::Utc::now().format("%Y-%m-%d"), crate::machine::description());
    for outcome in outcomes {
        let section = format!(
            "{}: {}\n\n{day}, {machine}\n\n{}",
            outcome.name,
            outcome.title,
            outcome.table().trim_end()
        );
        sections.insert(outcome.name.to_owned(), section);
    }
    let mut text = HEAD.to_owned();
    for section in sections.values() {
        let _ = write!(text, "\n## {section}\n");
    }
    std::fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))
}
