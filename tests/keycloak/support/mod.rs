//! What the tests against the whole stack share.

pub mod admin;
pub mod events;
pub mod form;
pub mod observe;
pub mod stack;
pub mod staff;
pub mod truth;
pub mod walk;

use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::{Mutex, MutexGuard};

static TURN: Mutex<()> = Mutex::const_new(());

/// One test at a time: they share a stack, and some of them stop a part of it.
pub async fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().await
}

/// A name that no other test and no earlier run has used.
pub fn unique() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{:x}", since.as_nanos())
}
