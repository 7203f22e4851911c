//! What the operations port says about this process.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The parts that must work before this process takes traffic. Cheap to clone; all clones share.
#[derive(Debug, Clone, Default)]
pub struct Health(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    parts: BTreeMap<&'static str, bool>,
    findings: Vec<String>,
}

impl Health {
    /// Registers a part as not yet ready and gives the handle by which it reports.
    #[must_use]
    pub fn part(&self, name: &'static str) -> Part {
        self.set(name, false);
        Part { name, health: self.clone() }
    }

    /// Whether every registered part is ready.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.state().parts.values().all(|ready| *ready)
    }

    /// Each part by name, for the readiness answer.
    #[must_use]
    pub fn parts(&self) -> BTreeMap<&'static str, bool> {
        self.state().parts.clone()
    }

    /// What somebody should look at, in words. It does not keep this process from taking traffic.
    #[must_use]
    pub fn findings(&self) -> Vec<String> {
        self.state().findings.clone()
    }

    /// Replaces what was found before.
    pub fn find(&self, findings: Vec<String>) {
        self.state().findings = findings;
    }

    fn set(&self, name: &'static str, ready: bool) {
        self.state().parts.insert(name, ready);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The handle by which one part says whether it works.
#[derive(Debug, Clone)]
pub struct Part {
    name: &'static str,
    health: Health,
}

impl Part {
    /// Says whether the part works now.
    pub fn report(&self, ready: bool) {
        self.health.set(self.name, ready);
    }
}
