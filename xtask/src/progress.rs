//! What the person at the terminal sees while things are fetched, built and started.
//!
//! On a terminal each running step is one line that moves; elsewhere (a log, CI) each stage is one plain line.

use std::borrow::Cow;
use std::io::IsTerminal as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// How often a long stage says in a plain log that it is still alive.
const PLAIN_INTERVAL: Duration = Duration::from_secs(15);

/// Shows the steps of one command.
#[derive(Debug, Clone)]
pub struct Progress {
    bars: Option<MultiProgress>,
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}

impl Progress {
    /// Moving lines if standard error is a terminal, plain lines otherwise.
    #[must_use]
    pub fn new() -> Self {
        Self { bars: std::io::stderr().is_terminal().then(MultiProgress::new) }
    }

    /// Begins a step called `name`.
    #[must_use]
    pub fn step(&self, name: impl Into<Cow<'static, str>>) -> Step {
        let name = name.into();
        let bar = self.bars.as_ref().map(|bars| {
            let bar = bars.add(ProgressBar::new_spinner());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix:<12} {wide_msg} {elapsed}") {
                bar.set_style(style);
            }
            bar.set_prefix(name.to_string());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        let state = State { stage: String::new(), told: Instant::now() };
        Step { name, bar, began: Instant::now(), state: Arc::new(Mutex::new(state)) }
    }
}

/// One step: has stages (fetching, building, starting) and, within a stage, a detail that changes fast.
#[derive(Debug)]
pub struct Step {
    name: Cow<'static, str>,
    bar: Option<ProgressBar>,
    began: Instant,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    stage: String,
    told: Instant,
}

impl Step {
    /// Enters a stage; always shown.
    pub fn stage(&self, text: impl Into<String>) {
        let text = text.into();
        match &self.bar {
            Some(bar) => bar.set_message(text.clone()),
            None => self.plain(&text),
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = State { stage: text, told: Instant::now() };
    }

    /// Says how far the stage is; in a plain log only now and then.
    pub fn detail(&self, text: &str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &self.bar {
            Some(bar) => bar.set_message(format!("{}: {text}", state.stage)),
            None if state.told.elapsed() >= PLAIN_INTERVAL => {
                self.plain(&format!("{}: {text}", state.stage));
                state.told = Instant::now();
            }
            None => {}
        }
    }

    /// Ends the step well.
    pub fn done(&self, text: &str) {
        let line = format!("✓ {:<12} {text} ({})", self.name, human(self.began.elapsed()));
        match &self.bar {
            Some(bar) => {
                if let Ok(style) = ProgressStyle::with_template("{wide_msg}") {
                    bar.set_style(style);
                }
                bar.finish_with_message(line);
            }
            None => eprintln!("{line}"),
        }
    }

    /// A line for a log: how long the step has been at it, and what it does.
    fn plain(&self, text: &str) {
        eprintln!("[{:>3} s] {}: {text}", self.began.elapsed().as_secs(), self.name);
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take().filter(|bar| !bar.is_finished()) {
            bar.finish_and_clear();
        }
    }
}

/// A duration as a person would say it: `850 ms`, `12.3 s`, `4 min 05 s`.
#[must_use]
pub fn human(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        1..60 => format!("{:.1} s", time.as_secs_f64()),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_a_person_would_say_them() {
        assert_eq!(human(Duration::from_millis(850)), "850 ms");
        assert_eq!(human(Duration::from_millis(12_340)), "12.3 s");
        assert_eq!(human(Duration::from_secs(245)), "4 min 05 s");
    }
}
