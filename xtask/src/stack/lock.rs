//! One process at a time runs the stack of a state directory. It holds a lock on a file that bears its process id, so
//! the id is never that of a stranger: with the process the lock is gone.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::layout::Layout;

/// The right to run a stack, for as long as it lives.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Takes the lock; `None` if another process runs the stack.
pub fn take(layout: &Layout) -> Result<Option<Lock>> {
    layout.create()?;
    let mut file = open(layout)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error).context("cannot lock the stack"),
    }
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())?;
    // Readiness is that of the process before.
    let _ = std::fs::remove_file(layout.ready());
    Ok(Some(Lock { _file: file }))
}

/// Whether a process runs the stack.
pub fn is_held(layout: &Layout) -> Result<bool> {
    if !layout.lock().exists() {
        return Ok(false);
    }
    match open(layout)?.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error).context("cannot ask for the lock of the stack"),
    }
}

/// Sends a signal to the process that runs the stack; `false` if there is none.
pub fn signal(layout: &Layout, signal: Signal) -> Result<bool> {
    if !is_held(layout)? {
        return Ok(false);
    }
    let mut text = String::new();
    open(layout)?.read_to_string(&mut text)?;
    let Ok(id) = text.trim().parse::<i32>() else {
        bail!("{} holds no process id", layout.lock().display());
    };
    kill(Pid::from_raw(id), signal).with_context(|| format!("cannot signal process {id}"))?;
    Ok(true)
}

fn open(layout: &Layout) -> Result<File> {
    let path = layout.lock();
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .with_context(|| format!("cannot open {}", path.display()))
}
